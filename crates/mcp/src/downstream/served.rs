//! What came of a request, on its way to the client.
//!
//! In: a result as somebody wrote it, or a refusal. Out: the bytes of one
//! JSON-RPC answer. What a server wrote is not read again; members that a
//! revision asks for and a result lacks are put in front of its own.

use bytes::Bytes;
use plan::Output;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::drive::Ended;
use super::refusal::{INTERNAL_ERROR, Refusal};
use super::reply::Reply;
use super::revision::Revision;

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Served {
    /// A tool's result, as its server wrote it.
    Output(Output),
    /// A result as a server wrote it, of a kind that may be kept for a while.
    Kept(Box<RawValue>),
    /// A result as a server wrote it.
    Plain(Box<RawValue>),
    /// A result that is worked out already, for this revision.
    Ready(Bytes),
    /// A result of ours, without what the revision asks for.
    Made(Value),
    /// It was turned down.
    Refused(Refusal),
    /// Turned down before anything was done, for what its `_meta` lacks.
    Unfit(Refusal),
    /// Nobody waits for an answer.
    Silent,
}

/// Whether a result names its kind.
const KIND: &str = r#""resultType":"complete""#;

/// What a result that says nothing of being kept says to clients that ask:
/// that it is theirs alone, and stale at once.
const UNKEPT: &str = r#""ttlMs":0,"cacheScope":"private""#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hints {
    #[serde(default)]
    result_type: Option<IgnoredAny>,
    #[serde(default)]
    ttl_ms: Option<IgnoredAny>,
    #[serde(default)]
    cache_scope: Option<IgnoredAny>,
}

impl Served {
    /// The same, where it is of a kind that nobody keeps.
    #[must_use]
    pub(crate) fn plain(self) -> Self {
        match self {
            Self::Kept(text) => Self::Plain(text),
            other => other,
        }
    }

    /// The answer to the request of that id.
    pub(crate) fn answer(self, id: &RawValue, revision: Revision) -> Ended {
        let modern = revision.is_stateless();
        match self {
            Self::Output(output) => {
                let lacks_kind = modern && !output.has_kind();
                Ended::with(match output.text() {
                    Some(_) => result(id, Received(output), lacks_kind, ""),
                    None => {
                        let text = output.raw().map_or_else(|| "{}".to_owned(), Value::to_string);
                        result(id, text, lacks_kind, "")
                    }
                })
            }
            Self::Plain(text) => {
                let hints: Option<Hints> = serde_json::from_str(text.get()).ok();
                let lacks_kind = modern && hints.is_some_and(|hints| hints.result_type.is_none());
                Ended::with(result(id, Unread(text), lacks_kind, ""))
            }
            Self::Kept(text) if !modern => Ended::with(result(id, Unread(text), false, "")),
            Self::Kept(text) => {
                let hints: Option<Hints> = serde_json::from_str(text.get()).ok();
                let Some(hints) = hints.filter(|_| text.get().starts_with('{')) else {
                    let refusal = Refusal::new(INTERNAL_ERROR, "the server's result is no object");
                    return Self::Refused(refusal).answer(id, revision);
                };
                // Half of a statement is none: what is missing is said whole.
                let said = hints.ttl_ms.is_some() && hints.cache_scope.is_some();
                let fresh = hints.ttl_ms.is_none() && hints.cache_scope.is_none();
                let more = match (said, fresh) {
                    (true, _) => "",
                    (false, true) => UNKEPT,
                    (false, false) if hints.ttl_ms.is_some() => r#""cacheScope":"private""#,
                    (false, false) => r#""ttlMs":0"#,
                };
                Ended::with(result(id, Unread(text), hints.result_type.is_none(), more))
            }
            Self::Ready(text) => Ended::with(result(id, text, false, "")),
            Self::Made(value) => {
                let lacks_kind = modern && value.get("resultType").is_none();
                Ended::with(result(id, value.to_string(), lacks_kind, ""))
            }
            Self::Refused(refusal) => {
                let status = refusal.status(revision);
                Ended { status, ..Ended::with(error(Some(id), &refusal)) }
            }
            Self::Unfit(refusal) => Ended { status: 400, ..Ended::with(error(Some(id), &refusal)) },
            Self::Silent => Ended::silent(),
        }
    }
}

