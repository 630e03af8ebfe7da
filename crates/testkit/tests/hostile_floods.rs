//! Servers that say too much: our memory stays ours.
//!
//! Each flood meets us in a process of its own, whose peak is measured by the
//! kernel. A reader that simply reads stands beside ours, and grows.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]
#![allow(clippy::print_stdout, reason = "a process says to its test what it found; a test says its sample")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use catalog::{ServerId, ToolSource};
use mcp::upstream::{Transport, UpstreamConfig};
use serde_json::json;
use support::host::{Memory, growth, subject};
use support::*;

/// The longest message taken from a server, and what else may be needed to
/// take it, in KiB.
const LIMIT_KIB: u64 = 16 * 1024;
const MARGIN_KIB: u64 = 16 * 1024;

/// What a listing may take beside that, in KiB: as much as is kept of one,
/// as text and as values.
const LISTING_KIB: u64 = 192 * 1024;

/// What the floods say, in MiB, unless the environment says more: as much as
/// would show at once in the peak of whoever kept it.
const SAID_MIB: u64 = 64;
const SAID: &str = "TESTKIT_FLOOD_MIB";

fn said_mib() -> u64 {
    std::env::var(SAID).ok().and_then(|said| said.parse().ok()).unwrap_or(SAID_MIB)
}

#[tokio::test]
async fn floods_over_pipes_take_no_memory() {
    let most = LIMIT_KIB + MARGIN_KIB;
    println!("each flood: {} MiB; allowed: {most} KiB", said_mib());
    for flood in ["answer", "noise", "stderr", "told", "progress"] {
        let grew = growth("the_subject", flood).await;
        println!("{flood}: {grew} KiB");
        assert!(grew <= most, "{flood}: it grew by {grew} KiB");
    }
    let naive = growth("the_subject", "naive").await;
    println!("a reader that simply reads: {naive} KiB");
    assert!(naive > most, "the measure measures nothing: {naive} KiB");
}

#[tokio::test]
async fn floods_over_http_take_no_memory() {
    let most = LIMIT_KIB + MARGIN_KIB;
    println!("7 floods without end; allowed: {most} KiB");
    for flood in ["body", "event", "lines", "comments", "drip", "head", "refusal"] {
        let grew = growth("the_subject", flood).await;
        println!("{flood}, without end: {grew} KiB");
        assert!(grew <= most, "{flood}: it grew by {grew} KiB");
    }
}

#[tokio::test]
async fn lists_without_end_take_what_is_kept_of_them() {
    for (mode, kept) in [("many-tools", 10_000), ("large-tools", 0)] {
        let grew = growth("the_subject", mode).await;
        println!("{mode}, of which {kept} are kept: {grew} KiB");
        assert!(grew <= LISTING_KIB, "{mode}: it grew by {grew} KiB");
    }
}

/// The process that the tests above measure.
#[tokio::test]
#[ignore = "it is a part of the tests of floods"]
async fn the_subject() {
    let Some(subject) = subject() else { return };
    match subject.as_str() {
        "naive" => naive(),
        "many-tools" | "large-tools" => listing(&subject).await,
        "answer" | "noise" | "stderr" | "told" | "progress" => over_pipes(&subject).await,
        flood => over_http(flood).await,
    }
}

async fn over_pipes(flood: &str) {
    let fleet = fleet(vec![server("a", &["blunt", "shelf"])]).await;
    let asked = Call { timeout: Duration::from_secs(100), ..Call::default() };
    let (memory, what) = (Memory::now(), json!({"kind": flood, "mib": said_mib()}));
    let ended = asked.make(&fleet, "a.get_flood", what).await;
    match flood {
        // Whose answer the noise would have been cannot be told.
        "answer" | "noise" => assert!(ended.unwrap_err().fault.message.contains("more than 16 MiB")),
        _ => assert_eq!(text(&ended.unwrap()), "flooded"),
    }
    assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": "and on"})).await.unwrap()), "and on");
    memory.tell();
    fleet.stop(Duration::from_secs(1)).await;
}

