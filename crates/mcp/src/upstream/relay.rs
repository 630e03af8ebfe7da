//! A server's questions, put to the client whose call it is working on.
//!
//! In: a request of a server, and who may be asked. Out: the message that
//! answers it. It knows frames and counterparts, and not how either travels.

use std::sync::{Arc, Mutex, PoisonError};

use catalog::ServerId;
use dispatch::ServerQuestion;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::caller::Caller;
use super::question::{NOT_OFFERED, Refusal, vet};
use super::task::unrelated;
use crate::frame;

/// Questions of one server that wait for their answers at the same time; more
/// are refused.
const MAX_OPEN_QUESTIONS: usize = 32;

/// The JSON-RPC code for a question that the client did not answer.
const UNANSWERED: i64 = -32603;

/// The JSON-RPC code for one question too many.
const TOO_MANY: i64 = -32000;

/// Puts one server's questions to clients.
pub(crate) struct Relay {
    server: ServerId,
    /// One task for each open question; dropped with the relay.
    open: Mutex<JoinSet<()>>,
}

impl Relay {
    pub(crate) fn new(server: ServerId) -> Self {
        Self { server, open: Mutex::default() }
    }

    /// Whose questions these are.
    pub(crate) fn server(&self) -> &ServerId {
        &self.server
    }

    /// Answers a server's request: a ping at once, anything else by asking
    /// `caller`, for as long as their call lasts. Does not block; the answer
    /// goes to `answers`.
    pub(crate) fn take(
        &self,
        id: &RawValue,
        method: &str,
        params: Option<&RawValue>,
        caller: Option<Arc<Caller>>,
        answers: &mpsc::Sender<Vec<u8>>,
    ) {
        // A server that asks faster than it reads gets no answer; reading on
        // matters more.
        let at_once = |message: Vec<u8>| drop(answers.try_send(message));
        if method == "ping" {
            return at_once(frame::answer(
                id,
                RawValue::from_string("{}".to_owned()).as_deref().unwrap_or(RawValue::NULL),
            ));
        }
        let refuse = |refusal: Refusal| at_once(frame::refusal(id, refusal.code, refusal.message));
        let asked = caller.filter(|caller| caller.counterpart.is_some());
        let Some((caller, counterpart)) =
            asked.and_then(|caller| Some((Arc::clone(&caller), caller.counterpart.clone()?)))
        else {
            return refuse(Refusal { code: NOT_OFFERED, message: "there is no client that this can be asked" });
        };
        if let Err(refusal) = vet(method, params, counterpart.offers()) {
            return refuse(refusal);
        }
        if !caller.may_be_asked() {
            return refuse(Refusal { code: TOO_MANY, message: "too many questions were asked" });
        }
        let question = ServerQuestion {
            server: self.server.clone(),
            method: method.to_owned(),
            // The server's name for a task is nobody else's.
            params: params.map(|params| unrelated(params.to_owned())),
        };
        let (id, answers) = (id.to_owned(), answers.clone());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        while open.try_join_next().is_some() {}
        if open.len() >= MAX_OPEN_QUESTIONS {
            return refuse(Refusal { code: TOO_MANY, message: "too many questions are open" });
        }
        open.spawn(async move {
            // Once the call is over, nobody is asked on its behalf.
            let Some(answer) = caller.over.run_until_cancelled(counterpart.ask(question)).await else { return };
            let message = match answer {
                Ok(result) => frame::answer(&id, &result),
                Err(fault) => frame::refusal(&id, UNANSWERED, &fault.message),
            };
            // The connection may have ended meanwhile.
            let _ = answers.send(message).await;
        });
    }
}
