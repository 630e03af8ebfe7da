//! What the server says when it is asked to say too much, or to say it
//! wrongly.

use std::io::Write;

use serde_json::{Value, json};

use crate::tools;
use crate::voice::Voice;

/// Bytes said at once.
const PIECE: usize = 64 * 1024;

/// Tools on a page of a million.
const TOOLS_A_PAGE: usize = 1_000;

/// Large tools on a page, and their definitions' size in bytes.
const LARGE_A_PAGE: usize = 40;
const LARGE_BYTES: usize = 250 * 1024;

/// Says exactly what the arguments say: `{id}` is the request's id, `{nest}`
/// as many brackets as `nest` says, and what is no character is a byte that
/// is none.
pub(crate) fn raw(id: &Value, arguments: &Value) {
    let nest = usize::try_from(arguments["nest"].as_u64().unwrap_or(0)).unwrap_or_default();
    let said = arguments["said"].as_str().unwrap_or_default();
    let said = said.replace("{id}", &id.to_string());
    let said = said.replace("{nest}", &("[".repeat(nest) + &"]".repeat(nest)));
    let mut bytes = Vec::new();
    for c in said.chars() {
        match c {
            char::REPLACEMENT_CHARACTER => bytes.push(0xff),
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes.push(b'\n');
    say(&mut std::io::stdout().lock(), &bytes);
}

/// Says as much as the arguments say, and then answers, unless that was the
/// answer.
pub(crate) fn flood(voice: &Voice, id: &Value, arguments: &Value) {
    let pieces = usize::try_from(arguments["mib"].as_u64().unwrap_or(17)).unwrap_or_default() * 1024 * 1024 / PIECE;
    let piece = vec![b'x'; PIECE];
    let mut out = std::io::stdout().lock();
    match arguments["kind"].as_str().unwrap_or_default() {
        "answer" => {
            let head = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":""#);
            say(&mut out, head.as_bytes());
            (0..pieces).for_each(|_| say(&mut out, &piece));
            return say(&mut out, b"\"}]}}\n");
        }
        "noise" => {
            (0..pieces).for_each(|_| say(&mut out, &piece));
            say(&mut out, b"\n");
        }
        "stderr" => (0..pieces).for_each(|_| say(&mut std::io::stderr().lock(), &piece)),
        "told" => {
            let uri = "u".repeat(PIECE - 100);
            for i in 0..pieces {
                let told = json!({"method": "notifications/resources/updated", "params": {"uri": format!("{i}{uri}")}});
                say(&mut out, format!("{told}\n").as_bytes());
            }
        }
        "progress" => {
            let message = "m".repeat(PIECE - 100);
            for i in 0..pieces {
                let params = json!({"progressToken": arguments["token"], "progress": i, "message": message});
                let told = json!({"method": "notifications/progress", "params": params});
                say(&mut out, format!("{told}\n").as_bytes());
            }
        }
        _ => {}
    }
    drop(out);
    voice.answer(id, tools::text("flooded"));
}

/// A page of a million tools.
pub(crate) fn many(page: usize) -> Value {
    let named = |i| tools::named(&format!("get_{}", page * TOOLS_A_PAGE + i));
    json!({"tools": (0..TOOLS_A_PAGE).map(named).collect::<Vec<Value>>(), "nextCursor": (page + 1).to_string()})
}

/// Says a page of tools that are as large as they may be, and that grow when
/// they are read.
pub(crate) fn large(id: &Value, cursor: Option<&str>) {
    let page: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let mut out = std::io::stdout().lock();
    say(
        &mut out,
        format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"nextCursor":"{}","tools":["#, page + 1).as_bytes(),
    );
    let digits = "0,".repeat(LARGE_BYTES / 2);
    for i in 0..LARGE_A_PAGE {
        let comma = if i == 0 { "" } else { "," };
        let name = page * LARGE_A_PAGE + i;
        let schema = format!(r#"{{"type":"object","properties":{{"x":{{"enum":[{digits}0]}}}}}}"#);
        say(&mut out, format!(r#"{comma}{{"name":"get_{name}","inputSchema":{schema}}}"#).as_bytes());
    }
    say(&mut out, b"]}}\n");
}

fn say(out: &mut impl Write, bytes: &[u8]) {
    // Whoever hung up needs no more of it.
    let _ = out.write_all(bytes);
    let _ = out.flush();
}
