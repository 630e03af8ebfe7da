//! What the front door makes of clients that do not keep to the protocol.
//!
//! Each row that is refused stands beside one that differs in nothing but the
//! fault and is served: a defence that refuses everything would be none.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]
#![allow(clippy::print_stdout, reason = "a test says its sample")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mcp::downstream::{HttpConfig, HttpServer, serve_http};
use mcp::upstream::Fleet;
use serde_json::{Value, json};
use support::client::modern_meta;
use support::house::House;
use support::wire::{exchange, headers, post, request};
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

async fn open() -> (Arc<Fleet>, HttpServer) {
    let fleet = fleet(vec![server("a", &["plain"])]).await;
    let config = HttpConfig::local(SocketAddr::from(([127, 0, 0, 1], 0)));
    let door = serve_http(Arc::new(House::new(Arc::clone(&fleet))), config).await.unwrap();
    (fleet, door)
}

async fn close(fleet: Arc<Fleet>, door: HttpServer) {
    door.stop(DRAIN).await;
    fleet.stop(DRAIN).await;
}

fn code(body: &str) -> i64 {
    serde_json::from_str::<Value>(body).unwrap_or_default()["error"]["code"].as_i64().unwrap_or(0)
}

/// What is wrong, the headers, and the status and the code of the answer.
type Shown = (&'static str, Vec<(&'static str, &'static str)>, u16, i64);

#[tokio::test]
async fn headers_that_do_not_show_the_body_are_refused() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let params = json!({"name": "a__get_echo", "arguments": {"text": "t"}, "_meta": modern_meta()});
    let body = request("tools/call", &params);
    let proper = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "a__get_echo")];
    let rows: [Shown; 9] = [
        ("as it should be", proper.to_vec(), 200, 0),
        ("a name in Base64", vec![proper[0], proper[1], ("Mcp-Name", "=?base64?YV9fZ2V0X2VjaG8=?=")], 200, 0),
        ("no revision", proper[1..].to_vec(), 400, -32020),
        ("another revision", vec![("MCP-Protocol-Version", "2025-11-25"), proper[1], proper[2]], 400, -32020),
        ("no method", vec![proper[0], proper[2]], 400, -32020),
        ("another method", vec![proper[0], ("Mcp-Method", "tools/list"), proper[2]], 400, -32020),
        ("no name", proper[..2].to_vec(), 400, -32020),
        ("another name", vec![proper[0], proper[1], ("Mcp-Name", "a__wait")], 400, -32020),
        ("two names", [proper.to_vec(), vec![("Mcp-Name", "a__wait")]].concat(), 400, -32020),
    ];
    for (what, shown, status, expected) in rows {
        let answer = post(door.address(), &[headers(&ours), shown].concat(), &body).await;
        assert_eq!((answer.status, code(&answer.body)), (status, expected), "{what}: {}", answer.body);
    }
    close(fleet, door).await;
}

