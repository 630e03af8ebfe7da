//! Requests of clients that opened with a handshake, over HTTP.

use std::sync::Arc;

use futures::future::join_all;
use hyper::HeaderMap;
use query::Principal;
use serde_json::value::RawValue;

use super::door::{Door, invalid, refused};
use super::fields::{REVISION, SESSION, single};
use super::mirror::{contradiction, shows_one};
use crate::downstream::client::Session;
use crate::downstream::drive::Ended;
use crate::downstream::lane::Lane;
use crate::downstream::message::{self, Message, Params};
use crate::downstream::meta::{Capabilities, Meta};
use crate::downstream::refusal::{HEADER_MISMATCH, INVALID_REQUEST, PARSE_ERROR, Refusal};
use crate::downstream::reply::Reply;
use crate::downstream::revision::Revision;
use crate::downstream::served::Served;
use crate::downstream::visit::Visit;

/// Messages in one batch, at most.
const MAX_BATCH: usize = 64;

impl Door {
    /// Opens a session.
    pub(super) fn welcome(&self, who: &Principal, headers: &HeaderMap, request: &message::Request<'_>) -> Ended {
        let id = Some(request.id);
        let Some(wanted) = Params::text(request.params.protocol_version) else {
            return refused(id, &Refusal::params("`protocolVersion` is to be a text"), 400);
        };
        if single(headers, &REVISION).is_ok_and(|shown| shown.is_some_and(|shown| shown != wanted)) {
            return invalid(id, "the `mcp-protocol-version` header is not what the body says", 400);
        }
        let capabilities =
            request.params.capabilities.map(Capabilities::read).unwrap_or_else(|| Ok(Capabilities::default()));
        let capabilities = match capabilities {
            Ok(capabilities) => capabilities,
            Err(why) => return refused(id, &Refusal::params(why), 400),
        };
        let revision = Revision::agreed(&wanted);
        let session = Arc::new(Session::new(who.clone(), revision, capabilities.offers(false)));
        match self.sessions.open(session) {
            Some(opened) => {
                let ended = Served::Made(self.desk.introduced(who, revision)).answer(request.id, revision);
                Ended { session: Some(opened), ..ended }
            }
            None => invalid(id, "too many sessions are open; come back in a moment", 503),
        }
    }

    /// The session that a request names; `Err` where there is none of that
    /// id for this client, and none where it names none.
    pub(super) fn session(&self, who: &Principal, headers: &HeaderMap) -> Option<Result<Arc<Session>, ()>> {
        let id = match single(headers, &SESSION) {
            Ok(id) => id?,
            Err(_) => return Some(Err(())),
        };
        Some(self.sessions.find(id, who).ok_or(()))
    }

    fn session_of(
        &self,
        who: &Principal,
        headers: &HeaderMap,
        id: Option<&RawValue>,
    ) -> Result<Arc<Session>, Box<Ended>> {
        let shown = single(headers, &REVISION).map_err(|why| Box::new(invalid(id, &why, 400)))?;
        if shown.is_some_and(|shown| Revision::named(shown).is_none_or(Revision::is_stateless)) {
            return Err(Box::new(invalid(id, "this session is of another revision than the request", 400)));
        }
        match self.session(who, headers) {
            Some(Ok(session)) => Ok(session),
            Some(Err(())) => {
                Err(Box::new(invalid(id, "there is no such session; open another with `initialize`", 404)))
            }
            None => Err(Box::new(invalid(id, "a session is needed; open one with `initialize`", 400))),
        }
    }

    /// Serves a request in its session.
    pub(super) async fn in_session(
        &self,
        who: &Principal,
        headers: &HeaderMap,
        request: message::Request<'_>,
        meta: Meta<'_>,
        lane: Arc<Lane>,
    ) -> Ended {
        if let Err(why) = contradiction(headers, &request.method, &request.params) {
            return refused(Some(request.id), &Refusal::new(HEADER_MISMATCH, why), 400);
        }
        match self.session_of(who, headers, Some(request.id)) {
            Ok(session) => self.visit(&session, request, meta, lane).await,
            Err(ended) => *ended,
        }
    }

