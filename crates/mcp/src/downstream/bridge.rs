//! Servers that ask something before they finish, and clients of either era.
//!
//! A client with a session is asked while its request lasts; that is the
//! caller's business. A client whose requests stand for themselves is handed
//! the questions and comes back with the answers: to the server itself, where
//! it can wait for that, or to work that is parked here, where it cannot.

use std::borrow::Cow;
use std::sync::Arc;

use dispatch::{Asks, Offers, Replies};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::caller::Caller;
use super::calls::{of_fault, of_told};
use super::deed::Deed;
use super::desk::Desk;
use super::message::text;
use super::orchestra::Passed;
use super::parking::{Came, Parked, Work};
use super::refusal::{INTERNAL_ERROR, MISSING_CAPABILITY, Refusal};
use super::served::Served;
use super::state::{At, State};
use super::tasks::{Deferral, no_room};
use super::visit::Visit;
use crate::members::{Members, push_string};

/// The member that says who else may be answered with a kept result.
const SCOPE: &str = "cacheScope";

/// Nobody.
const PRIVATE: &str = r#""private""#;

/// How a request begins.
pub(crate) enum Beginning {
    /// With answers to what its server asked, if any.
    New(Option<Replies>),
    /// With work that waited for it.
    Parked(Box<Parked>),
}

impl Desk {
    /// How a request begins: by its own words, or where an earlier one had to
    /// stop.
    pub(crate) fn beginning(&self, visit: &Visit<'_>, deed: &Deed<'_>) -> Result<Beginning, Refusal> {
        let responses = match visit.params.input_responses {
            Some(given) if !given.get().starts_with('{') => {
                return Err(Refusal::params("`inputResponses` is to be an object"));
            }
            given => given,
        };
        let Some(state) = visit.params.request_state else {
            let replies = responses.map(|given| Replies { responses: given.to_owned(), state: None });
            return Ok(Beginning::New(replies));
        };
        let Some(state) = text(state) else { return Err(Refusal::params("`requestState` is to be a text")) };
        let principal = &visit.client.principal;
        match State::open(&state, self.orchestra.sealer(), principal, &deed.hash())? {
            At::Server(state) => {
                let responses = responses.map_or_else(empty, RawValue::to_owned);
                Ok(Beginning::New(Some(Replies { responses, state: Some(state) })))
            }
            At::Parked(key) => match self.parking.take(&key, principal) {
                Some(parked) => Ok(Beginning::Parked(Box::new(parked))),
                None => Err(Refusal::params("what this request would go on with is over")),
            },
        }
    }

    /// Goes on with work that waited for this request.
    pub(crate) async fn resume(
        &self,
        parked: Parked,
        visit: &Visit<'_>,
        deed: &Deed<'_>,
        deferral: Deferral,
    ) -> Served {
        let given = visit.params.input_responses.map_or_else(empty, RawValue::to_owned);
        match parked.answered(&given) {
            Ok((work, caller)) => {
                caller.continue_on(Arc::clone(&visit.lane), visit.meta.progress_token);
                self.run(work, caller, visit, deed, deferral).await
            }
            // What is missing is asked for again.
            Err(parked) => self.park(parked, visit, deed),
        }
    }

    /// Does the work, until it is done, or becomes a task, or cannot go on
    /// without answers that a later request brings.
    pub(crate) async fn run(
        &self,
        mut work: Work,
        caller: Arc<Caller>,
        visit: &Visit<'_>,
        deed: &Deed<'_>,
        mut deferral: Deferral,
    ) -> Served {
        let gathered = loop {
            if let Deferral::AtOnce(_) = deferral {
                let Some(task) = self.task_for(deferral, visit) else { return no_room() };
                return self.defer(&task, work, caller, visit);
            }
            tokio::select! {
                biased;
                () = visit.cancel.cancelled() => return Served::Silent,
                came = &mut work => return self.served(came, visit, deed),
                gathered = caller.gathered() => break gathered,
                () = self.due(deferral, &caller) => match self.task_for(deferral, visit) {
                    Some(task) => return self.defer(&task, work, caller, visit),
                    // Where there is no room for a task, the client waits.
                    None => deferral = Deferral::Never,
                },
            }
        };
        self.park(Parked::new(work, caller, gathered, visit.client.principal.clone()), visit, deed)
    }

    fn park(&self, parked: Parked, visit: &Visit<'_>, deed: &Deed<'_>) -> Served {
        let requests = parked.requests();
        match self.parking.park(parked, self.shared) {
            Some(key) => self.asking(&requests, Some(At::Parked(key)), visit, deed),
            None => {
                Served::Refused(Refusal::new(INTERNAL_ERROR, "too many calls wait for their clients; try again later"))
            }
        }
    }

    /// What came of the work, for the client.
    pub(crate) fn served(&self, came: Came, visit: &Visit<'_>, deed: &Deed<'_>) -> Served {
        match came {
            Came::Passed(Passed::Result(output)) => Served::Output(output),
            Came::Passed(Passed::Told(told)) => Served::Made(of_told(told)),
            Came::Passed(Passed::Asks(asks)) => self.asked(*asks, visit, deed),
            Came::Passed(Passed::Failed(fault)) if fault.refusal.is_none() => Served::Made(of_fault(&fault)),
            Came::Passed(Passed::Failed(fault)) => Served::Refused(Refusal::of_fault(&fault)),
            Came::Fetched(Ok(text)) if self.shared => Served::Kept(privately(text)),
            Came::Fetched(Ok(text)) => Served::Kept(text),
            Came::Fetched(Err(trouble)) => match trouble.asks {
                Some(asks) => self.asked(*asks, visit, deed),
                None => Served::Refused(Refusal::of_fault(&trouble.fault)),
            },
        }
    }

