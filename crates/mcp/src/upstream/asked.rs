//! What a server wants to know before it goes on.
//!
//! In: a result, as text. Out: whether it is one, or a set of questions, and
//! the answers put together. It asks nobody itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use catalog::ServerId;
use dispatch::{Asks, Counterpart, Offers, Replies, ServerQuestion};
use futures::future::join_all;
use memchr::memmem::find;
use query::Fault;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::question::{Refusal, vet};
use super::task::TaskState;
use crate::excerpt::excerpt;

/// Questions a server may ask in one round.
const MAX_QUESTIONS_PER_ROUND: usize = 16;

/// How results begin, or end, that say what they are where nobody has to look
/// for it.
const COMPLETE_FIRST: &str = r#"{"resultType":"complete","#;
const COMPLETE_LAST: &str = r#","resultType":"complete"}"#;

/// What kind of result it is, without reading the rest.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, default, rename = "resultType")]
    kind: Option<Cow<'a, str>>,
}

/// How a request was answered.
#[derive(Debug)]
pub(crate) enum Answered {
    /// With its result.
    Complete(Box<RawValue>),
    /// With questions.
    Asked(Asked),
    /// With a task: the result comes later.
    Begun(Box<TaskState>),
    /// With something that we did not offer to take.
    Unknown,
}

/// A server's questions.
#[derive(Debug)]
pub(crate) struct Asked {
    requests: Option<Box<RawValue>>,
    state: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InputRequired<'a> {
    #[serde(borrow, default)]
    input_requests: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request_state: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Request<'a> {
    method: String,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Worded {
    message: String,
}

/// Why questions are not put to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Improper(pub(crate) &'static str);

impl Answered {
    /// Tells them apart.
    pub(crate) fn read(result: Box<RawValue>) -> Self {
        // Most results can be told without reading them to their end.
        let text = result.get();
        if text.starts_with(COMPLETE_FIRST)
            || text.ends_with(COMPLETE_LAST)
            || find(text.as_bytes(), b"resultType").is_none()
        {
            return Self::Complete(result);
        }
        let kind: Option<Kind<'_>> = serde_json::from_str(result.get()).ok();
        match kind.and_then(|kind| kind.kind).as_deref() {
            None | Some("complete") => Self::Complete(result),
            Some("input_required") => {
                let asked = serde_json::from_str::<InputRequired<'_>>(result.get()).ok();
                let owned = |text: Option<&RawValue>| text.map(ToOwned::to_owned);
                asked.map_or(Self::Unknown, |asked| {
                    Self::Asked(Asked { requests: owned(asked.input_requests), state: owned(asked.request_state) })
                })
            }
            Some("task") => TaskState::read(&result).map_or(Self::Unknown, |task| Self::Begun(Box::new(task))),
            Some(_) => Self::Unknown,
        }
    }
}

impl Answered {
    /// The answer to a call that was asked for as a task.
    pub(crate) fn begun(result: Box<RawValue>) -> Self {
        match TaskState::created(&result) {
            Some(task) => Self::Begun(Box::new(task)),
            // A server that does not know tasks gives the result itself.
            None => Self::Complete(result),
        }
    }
}

impl Asked {
    /// Questions of a task.
    pub(crate) fn of_task(requests: Box<RawValue>) -> Self {
        Self { requests: Some(requests), state: None }
    }

    /// The questions by key. None are asked by a server that only wants its
    /// state back.
    fn requests(&self) -> Result<BTreeMap<String, Request<'_>>, Improper> {
        let Some(requests) = &self.requests else { return Ok(BTreeMap::new()) };
        let requests: BTreeMap<String, Request<'_>> =
            serde_json::from_str(requests.get()).map_err(|_| Improper("its questions are none"))?;
        if requests.len() > MAX_QUESTIONS_PER_ROUND {
            return Err(Improper("it asks too many questions at once"));
        }
        Ok(requests)
    }

    /// Whether they may be put to a client with these offers.
    pub(crate) fn vet(&self, offers: Offers) -> Result<(), Improper> {
        let requests = self.requests()?;
        let vetted = requests.values().try_for_each(|request| vet(&request.method, request.params, offers));
        vetted.map_err(|Refusal { message, .. }| Improper(message))
    }

    /// The replies of whoever is asked nothing; `None` when something is
    /// asked.
    pub(crate) fn nothing_asked(&self) -> Option<Replies> {
        let nothing = self.requests().is_ok_and(|requests| requests.is_empty());
        nothing.then(|| Replies { responses: empty(), state: self.state.clone() })
    }

