//! JSON-RPC envelopes, read without reading what they carry.
//!
//! In: the bytes of one message. Out: whose answer it is, or what it asks or
//! announces, with its payload still as text. It knows no method.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The longest message taken from a peer, in bytes, over any transport; what
/// is longer is skipped, and the call it answers fails.
pub(crate) const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;

/// Messages taken from one list of them.
const MAX_BATCH: usize = 100;

/// The JSON-RPC code for a method that is not offered.
pub(crate) const METHOD_NOT_FOUND: i64 = -32601;

/// One message from a peer.
#[derive(Debug)]
pub(crate) enum Frame<'a> {
    /// The answer to a request of ours; an error has no id when the peer could
    /// not tell which.
    Answer { id: Option<u64>, outcome: Answer },
    /// Something the peer announces.
    Notification { method: String, params: Option<&'a RawValue> },
    /// Something the peer asks of us.
    Request { id: &'a RawValue, method: String, params: Option<&'a RawValue> },
}

/// The messages that arrived together: one, or, as one revision has it, a
/// list of them. A list that is too long, or none, is one message, and noise.
pub(crate) fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let list = bytes.trim_ascii_start().first() == Some(&b'[');
    let batch = list.then(|| serde_json::from_slice::<Vec<&RawValue>>(bytes).ok()).flatten();
    match batch.filter(|batch| !batch.is_empty() && batch.len() <= MAX_BATCH) {
        Some(batch) => batch.into_iter().map(|message| message.get().as_bytes()).collect(),
        None => vec![bytes],
    }
}

/// What an answer says.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The result, unread.
    Result(Box<RawValue>),
    /// A refusal.
    Error(RpcError),
    /// Both, neither, or an error that is none.
    Malformed,
}

/// A peer's refusal. Its texts are the peer's: data.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RpcError {
    /// JSON-RPC's or MCP's number for it.
    pub(crate) code: i64,
    /// In words.
    #[serde(default)]
    pub(crate) message: String,
    /// More, for programs.
    #[serde(default)]
    pub(crate) data: Option<Value>,
}

impl From<&RpcError> for query::Said {
    fn from(error: &RpcError) -> Self {
        let data = error.data.as_ref().map(Value::to_string);
        Self { code: error.code, message: error.message.clone(), data }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    method: Option<String>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

impl<'a> Frame<'a> {
    /// Reads one message; `None` when the bytes are none.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        // An array of the right length would pass for an envelope.
        let object = bytes.trim_ascii_start().first() == Some(&b'{');
        let envelope: Envelope<'a> = object.then(|| serde_json::from_slice(bytes).ok()).flatten()?;
        match (envelope.method, envelope.id) {
            (Some(method), Some(id)) => Some(Self::Request { id, method, params: envelope.params }),
            (Some(method), None) => Some(Self::Notification { method, params: envelope.params }),
            (None, id) => {
                let outcome = match (envelope.result, envelope.error) {
                    (Some(result), None) => Answer::Result(result.to_owned()),
                    (None, Some(error)) => serde_json::from_str(error.get()).map_or(Answer::Malformed, Answer::Error),
                    (Some(_), Some(_)) => Answer::Malformed,
                    (None, None) if id.is_some() => Answer::Malformed,
                    (None, None) => return None,
                };
                match (id.map(|id| read_id(id.get())), &outcome) {
                    // What is to somebody else, or to nobody, is not to us.
                    (Some(None), _) | (None, Answer::Result(_)) => None,
                    (id, _) => Some(Self::Answer { id: id.flatten(), outcome }),
                }
            }
        }
    }
}

/// Our ids are whole numbers; some peers send them back as texts. Written in
/// any other way than ours, it is not ours.
fn read_id(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let as_ours = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits.len() == 1 || !digits.starts_with('0'));
    as_ours.then(|| digits.parse().ok()).flatten()
}

/// A message of ours. Payloads go out as the text they are.
#[derive(Default, Serialize)]
struct Outgoing<'a> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

impl Outgoing<'_> {
    fn text(self) -> Vec<u8> {
        // Texts, numbers and JSON already written: nothing here can fail to be written.
        serde_json::to_vec(&Self { jsonrpc: "2.0", ..self }).unwrap_or_default()
    }
}

/// A notification's text.
pub(crate) fn notification(method: &str, params: &RawValue) -> Vec<u8> {
    Outgoing { method: Some(method), params: Some(params), ..Outgoing::default() }.text()
}

/// The answer to a peer's own request.
pub(crate) fn answer(id: &RawValue, result: &RawValue) -> Vec<u8> {
    Outgoing { id: Some(id), result: Some(result), ..Outgoing::default() }.text()
}

/// The refusal of a peer's own request.
pub(crate) fn refusal(id: &RawValue, code: i64, message: &str) -> Vec<u8> {
    let error = json!({"code": code, "message": message});
    Outgoing { id: Some(id), error: Some(error), ..Outgoing::default() }.text()
}

/// The word that nobody waits for a request's result any more.
pub(crate) fn cancelled(id: u64) -> Vec<u8> {
    let params = json!({"requestId": id, "reason": "nobody waits for the result any more"});
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}).to_string().into_bytes()
}

/// The id in a message too long to read, from its first or last bytes;
/// `None` when neither shows it.
pub(crate) fn id_in_fragments(head: &[u8], tail: &[u8]) -> Option<u64> {
    let head = String::from_utf8_lossy(head);
    let payload = ["\"result\"", "\"error\""].iter().filter_map(|member| head.find(member)).min();
    let before = &head[..payload.unwrap_or(head.len())];
    let tail = String::from_utf8_lossy(tail);
    number_after_id(before, false).or_else(|| number_after_id(&tail, true))
}