async fn listing(mode: &str) {
    let memory = Memory::now();
    let config = UpstreamConfig { start_timeout: Duration::from_secs(100), ..server("a", &[mode]) };
    let fleet = mcp::upstream::Fleet::start(vec![config, server("good", &["plain"])]);
    fleet.settled(Duration::from_secs(110)).await;
    let kept = tools_of(&fleet, "a").len();
    assert_eq!(kept, if mode == "many-tools" { 10_000 } else { 0 }, "{:?}", status_of(&fleet, "a").state);
    assert_eq!(text(&call(&fleet, "good.get_echo", json!({"text": "and on"})).await.unwrap()), "and on");
    assert!(fleet.snapshot().tools().len() >= kept + 7);
    memory.tell();
    fleet.stop(Duration::from_secs(1)).await;
}

async fn over_http(flood: &str) {
    let address = endless(flood.to_owned());
    let config = UpstreamConfig::new(ServerId::new("a"), Transport::http(format!("http://{address}/mcp")));
    let fleet = fleet(vec![trusted(config)]).await;
    assert_eq!(tools_of(&fleet, "a"), ["get_endless"]);
    // Only what says nothing and never ends has to be waited for.
    let timeout = Duration::from_secs(if matches!(flood, "comments" | "drip") { 1 } else { 20 });
    let asked = Call { timeout, ..Call::default() };
    let memory = Memory::now();
    let fault = asked.make(&fleet, "a.get_endless", json!({})).await.unwrap_err().fault;
    let expected = match flood {
        "comments" | "drip" => "did not answer",
        "body" | "event" | "lines" => "more than 16 MiB",
        _ => "server `a`",
    };
    assert!(fault.message.contains(expected), "{flood}: {}", fault.message);
    memory.tell();
    fleet.stop(Duration::from_secs(1)).await;
}

/// Reads a line as whoever trusts their peer does.
fn naive() {
    let memory = Memory::now();
    let flood = std::iter::repeat_n(b'x', usize::try_from(SAID_MIB).unwrap() * 1024 * 1024);
    let mut line = Vec::new();
    let mut flood: Vec<u8> = flood.collect();
    flood.push(b'\n');
    BufReader::new(flood.as_slice()).read_until(b'\n', &mut line).unwrap();
    assert_eq!(line.len(), flood.len());
    memory.tell();
}

/// A server that says what it must, and answers calls without end.
fn endless(flood: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let flood = flood.clone();
            std::thread::spawn(move || {
                let mut heard = BufReader::new(stream.try_clone().unwrap());
                let mut stream = stream;
                while let Some((method, id)) = request(&mut heard) {
                    let tool = json!({"name": "get_endless", "inputSchema": {"type": "object"},
                        "annotations": {"readOnlyHint": true}});
                    let result = match method.as_str() {
                        "server/discover" => {
                            json!({"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}})
                        }
                        "tools/list" => json!({"resultType": "complete", "tools": [tool]}),
                        _ => return pour(&mut stream, &flood),
                    };
                    let body = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    );
                    stream.write_all((head + &body).as_bytes()).unwrap();
                }
            });
        }
    });
    address
}

/// The next request's method and id; `None` at the end.
fn request(heard: &mut impl BufRead) -> Option<(String, serde_json::Value)> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if heard.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    heard.read_exact(&mut body).ok()?;
    let message: serde_json::Value = serde_json::from_slice(&body).ok()?;
    Some((message["method"].as_str()?.to_owned(), message["id"].clone()))
}

/// Writes until nobody reads any more.
fn pour(stream: &mut impl Write, flood: &str) {
    let (head, piece) = match flood {
        "event" => ("200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ", "x".repeat(64 * 1024)),
        "lines" => {
            ("200 OK\r\nContent-Type: text/event-stream\r\n\r\n", format!("data: {}\n", "0".repeat(1_000)).repeat(64))
        }
        "comments" => ("200 OK\r\nContent-Type: text/event-stream\r\n\r\n", ": still here\n\n".repeat(4_096)),
        "head" => ("200 OK\r\n", "X-More: 0123456789\r\n".repeat(4_096)),
        "refusal" => ("500 No\r\nContent-Type: application/json\r\n\r\n", "x".repeat(64 * 1024)),
        _ => (
            "200 OK\r\nContent-Type: application/json\r\n\r\n{\"jsonrpc\":\"2.0\",\"result\":\"",
            "x".repeat(64 * 1024),
        ),
    };
    let _ = stream.write_all(format!("HTTP/1.1 {head}").as_bytes());
    let piece = if flood == "drip" { &piece[..1] } else { &piece };
    while stream.write_all(piece.as_bytes()).is_ok() {
        if flood == "drip" {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