/// A refusal's bytes; without an id when it cannot be told whose it is.
pub(crate) fn error(id: Option<&RawValue>, refusal: &Refusal) -> Bytes {
    let id = id.map_or("null", RawValue::get);
    // Numbers, texts and JSON already written can always be written.
    let error = serde_json::to_string(refusal).unwrap_or_default();
    [r#"{"jsonrpc":"2.0","id":"#, id, r#","error":"#, &error, "}"].concat().into()
}

/// A result as its server wrote it, kept as long as it is being written.
struct Received(Output);

impl AsRef<[u8]> for Received {
    fn as_ref(&self) -> &[u8] {
        self.0.text().map_or(b"{}", |text| text.get().as_bytes())
    }
}

/// The same, of another kind.
struct Unread(Box<RawValue>);

impl AsRef<[u8]> for Unread {
    fn as_ref(&self) -> &[u8] {
        self.0.get().as_bytes()
    }
}

/// A result's answer, with what it lacks put in front of its members.
fn result<T>(id: &RawValue, text: T, lacks_kind: bool, more: &str) -> Reply
where
    T: AsRef<[u8]> + Send + 'static,
{
    const HEAD: &str = r#"{"jsonrpc":"2.0","id":"#;
    if !lacks_kind && more.is_empty() {
        return Reply::around(&[HEAD, id.get(), r#","result":"#], text, 0, "}");
    }
    let written = text.as_ref();
    let Some(rest) = written.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start) else {
        return result(id, "{}", lacks_kind, more);
    };
    let from = written.len() - rest.len();
    let kind = if lacks_kind { KIND } else { "" };
    let between = if lacks_kind && !more.is_empty() { "," } else { "" };
    let comma = if rest.first() == Some(&b'}') { "" } else { "," };
    Reply::around(&[HEAD, id.get(), r#","result":{"#, kind, between, more, comma], text, from, "}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn results_keep_their_writing() {
        let (old, new) = (Revision::Tasked, Revision::Stateless);
        let tool = |text: &str| Served::Output(Output::received(raw(text)).unwrap());
        let kept = |text: &str| Served::Kept(raw(text));
        let rows = [
            (tool(r#"{"content":[],"n":1.50}"#), old, r#"{"content":[],"n":1.50}"#),
            (tool(r#"{"content":[],"n":1.50}"#), new, r#"{"resultType":"complete","content":[],"n":1.50}"#),
            (tool(r#"{"resultType":"complete"}"#), new, r#"{"resultType":"complete"}"#),
            (tool(r"{ }"), new, r#"{"resultType":"complete"}"#),
            (kept(r#"{"contents":[]}"#), old, r#"{"contents":[]}"#),
            (
                kept(r#"{"contents":[]}"#),
                new,
                r#"{"resultType":"complete","ttlMs":0,"cacheScope":"private","contents":[]}"#,
            ),
            (
                kept(r#"{"contents":[],"ttlMs":5,"cacheScope":"public","resultType":"complete"}"#),
                new,
                r#"{"contents":[],"ttlMs":5,"cacheScope":"public","resultType":"complete"}"#,
            ),
            (
                kept(r#"{"resultType":"complete","ttlMs":5}"#),
                new,
                r#"{"cacheScope":"private","resultType":"complete","ttlMs":5}"#,
            ),
            (Served::Made(json!({})), old, "{}"),
            (Served::Made(json!({})), new, r#"{"resultType":"complete"}"#),
            (Served::Ready(Bytes::from_static(b"{}")), new, "{}"),
        ];
        for (served, revision, expected) in rows {
            let ended = served.answer(&raw("\"a\""), revision);
            let expected = format!(r#"{{"jsonrpc":"2.0","id":"a","result":{expected}}}"#);
            assert_eq!((ended.status, ended.answer.unwrap().whole()), (200, Bytes::from(expected)));
        }
    }

    #[test]
    fn refusals_have_the_status_of_their_revision() {
        let rows = [
            (super::super::refusal::METHOD_NOT_FOUND, 404),
            (super::super::refusal::HEADER_MISMATCH, 400),
            (super::super::refusal::INVALID_PARAMS, 200),
            (-31_000, 200),
        ];
        for (code, status) in rows {
            let served = || Served::Refused(Refusal::new(code, "no"));
            let ended = served().answer(&raw("1"), Revision::Stateless);
            let expected = format!(r#"{{"jsonrpc":"2.0","id":1,"error":{{"code":{code},"message":"no"}}}}"#);
            assert_eq!((ended.status, ended.answer.unwrap().whole()), (status, Bytes::from(expected)));
            assert_eq!(served().answer(&raw("1"), Revision::Tasked).status, 200);
        }
    }
}
