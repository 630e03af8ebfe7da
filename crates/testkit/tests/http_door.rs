//! Our own front door over HTTP: as an upstream of another fleet, and as what
//! hostile clients find.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::ServerId;
use mcp::downstream::{HttpConfig, HttpServer, ListenFault, MAX_BODY_BYTES, MAX_SESSIONS, serve_http};
use mcp::upstream::{Fleet, ServerState, Transport, UpstreamConfig};
use serde_json::json;
use support::client::modern_meta;
use support::house::House;
use support::wire::{exchange, headers, post, request};
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// A door with these arguments' test server `a` behind it, and a fleet whose
/// server `inner` is that door.
async fn nested(arguments: &[&str]) -> (Arc<Fleet>, HttpServer, Arc<Fleet>) {
    let behind = fleet(vec![server("a", arguments)]).await;
    let door = serve_http(Arc::new(House::new(Arc::clone(&behind))), HttpConfig::local(anywhere())).await.unwrap();
    let inner = UpstreamConfig::new(ServerId::new("inner"), Transport::http(door.url()));
    let before = fleet(vec![trusted(inner)]).await;
    let ServerState::Ready(ready) = status_of(&before, "inner").state else { panic!("{:?}", before.status()) };
    assert_eq!((ready.protocol.as_str(), ready.name.as_deref()), ("2026-07-28", Some("concertmaster")));
    (behind, door, before)
}

async fn close((behind, door, before): (Arc<Fleet>, HttpServer, Arc<Fleet>)) {
    before.stop(DRAIN).await;
    door.stop(DRAIN).await;
    behind.stop(DRAIN).await;
}

#[tokio::test]
async fn one_orchestra_can_be_anothers_server() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let all = nested(&["list-changed", "log", log.to_str().unwrap()]).await;
    let before = &all.2;
    assert_eq!(tools_of(before, "inner").len(), 14);
    assert_eq!(text(&call(before, "inner.a__get_echo", json!({"text": "søk"})).await.unwrap()), "søk");
    let odd = call(before, "inner.a__get_odd", json!({})).await.unwrap();
    assert_eq!(odd.value().to_string(), r#"{"z":9007199254740993,"a":18446744073709551615}"#);
    let failed = call(before, "inner.a__get_failure", json!({})).await.unwrap();
    assert!(failed.is_error());

    let asked = Call::default();
    asked.make(before, "inner.a__count", json!({"to": 50})).await.unwrap();
    let seen: Vec<u64> = asked.progress.lock().unwrap().iter().map(|told| told.progress as u64).collect();
    assert_eq!(seen, (1..=50).collect::<Vec<u64>>());

    let asked = Call { timeout: Duration::from_millis(300), ..Call::default() };
    let fault = asked.make(before, "inner.a__wait", json!({"ms": 5000})).await.unwrap_err();
    assert_eq!(fault.fault.message, "server `inner` did not answer `a__wait` within 0.3 s");
    until("the cancellation goes all the way", || std::fs::read_to_string(&log).unwrap().contains("cancelled ")).await;

    tokio::time::sleep(Duration::from_millis(200)).await;
    call(before, "inner.a__grow", json!({})).await.unwrap();
    until("a new tool is seen all the way", || tools_of(before, "inner").contains(&"a__get_grown_0".to_owned())).await;
    close(all).await;
}

#[tokio::test]
async fn many_calls_share_the_door() {
    let all = nested(&["plain"]).await;
    let one = |i: u64| {
        let before = Arc::clone(&all.2);
        async move {
            let given = format!("number {i}");
            assert_eq!(text(&call(&before, "inner.a__get_echo", json!({"text": given})).await.unwrap()), given);
        }
    };
    futures::future::join_all((0..200).map(one)).await;
    close(all).await;
}

#[tokio::test]
async fn the_door_opens_to_this_machine_only() {
    let house = || async { Arc::new(House::new(fleet(Vec::new()).await)) };
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.7:80"] {
        let refused = serve_http(house().await, HttpConfig::local(address.parse().unwrap())).await;
        let Err(fault @ ListenFault::Exposed(_)) = refused else { panic!("{address} was opened") };
        assert!(fault.to_string().contains("without authentication"), "{fault}");
    }
    let taken = std::net::TcpListener::bind(anywhere()).unwrap();
    let refused = serve_http(house().await, HttpConfig::local(taken.local_addr().unwrap())).await;
    assert!(matches!(refused, Err(ListenFault::Unavailable(..))));
}

