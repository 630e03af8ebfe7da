//! What clients send, read without reading what it carries.
//!
//! In: the bytes of one message. Out: its parts, as text, or what is wrong
//! with it. A member named twice is refused wherever it counts: two readers
//! could take different ones. It knows no method.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::refusal::{INVALID_REQUEST, PARSE_ERROR, Refusal};
use crate::members::Text;

/// The longest id of a request, in bytes as written.
pub(crate) const MAX_ID_BYTES: usize = 256;

/// The longest method, in bytes.
const MAX_METHOD_BYTES: usize = 256;

/// One message of a client.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// It wants an answer.
    Request(Request<'a>),
    /// It tells something.
    Notification(Notification<'a>),
    /// It answers a request of ours.
    Answer(Answer<'a>),
}

/// A request.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// As the client wrote it.
    pub(crate) id: &'a RawValue,
    /// What is wanted.
    pub(crate) method: Cow<'a, str>,
    /// With what.
    pub(crate) params: Params<'a>,
}

/// A notification.
#[derive(Debug)]
pub(crate) struct Notification<'a> {
    /// What it is about.
    pub(crate) method: Cow<'a, str>,
    /// What it says.
    pub(crate) params: Params<'a>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    /// Of which request, as the client wrote it.
    pub(crate) id: &'a RawValue,
    /// The result, or the error.
    pub(crate) outcome: Result<&'a RawValue, &'a RawValue>,
}

/// The members that parameters of any method may have, unread.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params<'a> {
    #[serde(borrow, default)]
    pub(crate) name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) uri: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) arguments: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) cursor: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    pub(crate) meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) input_responses: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) request_state: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) task_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) task: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) request_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) protocol_version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) capabilities: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) level: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "ref")]
    pub(crate) reference: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) notifications: Option<&'a RawValue>,
    /// The message that they are part of.
    #[serde(skip)]
    message: &'a [u8],
}

/// What is wrong with a message, and whose it was where that can be told.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) id: Option<Box<RawValue>>,
    pub(crate) refusal: Refusal,
}

impl Malformed {
    fn of(id: Option<&RawValue>, code: i64, message: impl Into<String>) -> Self {
        Self { id: id.filter(|id| is_id(id)).map(RawValue::to_owned), refusal: Refusal::new(code, message) }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    jsonrpc: Option<Text<'a>>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Text<'a>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// A request and nothing else, its parameters read on the way: most messages
/// are that, and then they are read once.
#[derive(Deserialize)]
struct Plain<'a> {
    #[serde(borrow)]
    jsonrpc: Text<'a>,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Text<'a>,
    #[serde(borrow, default)]
    params: Object<'a>,
    #[serde(default)]
    result: Option<IgnoredAny>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

/// Parameters that are an object: an array of the right length would pass for
/// them otherwise.
#[derive(Default)]
struct Object<'a>(Params<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Params<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Params<'de>, A::Error> {
                Params::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Members).map(Self)
    }
}

/// Whether the bytes are several messages in one.
pub(crate) fn is_batch(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'[')
}

impl<'a> Message<'a> {
    /// Reads one message.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        Self::plain(bytes).map_or_else(|| Self::of_any_kind(bytes), Ok)
    }

    /// The request, where that can be told at sight.
    fn plain(bytes: &'a [u8]) -> Option<Self> {
        let object = bytes.first() == Some(&b'{');
        let plain: Plain<'a> = object.then(|| serde_json::from_slice(bytes).ok()).flatten()?;
        let Plain { jsonrpc: Text(version), id, method: Text(method), params: Object(params), result, error } = plain;
        let one = result.is_none() && error.is_none() && version == "2.0";
        let fit = one && method.len() <= MAX_METHOD_BYTES && is_id(id);
        fit.then_some(Self::Request(Request { id, method, params: Params { message: bytes, ..params } }))
    }

    /// The message, or exactly what is wrong with it.
    fn of_any_kind(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let envelope: Envelope<'a> = match serde_json::from_slice(bytes) {
            // An array of the right length would pass for an envelope.
            Ok(envelope) if bytes.trim_ascii_start().first() == Some(&b'{') => envelope,
            Ok(_) => return Err(Malformed::of(None, INVALID_REQUEST, "a message is an object")),
            Err(error) if serde_json::from_slice::<IgnoredAny>(bytes).is_ok() => {
                let message = format!("this is no JSON-RPC message: {error}");
                return Err(Malformed::of(None, INVALID_REQUEST, message));
            }
            Err(error) => return Err(Malformed::of(None, PARSE_ERROR, format!("this is no JSON: {error}"))),
        };
        if envelope.jsonrpc.is_none_or(|Text(version)| version != "2.0") {
            return Err(Malformed::of(envelope.id, INVALID_REQUEST, "`jsonrpc` is to be \"2.0\""));
        }
        let Some(Text(method)) = envelope.method else {
            let id = envelope.id;
            return match (id, envelope.result, envelope.error) {
                (Some(id), Some(result), None) => Ok(Self::Answer(Answer { id, outcome: Ok(result) })),
                (Some(id), None, Some(error)) => Ok(Self::Answer(Answer { id, outcome: Err(error) })),
                _ => Err(Malformed::of(id, INVALID_REQUEST, "this is neither a request nor an answer")),
            };
        };
        if method.len() > MAX_METHOD_BYTES || envelope.result.is_some() || envelope.error.is_some() {
            return Err(Malformed::of(envelope.id, INVALID_REQUEST, "this is neither a request nor an answer"));
        }
        let params = Params::read(envelope.params, bytes)
            .map_err(|why| Malformed::of(envelope.id, super::refusal::INVALID_PARAMS, why))?;
        let Some(id) = envelope.id else { return Ok(Self::Notification(Notification { method, params })) };
        if !is_id(id) {
            return Err(Malformed::of(None, INVALID_REQUEST, "an id is a text or a whole number"));
        }
        Ok(Self::Request(Request { id, method, params }))
    }
}

