//! What the front door makes of connections that are slow, many, or more than
//! one request.
//!
//! Each limit is met twice: where it is low, and where it is high and what was
//! refused is served.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]
#![allow(clippy::print_stdout, reason = "a test says its sample")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mcp::downstream::{HttpConfig, HttpLimits, HttpServer, MAX_BODY_BYTES, serve_http};
use mcp::upstream::Fleet;
use serde_json::{Value, json};
use support::client::modern_meta;
use support::house::House;
use support::wire::{exchange, headers, post, request};
use support::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const DRAIN: Duration = Duration::from_secs(2);

/// A limit that is met at once, a moment after it, and one that is not met.
const LOW: Duration = Duration::from_millis(200);
const AFTER: Duration = Duration::from_millis(1_000);
const HIGH: Duration = Duration::from_secs(30);

/// What a modern call shows in its headers.
const SHOWN: [(&str, &str); 3] =
    [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "a__get_echo")];

async fn open(limits: HttpLimits, arguments: &[&str]) -> (Arc<Fleet>, HttpServer) {
    let fleet = fleet(vec![server("a", arguments)]).await;
    let config = HttpConfig { limits, ..HttpConfig::local(SocketAddr::from(([127, 0, 0, 1], 0))) };
    let door = serve_http(Arc::new(House::new(Arc::clone(&fleet))), config).await.unwrap();
    (fleet, door)
}

async fn close((fleet, door): (Arc<Fleet>, HttpServer)) {
    door.stop(DRAIN).await;
    fleet.stop(DRAIN).await;
}

/// A whole request that calls `a__get_echo` with this text.
fn echo(host: &str, text: &str) -> String {
    let body =
        request("tools/call", &json!({"name": "a__get_echo", "arguments": {"text": text}, "_meta": modern_meta()}));
    head(host, "", body.len()) + &body
}

/// The head of a request with a body of that length.
fn head(host: &str, more: &str, length: usize) -> String {
    let mut head = "POST /mcp HTTP/1.1\r\n".to_owned();
    for (name, value) in headers(host).into_iter().chain(SHOWN) {
        head += &format!("{name}: {value}\r\n");
    }
    format!("{head}{more}Content-Length: {length}\r\n\r\n")
}

/// What is said on a connection until it closes, or within a moment; and
/// whether it closed.
async fn heard(stream: &mut TcpStream, within: Duration) -> (String, bool) {
    let mut bytes = Vec::new();
    let closed = timeout(within, stream.read_to_end(&mut bytes)).await.is_ok();
    (String::from_utf8_lossy(&bytes).into_owned(), closed)
}

/// What is said on a connection, once it says anything, until it says nothing
/// for a moment.
async fn answered(stream: &mut TcpStream) -> String {
    let mut first = vec![0; 64 * 1024];
    let read = timeout(HIGH, stream.read(&mut first)).await.expect("an answer in time").unwrap_or(0);
    String::from_utf8_lossy(&first[..read]).into_owned() + &heard(stream, LOW).await.0
}

#[tokio::test]
async fn a_client_that_takes_its_time_is_cut_off() {
    for (patience, cut) in [(LOW, true), (HIGH, false)] {
        let limits = HttpLimits { head: patience, body: patience, ..HttpLimits::default() };
        let all = open(limits, &["plain"]).await;
        let (address, ours) = (all.1.address(), all.1.address().to_string());
        let body = "x".repeat(100);
        // Each is a beginning; what is missing is sent byte by byte.
        let rows = [
            ("nothing", String::new()),
            ("half a head", "POST /".to_owned()),
            ("a head without an end", format!("POST /mcp HTTP/1.1\r\nHost: {ours}\r\nX-More: ")),
            ("half a body", head(&ours, "", 10_000) + &body),
            (
                "half a chunk",
                head(&ours, "Transfer-Encoding: chunked\r\n", 0).replace("Content-Length: 0\r\n", "") + "ff\r\nxxxx",
            ),
        ];
        let row = async |(what, beginning): (&str, String)| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(beginning.as_bytes()).await.unwrap();
            let dripping = async {
                while !beginning.is_empty() && stream.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(LOW / 4).await;
                }
                std::future::pending::<()>().await;
            };
            let _ = timeout(AFTER, dripping).await;
            let (said, closed) = heard(&mut stream, LOW).await;
            let body = beginning.contains("\r\n\r\n");
            assert_eq!(closed || said.contains("408"), cut, "{what} {patience:?}: {said}");
            assert!(!cut || !body || said.starts_with("HTTP/1.1 408"), "{what}: {said}");
        };
        futures::future::join_all(rows.into_iter().map(row)).await;
        assert_eq!(post(address, &[headers(&ours), SHOWN.to_vec()].concat(), &body_of("served")).await.status, 200);
        close(all).await;
    }
}