#[tokio::test]
async fn foreign_requests_are_refused() {
    let behind = fleet(Vec::new()).await;
    let config =
        HttpConfig { allowed_origins: vec!["https://desk.example:443".into()], ..HttpConfig::local(anywhere()) };
    let door = serve_http(Arc::new(House::new(behind)), config).await.unwrap();
    let address = door.address();
    let ours = address.to_string();
    let list = request("tools/list", &json!({"_meta": modern_meta()}));
    let modern = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")];
    let with = |host, more: &[(&'static str, &'static str)]| [headers(host), modern.to_vec(), more.to_vec()].concat();

    let rows = [
        ("a proper one", with(ours.as_str(), &[]), list.clone(), 200),
        ("this machine by name", with("localhost", &[]), list.clone(), 200),
        ("a rebound name", with("evil.example", &[]), list.clone(), 403),
        ("a web page", with(&ours, &[("Origin", "http://evil.example")]), list.clone(), 403),
        ("a page of this machine", with(&ours, &[("Origin", "http://localhost:3000")]), list.clone(), 403),
        ("an allowed page", with(&ours, &[("Origin", "https://desk.example")]), list.clone(), 200),
        ("a form", vec![("Host", &ours), ("Accept", "*/*"), ("Content-Type", "text/plain")], list.clone(), 415),
        ("a huge body", with(&ours, &[]), "x".repeat(MAX_BODY_BYTES + 1), 413),
        ("no session", headers(&ours), request("tools/list", &json!({})), 400),
        (
            "an unknown session",
            [headers(&ours), vec![("Mcp-Session-Id", "guess")]].concat(),
            request("tools/list", &json!({})),
            404,
        ),
        (
            "another method in the header",
            [headers(&ours), vec![("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "ping")]].concat(),
            list.clone(),
            400,
        ),
    ];
    for (what, headers, body, expected) in rows {
        let answer = post(address, &headers, &body).await;
        assert_eq!(answer.status, expected, "{what}: {} {}", answer.head, answer.body);
    }
    let elsewhere = exchange(address, &format!("GET / HTTP/1.1\r\nHost: {ours}\r\nConnection: close\r\n\r\n")).await;
    assert_eq!(elsewhere.status, 404);
    door.stop(DRAIN).await;
}

#[tokio::test]
async fn sessions_are_bounded_and_modern_clients_need_none() {
    let door = serve_http(Arc::new(House::new(fleet(Vec::new()).await)), HttpConfig::local(anywhere())).await.unwrap();
    let ours = door.address().to_string();
    let info = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info});
    let hello = request("initialize", &params);
    for i in 0..MAX_SESSIONS {
        let answer = post(door.address(), &headers(&ours), &hello).await;
        assert_eq!(answer.status, 200, "session {i}: {}", answer.body);
        assert!(answer.head.contains("mcp-session-id: "), "{}", answer.head);
    }
    let answer = post(door.address(), &headers(&ours), &hello).await;
    assert_eq!(answer.status, 503);
    assert!(answer.head.contains("retry-after: 5"), "{}", answer.head);
    let disguised = [headers(&ours), vec![("Mcp-Method", "tools/list")]].concat();
    assert_eq!(post(door.address(), &disguised, &hello).await.status, 503, "whatever it claims to be");
    let modern = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")];
    let list = request("tools/list", &json!({"_meta": modern_meta()}));
    let answer = post(door.address(), &[headers(&ours), modern.to_vec()].concat(), &list).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    door.stop(DRAIN).await;
}

#[tokio::test]
async fn closing_lets_answers_finish_and_waits_for_nobody_forever() {
    let (behind, door, before) = nested(&["plain"]).await;
    let asked = Call::default();
    let began = Instant::now();
    let (waited, ()) = futures::join!(asked.make(&before, "inner.a__wait", json!({"ms": 600})), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        // The fleet before it holds a stream of announcements open.
        door.stop(Duration::from_secs(1)).await;
    });
    assert_eq!(text(&waited.unwrap()), "done waiting");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    before.stop(DRAIN).await;
    behind.stop(DRAIN).await;
}