    /// Puts every question to the client, all at once, and waits for all
    /// answers. The caller bounds the wait.
    ///
    /// # Errors
    ///
    /// The first answer that the client did not give.
    pub(crate) async fn put(&self, server: &ServerId, counterpart: &dyn Counterpart) -> Result<Replies, Fault> {
        let requests = self.requests().unwrap_or_default();
        let asked = requests.iter().map(|(key, request)| async move {
            let params = request.params.map(ToOwned::to_owned);
            let question = ServerQuestion { server: server.clone(), method: request.method.clone(), params };
            counterpart.ask(question).await.map(|answer| (key, answer))
        });
        let answers: BTreeMap<&String, Box<RawValue>> = join_all(asked).await.into_iter().collect::<Result<_, _>>()?;
        let responses = to_raw_value(&answers).unwrap_or_else(|_| empty());
        Ok(Replies { responses, state: self.state.clone() })
    }

    /// The questions for whoever answers them later.
    pub(crate) fn handed_back(self) -> Asks {
        Asks { requests: self.requests.unwrap_or_else(empty), state: self.state }
    }

    /// The questions in the server's own words, fit to be shown.
    pub(crate) fn shown(&self) -> String {
        let requests = self.requests().unwrap_or_default();
        let words = requests.iter().map(|(key, request)| {
            let worded = request.params.and_then(|params| serde_json::from_str::<Worded>(params.get()).ok());
            worded.map_or_else(|| key.clone(), |worded| worded.message)
        });
        excerpt(&words.collect::<Vec<_>>().join(" / "))
    }
}

fn empty() -> Box<RawValue> {
    RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::upstream::handshake::raw;

    fn kind(result: &str) -> &'static str {
        match Answered::read(RawValue::from_string(result.to_owned()).unwrap()) {
            Answered::Complete(_) => "complete",
            Answered::Asked(_) => "asked",
            Answered::Begun(_) => "begun",
            Answered::Unknown => "unknown",
        }
    }

    #[test]
    fn results_and_questions_are_told_apart() {
        let rows = [
            (r#"{"content":[]}"#, "complete"),
            (r#"{"content":[],"resultType":"complete"}"#, "complete"),
            (r#"{"resultType":"complete","content":[]}"#, "complete"),
            (r#"{ "resultType" : "complete" }"#, "complete"),
            (r#"{"content":[],"resultType":"input_required"}"#, "asked"),
            (r#"{"resultType":"input_required"}"#, "asked"),
            (r#"{"resultType":"task"}"#, "unknown"),
            (r#"{"resultType":"task","taskId":"t","status":"working"}"#, "begun"),
            (r#"{"resultType":"hologram"}"#, "unknown"),
            (r#"{"inputRequests":{},"content":[]}"#, "complete"),
        ];
        for (result, expected) in rows {
            assert_eq!(kind(result), expected, "{result}");
        }
    }

    #[test]
    fn questions_are_counted_vetted_and_shown() {
        let asked =
            |requests| match Answered::read(raw(&json!({"resultType": "input_required", "inputRequests": requests}))) {
                Answered::Asked(asked) => asked,
                other => panic!("{other:?}"),
            };
        let roots = json!({"method": "roots/list"});
        let offers = Offers { roots: true, forms: true, ..Offers::default() };
        let many: serde_json::Map<_, _> =
            (0..=MAX_QUESTIONS_PER_ROUND).map(|i| (i.to_string(), roots.clone())).collect();
        let secret =
            json!({"method": "elicitation/create", "params": {"requestedSchema": {"properties": {"password": {}}}}});
        let rows = [
            (json!({"a": roots}), Ok(())),
            (
                json!({"a": roots, "b": {"method": "sampling/createMessage"}}),
                Err(Improper("the client does not offer sampling")),
            ),
            (json!({"a": secret}), Err(Improper("a form may not ask for secrets"))),
            (json!(many), Err(Improper("it asks too many questions at once"))),
            (json!([1]), Err(Improper("its questions are none"))),
        ];
        for (requests, expected) in rows {
            assert_eq!(asked(requests.clone()).vet(offers), expected, "{requests}");
        }
        let shown = asked(json!({"b": {"method": "m", "params": {"message": "Which\nregion?"}}, "a": roots})).shown();
        assert_eq!(shown, "a / Which region?");
    }
}