fn body_of(text: &str) -> String {
    request("tools/call", &json!({"name": "a__get_echo", "arguments": {"text": text}, "_meta": modern_meta()}))
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    for (patience, cut) in [(LOW, true), (HIGH, false)] {
        let all = open(HttpLimits { unread: patience, ..HttpLimits::default() }, &["plain"]).await;
        let ours = all.1.address().to_string();
        let mut stream = TcpStream::connect(all.1.address()).await.unwrap();
        // More than any socket holds, in answers that are left unread.
        let one = echo(&ours, &"t".repeat(1024 * 1024));
        let asking = async { while stream.write_all(one.as_bytes()).await.is_ok() {} };
        let hung_up = timeout(AFTER * 3, asking).await.is_ok();
        assert_eq!(hung_up, cut, "{patience:?}");
        close(all).await;
    }
}

#[tokio::test]
async fn connections_over_the_limit_wait_and_bodies_over_it_are_refused() {
    for (connections, served) in [(4, false), (5, true)] {
        let all = open(HttpLimits { connections, ..HttpLimits::default() }, &["plain"]).await;
        let (address, ours) = (all.1.address(), all.1.address().to_string());
        let mut idle = Vec::new();
        for _ in 0..4 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(echo(&ours, "t").as_bytes()).await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0, "it is served");
            idle.push(stream);
        }
        let more = [headers(&ours), SHOWN.to_vec()].concat();
        let body = body_of("more");
        let one_more = post(address, &more, &body);
        let mut one_more = std::pin::pin!(one_more);
        let waited = if served { HIGH } else { AFTER };
        assert_eq!(timeout(waited, &mut one_more).await.is_ok(), served, "{connections}");
        if !served {
            drop(idle.pop());
            assert_eq!(one_more.await.status, 200, "once there is room");
        }
        close(all).await;
    }
    let large = MAX_BODY_BYTES / 2;
    for (bodies_bytes, expected) in [(large + large / 2, 503), (large * 2, 400)] {
        let all = open(HttpLimits { bodies_bytes, ..HttpLimits::default() }, &["plain"]).await;
        let (address, ours) = (all.1.address(), all.1.address().to_string());
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all((head(&ours, "", large) + "x").as_bytes()).await.unwrap();
        tokio::time::sleep(LOW).await;
        let other = exchange(address, &(head(&ours, "Connection: close\r\n", large) + &"x".repeat(large))).await;
        assert_eq!(other.status, expected, "{bodies_bytes}: {}", other.head);
        assert_eq!(other.head.contains("retry-after"), expected == 503, "{}", other.head);
        let small = post(address, &[headers(&ours), SHOWN.to_vec()].concat(), &body_of("small")).await;
        assert_eq!(small.status, 200, "small ones are served all the same");
        drop(slow);
        close(all).await;
    }
}

#[tokio::test]
async fn what_is_announced_to_be_too_long_is_not_asked_for() {
    let all = open(HttpLimits::default(), &["plain"]).await;
    let ours = all.1.address().to_string();
    let rows = [(MAX_BODY_BYTES + 1, "HTTP/1.1 413"), (MAX_BODY_BYTES, "HTTP/1.1 100 Continue")];
    for (length, expected) in rows {
        let mut stream = TcpStream::connect(all.1.address()).await.unwrap();
        stream.write_all(head(&ours, "Expect: 100-continue\r\n", length).as_bytes()).await.unwrap();
        let said = answered(&mut stream).await;
        assert!(said.starts_with(expected), "{length}: {said}");
    }
    close(all).await;
}

