//! What goes through us comes out as it went in: arguments, results and
//! definitions are byte for byte what was written, whatever is in them.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use fastrand::Rng;
use mcp::downstream::serve_streams;
use mcp::upstream::{Transport, UpstreamConfig};
use serde::Deserialize;
use serde_json::value::RawValue;
use support::house::House;
use support::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Values tried; each goes both ways in both eras.
const SAMPLES: usize = 250;

/// The seed of all of them.
const SEED: u64 = 20_261_122;

/// A client that does not read what it gets.
struct RawClient {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    out: WriteHalf<DuplexStream>,
    modern: bool,
}

impl RawClient {
    /// A call's result, as text.
    async fn call(&mut self, tool: &str, arguments: &str, meta: &str) -> String {
        let context =
            r#""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"#;
        let meta = match (self.modern, meta.is_empty()) {
            (false, _) => format!("{{{meta}}}"),
            (true, true) => format!("{{{context}}}"),
            (true, false) => format!("{{{context},{meta}}}"),
        };
        self.ask("tools/call", &format!(r#"{{"name":"{tool}","arguments":{arguments},"_meta":{meta}}}"#)).await
    }

    async fn ask(&mut self, method: &str, params: &str) -> String {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow, default)]
            result: Option<&'a RawValue>,
        }
        let request = format!(r#"{{"jsonrpc":"2.0","id":"i","method":"{method}","params":{params}}}"#);
        self.out.write_all(format!("{request}\n").as_bytes()).await.unwrap();
        let line = timeout(Duration::from_secs(10), self.lines.next_line()).await.unwrap().unwrap().unwrap();
        let answer: Answer<'_> = serde_json::from_str(&line).unwrap();
        answer.result.unwrap_or_else(|| panic!("{request}\n{line}")).get().to_owned()
    }
}

/// Any JSON value's text, so deep at most.
fn value(rng: &mut Rng, depth: usize) -> String {
    match rng.u8(..if depth == 0 { 5 } else { 7 }) {
        0 => ["null", "true", "false"][rng.usize(..3)].to_owned(),
        1 => number(rng),
        2..=4 => string(rng),
        5 => {
            let items: Vec<String> = (0..rng.usize(..4)).map(|_| value(rng, depth - 1)).collect();
            format!("[{}]", items.join([",", " , "][rng.usize(..2)]))
        }
        _ => object(rng, depth - 1),
    }
}

/// Any object's text; no two members have one name.
fn object(rng: &mut Rng, depth: usize) -> String {
    let members: Vec<String> = (0..rng.usize(..5))
        .map(|i| {
            let name = string(rng);
            format!("\"{i}{}:{}{}", &name[1..], [" ", ""][rng.usize(..2)], value(rng, depth))
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

fn number(rng: &mut Rng) -> String {
    match rng.u8(..6) {
        0 => rng.i64(..).to_string(),
        1 => format!("{}{}", rng.u64(1..), rng.u64(..)),
        2 => format!("{}.{}0", rng.i32(..), rng.u32(..)),
        3 => format!("{}e{}", rng.u8(1..10), rng.i8(-100..100)),
        4 => "-0.0".to_owned(),
        _ => format!("{}E+{}", rng.u8(1..10), rng.u8(..100)),
    }
}

fn string(rng: &mut Rng) -> String {
    let mut text = String::from('"');
    for _ in 0..rng.usize(..12) {
        match rng.u8(..8) {
            0 => text.push_str(["\\n", "\\u0000", "\\u00e6", "\\/", "\\\\", "\\\"", "\\ud83d\\ude00"][rng.usize(..7)]),
            1 => text.push(['æ', '語', '😀', '\u{202e}', '\u{feff}', '\u{2028}'][rng.usize(..6)]),
            _ => text.push(char::from(rng.u8(b'a'..=b'z'))),
        }
    }
    text.push('"');
    text
}

#[tokio::test]
async fn what_goes_in_comes_out() {
    let program = env!("CARGO_BIN_EXE_mirror-upstream");
    let behind = UpstreamConfig::new(ServerId::new("m"), Transport::stdio(program, [] as [&str; 0]));
    let fleet = fleet(vec![trusted(behind)]).await;
    let mut rng = Rng::with_seed(SEED);
    println!("seed {SEED}, {SAMPLES} samples");
    for modern in [false, true] {
        let (ours, theirs) = tokio::io::duplex(1024 * 1024);
        let (input, output) = tokio::io::split(ours);
        let house = Arc::new(House::new(Arc::clone(&fleet)));
        let door = tokio::spawn(async move {
            serve_streams(house, input, output, CancellationToken::new()).await.unwrap();
        });
        let (read, out) = tokio::io::split(theirs);
        let mut client = RawClient { lines: BufReader::new(read).lines(), out, modern };
        if !modern {
            let hello = r#"{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#;
            client.ask("initialize", hello).await;
        }
        let meta = if modern {
            r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}"#
        } else {
            "{}"
        };
        let listed = client.ask("tools/list", meta).await;
        let definition = concat!(
            r#"{"x-first":1.50,"name":"m__mirror","description":"Mirrors.","inputSchema":{"type":"object","x-n":12345678901234567890},"#,
            r#""annotations":{"readOnlyHint":true,"openWorldHint":false},"_meta":{"k":[ 1 ]},"icons":[{"src":"x:1"}]}"#
        );
        assert!(listed.contains(definition), "{listed}");
        for _ in 0..SAMPLES {
            let arguments = object(&mut rng, 4);
            let own = object(&mut rng, 2);
            let seen = client.call("m__mirror", &arguments, &format!(r#""x.example/own":{own}"#)).await;
            let mut expected = format!(r#""structuredContent":{{"arguments":{arguments},"meta":"#);
            assert!(seen.contains(&expected), "{seen}\nlacks\n{expected}");
            expected.clear();
            write!(expected, r#""x.example/own":{own}"#).unwrap();
            assert!(seen.contains(&expected), "{seen}\nlacks\n{expected}");

            let members = object(&mut rng, 4);
            let comma = if members == "{}" { "" } else { "," };
            let result = format!(r#"{{"content":[],"isError":false{comma}{}"#, &members[1..]);
            let given = client.call("m__give", &format!(r#"{{"result":{result}}}"#), "").await;
            let expected = if modern { format!(r#"{{"resultType":"complete",{}"#, &result[1..]) } else { result };
            assert_eq!(given, expected);
        }
        drop(client);
        timeout(Duration::from_secs(5), door).await.expect("it ends with its client").unwrap();
    }
    fleet.stop(Duration::from_secs(2)).await;
}