#[tokio::test]
async fn messages_that_are_none_are_refused_and_the_door_serves_on() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let meta = modern_meta().to_string();
    let call = |params: &str, id: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{{params},"_meta":{meta}}}}}"#)
    };
    let echo = r#""name":"a__get_echo","arguments":{"text":"t"}"#;
    let deep =
        format!(r#""name":"a__get_echo","arguments":{{"text":"t","d":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let rows = [
        ("as it should be", call(echo, "1"), 200, 0),
        ("an id that is a text", call(echo, r#""x""#), 200, 0),
        ("an id with a fraction", call(echo, "1.5"), 400, -32600),
        ("an id that is an object", call(echo, "{}"), 400, -32600),
        ("an id without end", call(echo, &"9".repeat(10_000)), 400, -32600),
        ("two names", call(&format!(r#"{echo},"name":"a__wait""#), "1"), 400, -32602),
        ("two arguments", call(&format!(r#"{echo},"arguments":{{}}"#), "1"), 400, -32602),
        ("arguments that are a list", call(r#""name":"a__get_echo","arguments":["t"]"#, "1"), 200, -32602),
        ("nothing but depth", call(&deep, "1"), 400, 0),
        ("no JSON", "{".to_owned(), 400, -32700),
        ("a batch", format!("[{}]", call(echo, "1")), 400, -32600),
        ("a cursor from nowhere", String::new(), 200, -32602),
        ("and again as it should be", call(echo, "1"), 200, 0),
    ];
    let shown = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "a__get_echo")];
    for (what, body, status, expected) in rows {
        if body.is_empty() {
            let body = request("tools/list", &json!({"cursor": "0-1", "_meta": modern_meta()}));
            let shown = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")];
            let answer = post(door.address(), &[headers(&ours), shown.to_vec()].concat(), &body).await;
            assert_eq!((answer.status, code(&answer.body)), (status, expected), "{what}: {}", answer.body);
            continue;
        }
        let answer = post(door.address(), &[headers(&ours), shown.to_vec()].concat(), &body).await;
        if what == "nothing but depth" {
            assert_ne!(answer.status, 0, "it is answered, whatever the answer is");
            continue;
        }
        assert_eq!((answer.status, code(&answer.body)), (status, expected), "{what}: {}", answer.body);
    }
    close(fleet, door).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_sent() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let head = |length: &str| {
        format!(
            "POST /mcp HTTP/1.1\r\nHost: {ours}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nConnection: close\r\n{length}\r\n\r\n"
        )
    };
    let announced = exchange(door.address(), &head("Content-Length: 10737418240")).await;
    assert_eq!(announced.status, 413, "{}", announced.head);
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let chunked = exchange(door.address(), &(head("Transfer-Encoding: chunked") + &chunk.repeat(6))).await;
    assert_eq!(chunked.status, 413, "{}", chunked.head);
    close(fleet, door).await;
}

#[tokio::test]
async fn a_session_is_needed_kept_and_ended() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let hello = |version: &str| {
        request(
            "initialize",
            &json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}),
        )
    };
    let opened = post(door.address(), &headers(&ours), &hello("2025-03-26")).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    let session = opened.head.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap().to_owned();
    let with = |session: &str| {
        [headers(&ours), vec![("Mcp-Session-Id", Box::leak(session.to_owned().into_boxed_str()))]].concat()
    };
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"a__get_echo","arguments":{"text":"t"}}}]"#;
    let answered = post(door.address(), &with(&session), batch).await;
    let answers: Value = serde_json::from_str(&answered.body).unwrap();
    assert_eq!((answers.as_array().unwrap().len(), &answers[0]["result"]), (2, &json!({})), "{}", answered.body);
    assert_eq!(answers[1]["result"]["content"][0]["text"], "t");

    let ping = request("ping", &json!({}));
    let mut guess = session.clone().into_bytes();
    guess[5] = if guess[5] == b'a' { b'b' } else { b'a' };
    let guess = String::from_utf8(guess).unwrap();
    let rows = [
        ("ours", session.as_str(), 200),
        ("a guess", &guess, 404),
        ("none", "", 404),
        ("long", &"x".repeat(5_000), 404),
    ];
    for (what, id, status) in rows {
        assert_eq!(post(door.address(), &with(id), &ping).await.status, status, "{what}");
    }
    let newer = [with(&session), vec![("MCP-Protocol-Version", "2031-01-01")]].concat();
    assert_eq!(post(door.address(), &newer, &ping).await.status, 400);
    let leave =
        format!("DELETE /mcp HTTP/1.1\r\nHost: {ours}\r\nMcp-Session-Id: {session}\r\nConnection: close\r\n\r\n");
    assert_eq!(exchange(door.address(), &leave).await.status, 204);
    assert_eq!(post(door.address(), &with(&session), &ping).await.status, 404);
    assert_eq!(exchange(door.address(), &leave).await.status, 404);

    let opened = post(door.address(), &headers(&ours), &hello("2025-11-25")).await;
    let session = opened.head.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap().to_owned();
    assert_eq!(post(door.address(), &with(&session), batch).await.status, 400, "this revision has no batches");
    close(fleet, door).await;
}

#[tokio::test]
async fn circles_of_orchestrators_end() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let shown = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "a__get_echo")];
    let proper = [headers(&ours), shown.to_vec()].concat();
    for (way, expected) in [(json!(["x"]), 0), (json!(["a", "b", "c", "d"]), -32602), (json!("x"), -32602)] {
        let mut meta = modern_meta();
        meta["concertmaster/path"] = way.clone();
        let body = request("tools/call", &json!({"name": "a__get_echo", "arguments": {"text": "t"}, "_meta": meta}));
        let answer = post(door.address(), &proper, &body).await;
        assert_eq!(code(&answer.body), expected, "{way}: {}", answer.body);
    }
    close(fleet, door).await;
}

#[tokio::test]
async fn no_route_and_no_method_lets_a_stranger_in() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let routes = ["/mcp", "/mcp/", "//mcp", "/", "/sse", "/messages", "/.well-known/oauth-protected-resource", "*"];
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "X-OWN"];
    let own = format!("http://{ours}");
    let strangers = [
        (vec!["evil.example"], vec![]),
        (vec!["localhost.evil.example"], vec![]),
        (vec![&*ours, "evil.example"], vec![]),
        (vec![], vec![]),
        (vec![&*ours], vec!["http://evil.example"]),
        (vec![&*ours], vec!["null"]),
        (vec![&*ours], vec!["http://localhost:1"]),
        (vec![&*ours], vec![&*own, "http://evil.example"]),
    ];
    let friends = [(vec![&*ours], vec![]), (vec!["localhost"], vec![]), (vec![&*ours], vec![&*own])];
    let asked = async |method: &str, route: &str, (hosts, origins): &(Vec<&str>, Vec<&str>)| {
        let fields: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        let fields = fields + &origins.iter().map(|origin| format!("Origin: {origin}\r\n")).collect::<String>();
        let head = format!("{method} {route} HTTP/1.1\r\n{fields}Connection: close\r\nContent-Length: 0\r\n\r\n");
        exchange(door.address(), &head).await
    };
    let mut count = 0;
    for method in methods {
        for route in routes {
            for who in &strangers {
                let answer = asked(method, route, who).await;
                assert!(matches!(answer.status, 400 | 403), "{method} {route} {who:?}: {}", answer.head);
                assert!(!answer.head.contains("access-control"), "{}", answer.head);
                count += 1;
            }
            for who in &friends {
                let answer = asked(method, route, who).await;
                // A target that is none is refused by whoever comes.
                let none = route == "*" || method == "CONNECT";
                assert!(none || !matches!(answer.status, 400 | 403) || route == "/mcp", "{method} {route} {who:?}");
                assert!(none || answer.status != 403, "{method} {route} {who:?}: {}", answer.head);
            }
        }
    }
    println!("{count} requests of strangers");
    close(fleet, door).await;
}