#[tokio::test]
async fn requests_sent_together_are_answered_in_order() {
    let all = open(HttpLimits::default(), &["plain"]).await;
    let ours = all.1.address().to_string();
    let mut stream = TcpStream::connect(all.1.address()).await.unwrap();
    let together: String = (0..20).map(|i| echo(&ours, &format!("number {i};"))).collect();
    stream.write_all(together.as_bytes()).await.unwrap();
    let mut said = String::new();
    while !said.contains("number 19;") {
        said += &answered(&mut stream).await;
    }
    let places: Vec<_> = (0..20).map(|i| said.find(&format!("number {i};"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    close(all).await;
}

/// What of a request could be taken for another one, and is not.
#[tokio::test]
async fn no_request_hides_another() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let all = open(HttpLimits::default(), &["log", log.to_str().unwrap()]).await;
    let ours = all.1.address().to_string();
    let calls = || std::fs::read_to_string(&log).unwrap().matches("tools/call ").count();
    let inner = echo(&ours, "hidden");
    let chunk = format!("{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len());
    let shown: String =
        headers(&ours).into_iter().chain(SHOWN).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let outer = |fields: &str, body: &str| format!("POST /mcp HTTP/1.1\r\n{shown}{fields}\r\n{body}");
    let length = |length: usize| format!("Content-Length: {length}\r\n");
    let chunked = "Transfer-Encoding: chunked\r\n";
    let rows = [
        ("one after another", echo(&ours, "first") + &inner, 2),
        ("as its body", outer(&length(inner.len()), &inner), 0),
        ("as its chunk", outer(chunked, &chunk), 0),
        ("length, then chunks", outer(&(length(5) + chunked), &format!("0\r\n\r\n{inner}")), 0),
        ("chunks, then length", outer(&(chunked.to_owned() + &length(5)), &format!("0\r\n\r\n{inner}")), 0),
        ("two lengths", outer(&(length(0) + &length(inner.len())), &inner), 0),
        ("a list of lengths", outer(&format!("Content-Length: 0, {}\r\n", inner.len()), &inner), 0),
        ("a signed length", outer("Content-Length: +0\r\n", &inner), 0),
        (
            "chunks that are not the last coding",
            outer("Transfer-Encoding: chunked, identity\r\n", &format!("0\r\n\r\n{inner}")),
            0,
        ),
        ("an unknown coding", outer("Transfer-Encoding: xchunked\r\n", &format!("0\r\n\r\n{inner}")), 0),
        ("a space before the colon", outer("Transfer-Encoding : chunked\r\n", &format!("0\r\n\r\n{inner}")), 0),
        ("a folded field", outer("X: a\r\n b\r\nContent-Length: 0\r\n", &inner), 0),
        ("a chunk's size with a sign", outer(chunked, &format!("+0\r\n\r\n{inner}")), 0),
        ("a chunk's size too large", outer(chunked, &format!("fffffffffffffffff0\r\n\r\n{inner}")), 0),
        (
            "a length in an old version",
            outer(chunked, &format!("0\r\n\r\n{inner}")).replacen("HTTP/1.1", "HTTP/1.0", 1),
            0,
        ),
        ("a line that ends early", format!("GET /mcp HTTP/1.1\rX\r\n\r\n{inner}"), 0),
    ];
    println!("{} requests", rows.len());
    for (what, bytes, expected) in rows {
        let before = calls();
        let mut stream = TcpStream::connect(all.1.address()).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let said = answered(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 ") || said.starts_with("HTTP/1.0 "), "{what}: {said}");
        assert_eq!(said.contains("hidden"), expected > 0, "{what}: {said}");
        assert_eq!(calls() - before, expected, "{what}: {said}");
    }
    close(all).await;
}

#[tokio::test]
async fn a_client_that_hangs_up_takes_its_call_back() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let all = open(HttpLimits::default(), &["log", log.to_str().unwrap()]).await;
    let ours = all.1.address().to_string();
    let body = request("tools/call", &json!({"name": "a__wait", "arguments": {"ms": 1_500}, "_meta": modern_meta()}));
    let one = head(&ours, "", body.len()).replace("a__get_echo", "a__wait") + &body;
    let text = || std::fs::read_to_string(&log).unwrap();
    // One stays, and is answered; the other hangs up.
    let mut stays = TcpStream::connect(all.1.address()).await.unwrap();
    stays.write_all(one.as_bytes()).await.unwrap();
    let mut leaves = TcpStream::connect(all.1.address()).await.unwrap();
    leaves.write_all(one.as_bytes()).await.unwrap();
    until("both calls arrive", || text().matches("tools/call ").count() == 2).await;
    drop(leaves);
    until("one is taken back", || text().contains("cancelled ")).await;
    assert_eq!(text().lines().filter(|line| line.starts_with("cancelled ")).count(), 1);
    let said = answered(&mut stays).await;
    assert!(said.contains("done waiting"), "{said}");
    close(all).await;
}

/// Whoever listens takes no place of those who call.
#[tokio::test]
async fn listeners_leave_room_for_calls() {
    let all = open(HttpLimits::default(), &["list-changed"]).await;
    let (address, ours) = (all.1.address(), all.1.address().to_string());
    let listen =
        request("subscriptions/listen", &json!({"notifications": {"toolsListChanged": true}, "_meta": modern_meta()}));
    let one = head(&ours, "", listen.len())
        .replace("tools/call", "subscriptions/listen")
        .replace("Mcp-Name: a__get_echo\r\n", "")
        + &listen;
    let mut listeners = Vec::new();
    let mut refused = 0;
    for _ in 0..520 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(one.as_bytes()).await.unwrap();
        let mut said = [0; 2048];
        let read = stream.read(&mut said).await.unwrap();
        refused += usize::from(String::from_utf8_lossy(&said[..read]).contains("are listening"));
        listeners.push(stream);
    }
    println!("520 listeners, of which {refused} were refused");
    assert_eq!(refused, 8);
    let called = post(address, &[headers(&ours), SHOWN.to_vec()].concat(), &body_of("served")).await;
    let answer: Value = serde_json::from_str(&called.body).unwrap();
    assert_eq!(answer["result"]["content"][0]["text"], "served", "{answer}");
    drop(listeners);
    close(all).await;
}
