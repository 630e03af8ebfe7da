//! `toil WORK COUNT`: does one piece of the work on a call's way so often.
//!
//! It measures nothing itself: `cargo xtask instructions` has valgrind count
//! what it takes.

use std::hint::black_box;
use std::process::ExitCode;

use concertmaster_mcp::toil::Toil;

const FIELDS: &[(&str, &str)] = &[
    ("host", "127.0.0.1:8931"),
    ("content-type", "application/json"),
    ("accept", "application/json, text/event-stream"),
    ("mcp-protocol-version", "2026-07-28"),
    ("mcp-method", "tools/call"),
    ("mcp-name", "wiki__find_pages"),
];

const MESSAGE: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"wiki__find_pages","arguments":{"text":"where the retries are counted","limit":20},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"a client","version":"1.0"},"io.modelcontextprotocol/clientCapabilities":{},"progressToken":7}}}"#;

const ANSWER: &str = r#"{"jsonrpc":"2.0","id":12,"result":{"content":[{"type":"text","text":"Retries are counted in the gateway, see \"Counters\".\nThree pages speak of them."}],"structuredContent":{"pages":[{"id":31,"title":"Counters"},{"id":8,"title":"Gateway"},{"id":44,"title":"On retries"}]},"isError":false}}"#;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (work, count) = (arguments.next().unwrap_or_default(), arguments.next().and_then(|count| count.parse().ok()));
    let done: fn(&Toil) -> bool = match work.as_str() {
        "envelope" => Toil::envelope,
        "head" => Toil::head,
        "answer" => Toil::answer,
        "splice" => Toil::splice,
        _ => return ExitCode::from(2),
    };
    let (Some(toil), Some(count)) = (Toil::of(FIELDS, MESSAGE, ANSWER), count) else { return ExitCode::from(2) };
    let all_done = (0..count).all(|_: u32| black_box(done(black_box(&toil))));
    if all_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