#[tokio::test]
async fn bodies_of_any_other_kind_are_not_read() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let body = request("tools/list", &json!({"_meta": modern_meta()}));
    let rows = [
        (vec!["application/json"], 200),
        (vec!["Application/JSON;charset=utf-8"], 200),
        (vec![], 415),
        (vec!["text/plain"], 415),
        (vec!["text/plain; application/json"], 415),
        (vec!["application/x-www-form-urlencoded"], 415),
        (vec!["multipart/form-data; boundary=x"], 415),
        (vec!["application/json", "text/plain"], 415),
        (vec!["application/json-seq"], 415),
    ];
    for (kinds, status) in rows {
        let mut all = vec![("Host", ours.as_str()), ("Accept", "application/json, text/event-stream")];
        all.extend([("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")]);
        all.extend(kinds.iter().map(|kind| ("Content-Type", *kind)));
        let answer = post(door.address(), &all, &body).await;
        assert_eq!(answer.status, status, "{kinds:?}: {}", answer.body);
    }
    close(fleet, door).await;
}

/// A session id that a client was given, and the headers of its requests.
async fn session(door: &HttpServer, version: &str) -> String {
    let hello = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let host = door.address().to_string();
    let opened = post(door.address(), &headers(&host), &request("initialize", &hello)).await;
    opened.head.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap().to_owned()
}

#[tokio::test]
async fn sessions_are_not_guessed() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let id = session(&door, "2025-11-25").await;
    let ping = request("ping", &json!({}));
    let asked = async |id: &str| {
        let all = [headers(&ours), vec![("Mcp-Session-Id", id)]].concat();
        post(door.address(), &all, &ping).await.status
    };
    let seed = 20_261_122;
    let mut chance = fastrand::Rng::with_seed(seed);
    let guesses: Vec<String> = (0..300)
        .map(|i| match i % 3 {
            0 => format!("{:032x}", chance.u128(..)),
            1 => {
                let mut near = id.clone().into_bytes();
                let place = chance.usize(..near.len());
                near[place] = if near[place] == b'0' { b'1' } else { b'0' };
                String::from_utf8(near).unwrap()
            }
            _ => id[..chance.usize(..id.len())].to_owned(),
        })
        .filter(|guess| *guess != id)
        .collect();
    let mut taken = 0;
    for guess in &guesses {
        taken += usize::from(asked(guess).await != 404);
    }
    println!("seed {seed}: {} guesses, {taken} taken", guesses.len());
    assert_eq!((taken, asked(&id).await, asked(&id.to_uppercase()).await), (0, 200, 404));
    close(fleet, door).await;
}

#[tokio::test]
async fn headers_of_a_session_may_show_nothing_but_the_body() {
    let (fleet, door) = open().await;
    let ours = door.address().to_string();
    let (id, batching) = (session(&door, "2025-11-25").await, session(&door, "2025-03-26").await);
    let call = request("tools/call", &json!({"name": "a__get_echo", "arguments": {"text": "t"}}));
    let told = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned();
    let batch = format!("[{call}]");
    let (method, name) = (("Mcp-Method", "tools/call"), ("Mcp-Name", "a__get_echo"));
    let other = ("Mcp-Method", "ping");
    type Row<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, u16);
    let rows: [Row<'_>; 10] = [
        (&id, &call, vec![], 200),
        (&id, &call, vec![method], 200),
        (&id, &call, vec![method, name], 200),
        (&id, &call, vec![other], 400),
        (&id, &call, vec![method, ("Mcp-Name", "a__wait")], 400),
        (&id, &call, vec![method, method], 400),
        (&id, &told, vec![], 202),
        (&id, &told, vec![other], 400),
        (&batching, &batch, vec![], 200),
        (&batching, &batch, vec![method], 400),
    ];
    for (session, body, shown, status) in rows {
        let all = [headers(&ours), vec![("Mcp-Session-Id", session)], shown.clone()].concat();
        let answer = post(door.address(), &all, body).await;
        assert_eq!(answer.status, status, "{shown:?} {body}: {}", answer.body);
        assert!(status != 400 || code(&answer.body) == -32020, "{}", answer.body);
    }
    close(fleet, door).await;
}
