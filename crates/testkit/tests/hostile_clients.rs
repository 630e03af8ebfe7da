//! What the front door makes of clients that do not keep to the protocol.
//!
//! Each row that is refused stands beside one that differs in nothing but the
//! fault and is served: a defence that refuses everything would be none.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

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
