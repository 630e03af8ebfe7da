//! A server whose tools give back what they are given, byte for byte.
//!
//! In: JSON-RPC on standard input. Out: for `mirror`, the arguments and the
//! `_meta` of the call as they arrived; for `give`, the `result` among the
//! arguments as the whole result. It reads neither.

use std::io::{BufRead, Write};

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    method: String,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Call<'a> {
    name: String,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    result: &'a RawValue,
}

/// The tools, with members and numbers that few would expect.
const TOOLS: &str = concat!(
    r#"{"tools":[{"x-first":1.50,"name":"mirror","description":"Mirrors.","inputSchema":{"type":"object","x-n":12345678901234567890},"#,
    r#""annotations":{"readOnlyHint":true,"openWorldHint":false},"_meta":{"k":[ 1 ]},"icons":[{"src":"x:1"}]},"#,
    r#"{"name":"give","description":"Gives.","inputSchema":{"type":"object","properties":{"result":{"type":"object"}}},"#,
    r#""annotations":{"readOnlyHint":true,"openWorldHint":false}}]}"#
);

const HELLO: &str = concat!(
    r#"{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"#,
    r#""serverInfo":{"name":"mirror-upstream","version":"1.0"}}"#
);

fn main() {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(message) = serde_json::from_str::<Message<'_>>(&line) else { continue };
        let Some(id) = message.id else { continue };
        let answer = match message.method.as_str() {
            "initialize" => result(HELLO),
            "tools/list" => result(TOOLS),
            "tools/call" => called(message.params),
            _ => r#""error":{"code":-32601,"message":"no such method"}"#.to_owned(),
        };
        let mut out = std::io::stdout().lock();
        let written = writeln!(out, r#"{{"jsonrpc":"2.0","id":{},{answer}}}"#, id.get()).and_then(|()| out.flush());
        if written.is_err() {
            return;
        }
    }
}

fn result(text: &str) -> String {
    format!(r#""result":{text}"#)
}

fn called(params: Option<&RawValue>) -> String {
    let none = || r#""error":{"code":-32602,"message":"no such call"}"#.to_owned();
    let Some(call) = params.and_then(|params| serde_json::from_str::<Call<'_>>(params.get()).ok()) else {
        return none();
    };
    let text = |value: Option<&RawValue>| value.map_or("null", RawValue::get).to_owned();
    match call.name.as_str() {
        "mirror" => {
            let (arguments, meta) = (text(call.arguments), text(call.meta));
            result(&format!(r#"{{"content":[],"structuredContent":{{"arguments":{arguments},"meta":{meta}}}}}"#))
        }
        "give" => match call.arguments.and_then(|given| serde_json::from_str::<Given<'_>>(given.get()).ok()) {
            Some(given) => result(given.result.get()),
            None => none(),
        },
        _ => none(),
    }
}
