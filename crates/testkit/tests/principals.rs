//! Several principals at one door over HTTP: strangers are asked who they are,
//! and nothing that is one's own is of any use to another.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use mcp::downstream::{HttpConfig, HttpServer, Keyring, ListenFault, Token, serve_http};
use mcp::upstream::{Fleet, Transport, UpstreamConfig};
use query::Principal;
use serde_json::{Value, json};
use support::client::modern_meta;
use support::house::House;
use support::wire::{Answer, exchange, post, request};
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

/// What each of the two shows.
const ALICE: &str = "Bearer alice-0123456789abcdefghij";
const BOB: &str = "Bearer bob-0123456789abcdefghijkl";

fn keyring() -> Keyring {
    let mut keyring = Keyring::default();
    for (shown, name) in [(ALICE, "alice"), (BOB, "bob")] {
        let token = Token::read(shown.strip_prefix("Bearer ").unwrap()).unwrap();
        keyring.add(token, Principal::new(name)).unwrap();
    }
    keyring
}

/// A door for the two, with the suite's server of that era behind it.
async fn open(server: &str) -> (Arc<Fleet>, HttpServer) {
    let program = env!("CARGO_BIN_EXE_conformance-upstream");
    let behind = UpstreamConfig::new(ServerId::new("c"), Transport::stdio(program, [server]));
    let fleet = fleet(vec![trusted(behind)]).await;
    let config = HttpConfig { keyring: keyring(), ..HttpConfig::local(SocketAddr::from(([127, 0, 0, 1], 0))) };
    let door = serve_http(Arc::new(House::new(Arc::clone(&fleet))), config).await.unwrap();
    (fleet, door)
}

/// The headers of a request of whoever shows this.
fn shown<'a>(host: &'a str, shows: Option<&'a str>, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let shown = shows.map(|shows| ("Authorization", shows));
    support::wire::headers(host).into_iter().chain(shown).chain(more.iter().copied()).collect()
}

