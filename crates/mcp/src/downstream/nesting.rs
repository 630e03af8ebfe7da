//! Concertmasters behind Concertmasters.
//!
//! Every request that goes on to a server carries the way it came: which of
//! us it went through. Whoever is on it already, or comes after too many, does
//! not serve it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::meta::stays;
use super::refusal::Refusal;
use crate::members::{Members, with_more};

/// What members of `_meta` that are between us begin with.
pub(crate) const OURS: &str = "concertmaster/";

/// The member of `_meta` with the way of a request: a list of names.
pub(crate) const WAY: &str = "concertmaster/path";

/// How many of us a request may go through.
pub const MAX_DEPTH: usize = 4;

/// Whether a request that came this way may go on through `own`.
pub(crate) fn admit(way: &[Cow<'_, str>], own: &str) -> Result<(), Refusal> {
    if way.iter().any(|passed| passed == own) {
        return Err(Refusal::params("this request came through here before: these servers are each other's servers"));
    }
    if way.len() >= MAX_DEPTH {
        return Err(Refusal::params(format!("this request came through {MAX_DEPTH} orchestrators already")));
    }
    Ok(())
}

/// What this one of us goes by among others of its kind.
pub(crate) struct Own {
    /// Its name.
    pub(crate) name: String,
    /// What goes on to servers of a request that came from no other of us
    /// and has nothing else for them: always the same, so made once.
    pub(crate) way: Arc<RawValue>,
}

impl Own {
    /// One of that name.
    pub(crate) fn new(name: String) -> Self {
        let way = json!({ WAY: [name] });
        // What was just written can be written.
        let way = to_raw_value(&way).unwrap_or_else(|_| RawValue::NULL.to_owned()).into();
        Self { name, way }
    }
}

/// What of a client's `_meta` is for the server that the request ends up at:
/// all but what belongs to this connection; and the way it came.
pub(crate) fn forwarded(meta: Option<&RawValue>, way: &[Cow<'_, str>], own: &str) -> Option<Arc<RawValue>> {
    let members = meta.and_then(|meta| Members::of(meta.get())).unwrap_or_default();
    let rest = members.rewritten(|name, value| (!stays(name)).then_some(Cow::Borrowed(value)));
    let way: Vec<&str> = way.iter().map(|passed| &**passed).chain([own]).collect();
    RawValue::from_string(with_more(&rest, &format!(r#""{WAY}":{}"#, json!(way)))).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn what_is_not_the_connections_goes_on() {
        let rows = [
            (
                r#"{"progressToken":1,"io.modelcontextprotocol/protocolVersion":"x"}"#,
                r#"{"concertmaster/path":["me"]}"#,
            ),
            (r#"{"traceparent":"00-1","n":1.0}"#, r#"{"concertmaster/path":["me"],"traceparent":"00-1","n":1.0}"#),
            ("{}", r#"{"concertmaster/path":["me"]}"#),
        ];
        for (meta, expected) in rows {
            assert_eq!(forwarded(Some(&raw(meta)), &[], "me").unwrap().get(), expected, "{meta}");
        }
        let way = ["a".into(), "b".into()];
        let meta = raw(r#"{"concertmaster/path":["a","b"],"k":[ 1 ]}"#);
        let expected = r#"{"concertmaster/path":["a","b","me"],"k":[ 1 ]}"#;
        assert_eq!(forwarded(Some(&meta), &way, "me").unwrap().get(), expected);
    }

    #[test]
    fn circles_and_depths_end() {
        let rows: [(&[&str], bool); 5] = [
            (&[], true),
            (&["a"], true),
            (&["a", "me"], false),
            (&["a", "b", "c"], true),
            (&["a", "b", "c", "d"], false),
        ];
        for (way, expected) in rows {
            let way: Vec<Cow<'_, str>> = way.iter().map(|passed| Cow::Borrowed(*passed)).collect();
            assert_eq!(admit(&way, "me").is_ok(), expected, "{way:?}");
        }
    }
}