    fn asked(&self, asks: Asks, visit: &Visit<'_>, deed: &Deed<'_>) -> Served {
        if !visit.client.revision.is_stateless() {
            let message = format!("server `{}` asks something that this client cannot be asked", deed.server);
            return Served::Refused(Refusal::new(INTERNAL_ERROR, message));
        }
        if let Some(lacking) = lacking(&asks.requests, visit.client.offers) {
            let message = format!("server `{}` asks for `{lacking}`, which this client did not declare", deed.server);
            let data = json!({"requiredCapabilities": {lacking: {}}});
            return Served::Refused(Refusal::new(MISSING_CAPABILITY, message).with(&data));
        }
        self.asking(asks.requests.get(), asks.state.map(At::Server), visit, deed)
    }

    /// The questions, and what is to come back with the answers.
    fn asking(&self, requests: &str, at: Option<At>, visit: &Visit<'_>, deed: &Deed<'_>) -> Served {
        let mut result = String::from(r#"{"resultType":"input_required","inputRequests":"#);
        result.push_str(requests);
        if let Some(at) = at {
            let state = State { deed: deed.hash(), at };
            match state.seal(self.orchestra.sealer(), &visit.client.principal) {
                Ok(sealed) => {
                    result.push_str(r#","requestState":"#);
                    push_string(&mut result, &sealed);
                }
                Err(refusal) => return Served::Refused(refusal),
            }
        }
        result.push('}');
        Served::Ready(result.into())
    }
}

/// A result that may be kept for nobody but whom it is for, whatever its
/// server says.
fn privately(text: Box<RawValue>) -> Box<RawValue> {
    let members = Members::of(text.get()).unwrap_or_default();
    if members.get(SCOPE).is_none_or(|scope| scope.get() == PRIVATE) {
        return text;
    }
    let private = members.rewritten(|name, value| Some(Cow::Borrowed(if name == SCOPE { PRIVATE } else { value })));
    RawValue::from_string(private).unwrap_or(text)
}

/// An object without members.
fn empty() -> Box<RawValue> {
    serde_json::value::to_raw_value(&json!({})).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// What a client would have to be able to do, and did not declare.
fn lacking(requests: &RawValue, offers: Offers) -> Option<&'static str> {
    #[derive(Deserialize)]
    struct Request<'a> {
        #[serde(borrow)]
        method: &'a RawValue,
    }
    let requests = Members::of(requests.get()).unwrap_or_default();
    requests.0.iter().find_map(|(_, request)| {
        let request: Option<Request<'_>> = serde_json::from_str(request.get()).ok();
        match request.and_then(|request| text(request.method)).as_deref() {
            Some("sampling/createMessage") => (!offers.sampling).then_some("sampling"),
            Some("elicitation/create") => (!offers.forms && !offers.urls).then_some("elicitation"),
            Some("roots/list") => (!offers.roots).then_some("roots"),
            // Whatever else it may be, no client is asked that.
            _ => Some("experimental"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_everybody_is_for_one_of_several() {
        let rows = [
            (r#"{"contents":[ 1 ]}"#, r#"{"contents":[ 1 ]}"#),
            (r#"{"n":1.0,"cacheScope":"public","ttlMs":5}"#, r#"{"n":1.0,"cacheScope":"private","ttlMs":5}"#),
            (r#"{"cacheScope": "private","n":1.0}"#, r#"{"cacheScope": "private","n":1.0}"#),
            (r#"{"cacheScope":7}"#, r#"{"cacheScope":"private"}"#),
        ];
        for (text, expected) in rows {
            assert_eq!(privately(RawValue::from_string(text.to_owned()).unwrap()).get(), expected);
        }
    }

    #[test]
    fn only_what_a_client_can_be_asked_is_asked() {
        let all = Offers { sampling: true, forms: true, urls: true, roots: true, later: true };
        let rows = [
            (r#"{"a":{"method":"roots/list"}}"#, all, None),
            (r#"{"a":{"method":"roots/list"}}"#, Offers { roots: false, ..all }, Some("roots")),
            (
                r#"{"a":{"method":"roots/list"},"b":{"method":"sampling/createMessage"}}"#,
                Offers { sampling: false, ..all },
                Some("sampling"),
            ),
            (r#"{"a":{"method":"elicitation/create","params":{}}}"#, Offers { forms: false, ..all }, None),
            (r#"{"a":{"method":"tools/call"}}"#, all, Some("experimental")),
            (r#"{"a":3}"#, all, Some("experimental")),
            ("{}", Offers::default(), None),
        ];
        for (requests, offers, expected) in rows {
            let requests = RawValue::from_string(requests.to_owned()).unwrap();
            assert_eq!(lacking(&requests, offers), expected, "{requests}");
        }
    }
}