    async fn visit(
        &self,
        session: &Arc<Session>,
        request: message::Request<'_>,
        meta: Meta<'_>,
        lane: Arc<Lane>,
    ) -> Ended {
        let message::Request { id, method, params } = request;
        let Some(run) = session.running.start(id) else {
            let refusal = Refusal::new(INVALID_REQUEST, "a request of this id is being served");
            return Served::Refused(refusal).answer(id, session.revision);
        };
        let cancel = run.cancel.clone();
        let visit = Visit { id, method, params, meta, client: session.client(), lane, cancel };
        self.desk.serve(&visit).await.answer(id, session.revision)
    }

    /// Takes in a notification.
    pub(super) fn told(&self, who: &Principal, headers: &HeaderMap, told: &message::Notification<'_>) -> Ended {
        if let Err(why) = contradiction(headers, &told.method, &told.params) {
            return refused(None, &Refusal::new(HEADER_MISMATCH, why), 400);
        }
        match self.session_of(who, headers, None) {
            Ok(session) => {
                self.desk.told(&session, told);
                Ended::silent()
            }
            Err(ended) => *ended,
        }
    }

    /// Takes in the answer to a request of ours.
    pub(super) fn answered(&self, who: &Principal, headers: &HeaderMap, answer: &message::Answer<'_>) -> Ended {
        match self.session_of(who, headers, None) {
            Ok(session) => {
                session.questions.answer(answer);
                Ended::silent()
            }
            Err(ended) => *ended,
        }
    }

    /// Serves several messages at once, which only one revision has.
    pub(super) async fn batch(&self, who: &Principal, headers: &HeaderMap, body: &[u8], lane: Arc<Lane>) -> Ended {
        let session = match self.session_of(who, headers, None) {
            Ok(session) if session.revision == Revision::Batching => session,
            Ok(_) => return invalid(None, "this revision has no batches", 400),
            Err(ended) => return *ended,
        };
        if shows_one(headers) {
            let why = "the headers show one message, and the body has several";
            return refused(None, &Refusal::new(HEADER_MISMATCH, why), 400);
        }
        let messages: Vec<&RawValue> = match serde_json::from_slice(body) {
            Ok(messages) => messages,
            Err(_) => return refused(None, &Refusal::new(PARSE_ERROR, "this is no JSON"), 400),
        };
        if messages.is_empty() || messages.len() > MAX_BATCH {
            return invalid(None, &format!("a batch has between 1 and {MAX_BATCH} messages"), 400);
        }
        let one = |text: &RawValue| {
            let (session, lane, text) = (Arc::clone(&session), Arc::clone(&lane), text.to_owned());
            async move {
                match Message::read(text.get().as_bytes()) {
                    Err(malformed) => refused(malformed.id.as_deref(), &malformed.refusal, 200),
                    Ok(Message::Request(request)) if request.method == "initialize" => {
                        invalid(Some(request.id), "`initialize` comes alone", 200)
                    }
                    Ok(Message::Request(request)) => match Meta::read(request.params.meta) {
                        Ok(meta) => self.visit(&session, request, meta, lane).await,
                        Err(why) => refused(Some(request.id), &Refusal::params(why), 200),
                    },
                    Ok(Message::Notification(told)) => {
                        self.desk.told(&session, &told);
                        Ended::silent()
                    }
                    Ok(Message::Answer(answer)) => {
                        session.questions.answer(&answer);
                        Ended::silent()
                    }
                }
            }
        };
        let answers: Vec<_> =
            join_all(messages.into_iter().map(one)).await.into_iter().filter_map(|ended| ended.answer).collect();
        if answers.is_empty() {
            return Ended::silent();
        }
        let mut whole = Vec::with_capacity(1 + answers.iter().map(|answer| answer.len() + 1).sum::<usize>());
        for (i, answer) in answers.into_iter().map(Reply::whole).enumerate() {
            whole.push(if i == 0 { b'[' } else { b',' });
            whole.extend_from_slice(&answer);
        }
        whole.push(b']');
        Ended::with(whole)
    }
}