fn number_after_id(text: &str, closes: bool) -> Option<u64> {
    let rest = text[text.rfind("\"id\"")? + "\"id\"".len()..].trim_start().strip_prefix(':')?.trim_start();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let after = rest[digits..].trim();
    let plausible =
        if closes { after == "}" || after == r#","jsonrpc":"2.0"}"# } else { after.starts_with([',', '}']) };
    plausible.then(|| rest[..digits].parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> String {
        match Frame::parse(text.as_bytes()) {
            None => "noise".to_owned(),
            Some(Frame::Answer { id, outcome: Answer::Result(result) }) => format!("{id:?} {}", result.get()),
            Some(Frame::Answer { id, outcome: Answer::Error(error) }) => format!("{id:?} error {}", error.code),
            Some(Frame::Answer { id, outcome: Answer::Malformed }) => format!("{id:?} malformed"),
            Some(Frame::Notification { method, params }) => format!("{method} {:?}", params.map(RawValue::get)),
            Some(Frame::Request { id, method, .. }) => format!("{} asks {method}", id.get()),
        }
    }

    #[test]
    fn envelopes_are_told_apart() {
        let rows = [
            (r#"{"jsonrpc":"2.0","id":7,"result":{"a":1.50}}"#, r#"Some(7) {"a":1.50}"#),
            (r#"{"result":{},"jsonrpc":"2.0","id":"7"}"#, "Some(7) {}"),
            (r#"{"id":7,"error":{"code":-32601,"message":"no"}}"#, "Some(7) error -32601"),
            (r#"{"id":null,"error":{"code":-32700}}"#, "None error -32700"),
            (r#"{"id":null,"result":{}}"#, "noise"),
            (r#"{"result":{}}"#, "noise"),
            (r#"{"id":7.0,"error":{"code":1}}"#, "noise"),
            (r#"{"id":7,"result":{},"error":{"code":1}}"#, "Some(7) malformed"),
            (r#"{"id":7}"#, "Some(7) malformed"),
            (r#"{"id":7,"error":"no"}"#, "Some(7) malformed"),
            (r#"{"id":7.5,"result":1}"#, "noise"),
            (r#"{"id":"+7","result":1}"#, "noise"),
            (r#"{"id":"07","result":1}"#, "noise"),
            (r#"{"id":7e0,"result":1}"#, "noise"),
            (r#"{"id":[7],"result":1}"#, "noise"),
            (r#"{"id":1,"id":2,"result":1}"#, "noise"),
            (r#"{"method":"m/n","params":{"x":[1]}}"#, r#"m/n Some("{\"x\":[1]}")"#),
            (r#"{"method":"ping","id":"s"}"#, r#""s" asks ping"#),
            ("{}", "noise"),
            ("[1]", "noise"),
            ("starting up…", "noise"),
            ("", "noise"),
        ];
        for (text, expected) in rows {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert_eq!(kind(&format!("{{\"id\":1,\"result\":{}}}", "[".repeat(100_000))), "noise");
        assert!(Frame::parse(b"{\"id\":1,\"result\":\"\xff\"}").is_none(), "invalid UTF-8");
    }

    #[test]
    fn a_list_of_messages_is_taken_apart() {
        let texts = |text: &str| -> Vec<String> {
            messages(text.as_bytes()).iter().map(|message| String::from_utf8_lossy(message).into_owned()).collect()
        };
        let long = format!("[{}1]", "1,".repeat(MAX_BATCH));
        assert_eq!(texts(r#" [{"id":1}, {"id":2}]"#), [r#"{"id":1}"#, r#"{"id":2}"#]);
        for whole in [r#"{"id":1}"#, "[]", "[1", "noise", long.as_str()] {
            assert_eq!(texts(whole), [whole]);
        }
    }

    #[test]
    fn the_id_of_a_message_too_long_to_read_is_found_at_either_end() {
        let rows = [
            (r#"{"jsonrpc":"2.0","id":12,"result":{"content":"#, "xxxxx\"}]}}", Some(12)),
            (r#"{"result":{"id":3,"content":"#, r#"xx"}]},"jsonrpc":"2.0","id":12}"#, Some(12)),
            (r#"{"result":{"content":"#, r#"xx"}]},"id":12,"jsonrpc":"2.0"}"#, Some(12)),
            (r#"{"result":{"id":3,"content":"#, "xxxx", None),
            ("xxxxxxx", "xxxxx", None),
        ];
        for (head, tail, expected) in rows {
            assert_eq!(id_in_fragments(head.as_bytes(), tail.as_bytes()), expected, "{head} … {tail}");
        }
    }

    #[test]
    fn what_goes_out_goes_out_as_written() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let params = raw(r#"{"n":12345678901234567890123.10}"#);
        let rows = [
            (notification("m", &params), r#"{"jsonrpc":"2.0","method":"m","params":{"n":12345678901234567890123.10}}"#),
            (answer(&raw("1.0"), &params), r#"{"jsonrpc":"2.0","id":1.0,"result":{"n":12345678901234567890123.10}}"#),
            (refusal(&raw("\"a\""), -1, "no"), r#"{"jsonrpc":"2.0","id":"a","error":{"code":-1,"message":"no"}}"#),
        ];
        for (message, expected) in rows {
            assert_eq!(String::from_utf8(message).unwrap(), expected);
        }
    }
}