/// One request of the era without sessions.
async fn modern(door: &HttpServer, shows: Option<&str>, method: &str, mut params: Value) -> Answer {
    let name = params["name"].as_str().or(params["taskId"].as_str()).unwrap_or_default().to_owned();
    let mut meta = modern_meta();
    let capabilities = json!({"elicitation": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}});
    meta["io.modelcontextprotocol/clientCapabilities"] = capabilities;
    params["_meta"] = meta;
    let host = door.address().to_string();
    let mut more = vec![("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)];
    if !name.is_empty() {
        more.push(("Mcp-Name", &name));
    }
    post(door.address(), &shown(&host, shows, &more), &request(method, &params)).await
}

#[tokio::test]
async fn strangers_are_asked_who_they_are() {
    let (fleet, door) = open("modern").await;
    let rows = [
        (Some(ALICE), 200),
        (Some(BOB), 200),
        (None, 401),
        (Some("Bearer "), 401),
        (Some("Bearer alice-0123456789abcdefghi"), 401),
        (Some("Bearer alice-0123456789abcdefghijk"), 401),
        (Some("Basic YWxpY2U6YWxpY2U="), 401),
        (Some("alice-0123456789abcdefghij"), 401),
    ];
    for (shows, status) in rows {
        let answer = modern(&door, shows, "tools/list", json!({})).await;
        assert_eq!(answer.status, status, "{shows:?}: {}", answer.body);
        assert_eq!(answer.head.contains("www-authenticate: bearer realm="), status == 401, "{}", answer.head);
        assert_eq!(answer.body.contains("c__"), status == 200, "{}", answer.body);
    }
    let host = door.address().to_string();
    // Every method of the endpoint asks; what is nowhere is nowhere for all;
    // and whose page may call is decided first.
    for (line, more, status) in [
        ("GET /mcp", "", 401),
        ("DELETE /mcp", "", 401),
        ("PUT /mcp", "", 401),
        ("GET /", "", 404),
        ("POST /mcp", "Origin: https://evil.example\r\n", 403),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
        assert_eq!(exchange(door.address(), &request).await.status, status, "{line}");
    }
    door.stop(DRAIN).await;
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_session_is_of_use_to_nobody_else() {
    let (fleet, door) = open("legacy").await;
    let host = door.address().to_string();
    let hello =
        json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let opened = post(door.address(), &shown(&host, Some(ALICE), &[]), &request("initialize", &hello)).await;
    let id = opened.head.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap().trim().to_owned();
    let list = request("tools/list", &json!({}));
    let asked = async |shows, id: &str| {
        let answer = post(door.address(), &shown(&host, Some(shows), &[("Mcp-Session-Id", id)]), &list).await;
        (answer.status, answer.body.contains("c__"), answer.body)
    };
    let unknown = asked(BOB, "00000000000000000000000000000000").await;
    assert_eq!((unknown.0, unknown.1), (404, false), "{}", unknown.2);
    assert_eq!(asked(BOB, &id).await, unknown, "another's session is as one that is not there");
    for (line, accept) in [("GET", "Accept: text/event-stream\r\n"), ("DELETE", "")] {
        let request = format!(
            "{line} /mcp HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: {BOB}\r\n\
             Mcp-Session-Id: {id}\r\n{accept}\r\n"
        );
        assert_eq!(exchange(door.address(), &request).await.status, 404, "{line}");
    }
    let own = asked(ALICE, &id).await;
    assert_eq!((own.0, own.1), (200, true), "the session is hers, and still open: {}", own.2);
    door.stop(DRAIN).await;
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_state_is_of_use_to_nobody_else() {
    for (server, tool) in [("legacy", "c__test_elicitation"), ("modern", "c__test_input_required_result_request_state")]
    {
        let (fleet, door) = open(server).await;
        let read = |answer: Answer| -> Value { serde_json::from_str(&answer.body).unwrap() };
        let interim = read(modern(&door, Some(ALICE), "tools/call", json!({"name": tool, "arguments": {}})).await);
        let interim = &interim["result"];
        assert_eq!(interim["resultType"], "input_required", "{interim}");
        let accepted = json!({"action": "accept", "content": {"ok": true, "username": "Ada", "name": "Ada"}});
        let keys = interim["inputRequests"].as_object().unwrap().keys();
        let answers: Value = keys.map(|key| (key.clone(), accepted.clone())).collect::<serde_json::Map<_, _>>().into();
        let again =
            |state: Value| json!({"name": tool, "arguments": {}, "inputResponses": answers, "requestState": state});
        let foreign = read(modern(&door, Some(BOB), "tools/call", again(interim["requestState"].clone())).await);
        let forged = read(modern(&door, Some(BOB), "tools/call", again("forged".into())).await);
        assert_eq!(foreign, forged, "another's state is as one that was never given out");
        assert!(foreign["error"]["message"].as_str().unwrap().contains("is not one that was given out"), "{foreign}");
        let own = read(modern(&door, Some(ALICE), "tools/call", again(interim["requestState"].clone())).await);
        assert_eq!(own["result"]["resultType"], "complete", "{server}: {own}");
        door.stop(DRAIN).await;
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn a_task_is_of_use_to_nobody_else() {
    let (fleet, door) = open("modern").await;
    let read = |answer: Answer| -> Value { serde_json::from_str(&answer.body).unwrap() };
    let long = json!({"name": "c__slow_compute", "arguments": {"seconds": 60}});
    let created = read(modern(&door, Some(ALICE), "tools/call", long).await);
    let id = created["result"]["taskId"].clone();
    assert_eq!(created["result"]["resultType"], "task", "{created}");
    for method in ["tasks/get", "tasks/cancel", "tasks/update"] {
        let about = |id: &Value| json!({"taskId": id, "inputResponses": {}});
        let foreign = read(modern(&door, Some(BOB), method, about(&id)).await);
        let unknown = read(modern(&door, Some(BOB), method, about(&json!("unknown"))).await);
        assert_eq!(foreign, unknown, "{method}: another's task is as one that is not there");
        assert_eq!(foreign["error"]["code"], -32602, "{method}: {foreign}");
    }
    for (method, status) in
        [("tasks/get", json!("working")), ("tasks/cancel", Value::Null), ("tasks/get", json!("cancelled"))]
    {
        let own = read(modern(&door, Some(ALICE), method, json!({"taskId": id})).await);
        assert_eq!((&own["result"]["resultType"], &own["result"]["status"]), (&json!("complete"), &status), "{own}");
    }
    door.stop(DRAIN).await;
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn other_addresses_open_to_principals_alone() {
    let house = || async { Arc::new(House::new(fleet(Vec::new()).await)) };
    let hosts = || vec!["tools.example".to_owned()];
    let local = |address: &str| HttpConfig::local(address.parse().unwrap());
    let known = |address: &str| HttpConfig { keyring: keyring(), ..local(address) };
    let why = async |config| match serve_http(house().await, config).await {
        Err(ListenFault::Exposed(_)) => "exposed",
        Err(ListenFault::Nameless(_)) => "nameless",
        // Nobody has that address, and so it was tried.
        Err(ListenFault::Unavailable(..)) => "tried",
        Ok(_) => "open",
    };
    assert_eq!(why(HttpConfig { allowed_hosts: hosts(), ..local("0.0.0.0:0") }).await, "exposed");
    assert_eq!(why(known("0.0.0.0:0")).await, "nameless");
    assert_eq!(why(local("192.0.2.7:80")).await, "exposed");
    assert_eq!(why(known("192.0.2.7:80")).await, "tried");
    assert_eq!(why(known("127.0.0.1:0")).await, "open");
}
