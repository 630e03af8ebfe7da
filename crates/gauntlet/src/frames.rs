//! What servers and clients send as messages, in lines that arrive in any
//! pieces.
//!
//! Held against a reader that knows nothing of envelopes and reads all of a
//! message as JSON.

use mcp::reading::{Heard, Said, Taken, id_in_fragments, lines, of_client, of_server};
use serde_json::Value;

use crate::plain::Plain;
use crate::tape::Tape;

/// The longest line that is taken here, in bytes.
const LIMIT: usize = 4 * 1024;

/// Shown of a line too long, at either end, in bytes.
const FRAGMENT: usize = 512;

/// The first bytes say where the stream is cut; the rest is the stream.
pub(crate) fn run(bytes: &[u8]) {
    let (cuts, stream) = bytes.split_at(bytes.len().min(4));
    let pieces = Tape::new(cuts).pieces(stream);
    let taken = lines(&pieces, LIMIT);
    assert_eq!(taken, lines(&[stream], LIMIT), "a cut changes a line");
    let ended: Vec<&[u8]> = stream.split(|&byte| byte == b'\n').collect();
    let ended = &ended[..ended.len() - 1];
    assert_eq!(taken.len(), ended.len(), "a line is lost");
    for (taken, line) in taken.iter().zip(ended) {
        match taken {
            Taken::Whole(whole) => {
                assert!(line.len() <= LIMIT);
                assert_eq!(whole, line.strip_suffix(b"\r").unwrap_or(line));
                of_a_server(whole);
                of_a_client(whole);
            }
            Taken::TooLong(head, tail) => {
                assert!(line.len() > LIMIT && head.len() <= FRAGMENT && tail.len() <= FRAGMENT);
                assert!(line.starts_with(head) && line.ends_with(tail));
                let _ = id_in_fragments(head, tail);
            }
        }
    }
}

fn of_a_server(bytes: &[u8]) {
    for said in of_server(bytes) {
        let (id, method, parts) = match &said {
            Said::Noise => continue,
            Said::Answer(id, result) => (id.map(|id| id.to_string()), None, vec![("result", result)]),
            Said::Told(method, params) => (None, Some(method), vec![("params", params)]),
            Said::Asked(id, method, params) => (Some(id.clone()), Some(method), vec![("params", params)]),
        };
        // A member that nobody reads may hold what is no text.
        let whole = match Plain::read(bytes) {
            Plain::Json(whole) => whole,
            Plain::Beyond => continue,
            Plain::Noise => panic!("{said:?} is read out of what is no JSON"),
        };
        let all = whole.as_array().map_or(std::slice::from_ref(&whole), Vec::as_slice);
        let is_it = |message: &Value| {
            let ids = id.as_ref().is_none_or(|id| {
                let own = &message["id"];
                let spelled: Value = serde_json::from_str(id).unwrap_or_default();
                own.as_str() == Some(id) || *own == spelled
            });
            let methods = method.is_none_or(|method| message["method"] == method.as_str());
            let parts = parts.iter().all(|(name, text)| {
                text.as_ref()
                    .is_none_or(|text| serde_json::from_str::<Value>(text).is_ok_and(|is| is == message[*name]))
            });
            ids && methods && parts
        };
        assert!(all.iter().any(is_it), "{said:?} is not in {whole}");
        if let Said::Answer(_, Some(_)) = &said {
            assert!(
                all.iter().any(|message| message.get("error").is_none_or(Value::is_null)),
                "an answer that refuses is taken for a result"
            );
        }
        for (_, text) in parts {
            assert!(text.as_ref().is_none_or(|text| holds(bytes, text.as_bytes())), "it is not as it was written");
        }
    }
}

fn of_a_client(bytes: &[u8]) {
    let heard = of_client(bytes);
    let (id, method, params) = match &heard {
        Heard::Refused(_) => return,
        Heard::Request(id, method, params) => (Some(id), Some(method), Some(params)),
        Heard::Notification(method) => (None, Some(method), None),
        Heard::Answer(id, _) => (Some(id), None, None),
    };
    let read = match Plain::read(bytes) {
        Plain::Json(read) => read,
        Plain::Beyond => return,
        Plain::Noise => panic!("{heard:?} is read out of what is no JSON"),
    };
    assert!(read.is_object() && read["jsonrpc"] == "2.0", "{heard:?}");
    assert!(id.is_none_or(|id| holds(bytes, id.as_bytes())), "{heard:?}");
    assert!(method.is_none_or(|method| read["method"] == method.as_str()), "{heard:?}");
    for (name, text) in params.into_iter().flatten() {
        let value: Value = serde_json::from_str(text).expect("a member is JSON");
        assert_eq!(read["params"][*name], value, "`{name}` is another's");
        assert!(holds(bytes, text.as_bytes()), "`{name}` is not as it was written");
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}