impl<'a> Params<'a> {
    fn read(params: Option<&'a RawValue>, message: &'a [u8]) -> Result<Self, String> {
        let Some(whole) = params else { return Ok(Self { message, ..Self::default() }) };
        if !whole.get().starts_with('{') {
            return Err("`params` is to be an object".to_owned());
        }
        let params: Self = serde_json::from_str(whole.get()).map_err(|error| format!("in `params`: {error}"))?;
        Ok(Self { message, ..params })
    }

    /// All of them, as the client wrote them.
    pub(crate) fn whole(&self) -> Option<&'a RawValue> {
        serde_json::from_slice::<Envelope<'a>>(self.message).ok()?.params
    }

    /// The text in a member, where it is there and is one.
    pub(crate) fn text(member: Option<&'a RawValue>) -> Option<Cow<'a, str>> {
        text(member?)
    }
}

/// A JSON string's text.
pub(crate) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let plain = value.get().strip_prefix('"')?.strip_suffix('"')?;
    if !plain.contains('\\') {
        return Some(Cow::Borrowed(plain));
    }
    serde_json::from_str::<Text<'_>>(value.get()).ok().map(|Text(text)| text)
}

/// Ids are texts or whole numbers, of bounded length.
fn is_id(id: &RawValue) -> bool {
    let text = id.get();
    let whole = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= MAX_ID_BYTES && (text.starts_with('"') || whole(text.strip_prefix('-').unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> String {
        match Message::read(text.as_bytes()) {
            Ok(Message::Request(asked)) => format!("{} asks {}", asked.id.get(), asked.method),
            Ok(Message::Notification(told)) => format!("tells {}", told.method),
            Ok(Message::Answer(answer)) => format!("{} answers {}", answer.id.get(), answer.outcome.is_ok()),
            Err(Malformed { id, refusal }) => {
                format!("{} {}", id.as_deref().map_or("nobody", RawValue::get), refusal.code)
            }
        }
    }

    #[test]
    fn messages_are_told_apart() {
        let rows = [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, "1 asks ping"),
            (r#"{"params":{},"method":"tools\/list","id":"a","jsonrpc":"2.0"}"#, "\"a\" asks tools/list"),
            (r#"{"jsonrpc":"2.0","id":-3,"method":"ping","extra":[1]}"#, "-3 asks ping"),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, "tells notifications/initialized"),
            (r#"{"jsonrpc":"2.0","id":5,"result":{}}"#, "5 answers true"),
            (r#"{"jsonrpc":"2.0","id":5,"error":{"code":1}}"#, "5 answers false"),
            (r#"{"jsonrpc":"2.0","id":5,"error":{},"result":{}}"#, "5 -32600"),
            (r#"{"jsonrpc":"2.0","id":5,"method":"x","result":{}}"#, "5 -32600"),
            (r#"{"jsonrpc":"2.0","id":5}"#, "5 -32600"),
            (r#"{"jsonrpc":"1.0","id":5,"method":"ping"}"#, "5 -32600"),
            (r#"{"id":5,"method":"ping"}"#, "5 -32600"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "nobody -32600"),
            (r#"{"jsonrpc":"2.0","id":1e3,"method":"ping"}"#, "nobody -32600"),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, "nobody -32600"),
            (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, "nobody -32600"),
            (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, "nobody -32600"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#, "nobody -32600"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#, "1 -32602"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[1]}"#, "1 -32602"),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, "nobody -32600"),
            ("[]", "nobody -32600"),
            (r#"["2.0",1,"ping",null,null,null]"#, "nobody -32600"),
            ("3", "nobody -32600"),
            ("{", "nobody -32700"),
            ("", "nobody -32700"),
            ("\u{feff}{}", "nobody -32700"),
        ];
        for (text, expected) in rows {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert_eq!(kind(&format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"m"}}"#, "x".repeat(300))), "nobody -32600");
        assert_eq!(kind(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#, "x".repeat(300))), "1 -32600");
        assert_eq!(kind(&format!(r#"{{"params":{}"#, "[".repeat(100_000))), "nobody -32700");
    }

    #[test]
    fn texts_are_read_whether_they_are_escaped_or_not() {
        for (written, expected) in
            [(r#""a b""#, Some("a b")), (r#""a\n\u00e6""#, Some("a\næ")), ("3", None), (r#""\ud800""#, None)]
        {
            let value = RawValue::from_string(written.to_owned()).unwrap();
            assert_eq!(text(&value).as_deref(), expected, "{written}");
        }
    }
}
