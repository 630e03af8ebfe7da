//! Requests of ours that a client has yet to answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use query::{Blame, Fault, Said};
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::lane::Lane;
use super::message::Answer;
use crate::frame;

/// Questions open with one client at the same time; more are not asked.
const MAX_QUESTIONS: usize = 64;

/// What a client answered.
type Answered = Result<Box<RawValue>, Said>;

/// The questions open with one client.
#[derive(Default)]
pub(crate) struct Questions {
    open: Mutex<HashMap<u64, oneshot::Sender<Answered>>>,
    last: AtomicU64,
}

impl Questions {
    /// Asks the client over `lane` and waits for its answer. The caller
    /// bounds the wait; a question nobody waits for any more is taken back.
    pub(crate) async fn ask(
        &self,
        lane: &Lane,
        method: &str,
        params: Option<&RawValue>,
    ) -> Result<Box<RawValue>, Fault> {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let (teller, told) = oneshot::channel();
        {
            let mut open = self.lock();
            if open.len() >= MAX_QUESTIONS {
                let message = format!("the client has {MAX_QUESTIONS} questions to answer already");
                return Err(Fault::passing(Blame::Caller, "client_busy", message));
            }
            open.insert(id, teller);
        }
        let mut asked = Asked { questions: self, lane, id, answered: false };
        let params = params.map(|params| format!(r#","params":{}"#, params.get())).unwrap_or_default();
        let question = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}"{params}}}"#);
        if !lane.send(Bytes::from(question)).await {
            return Err(gone());
        }
        let answer = told.await.map_err(|_| gone())?;
        asked.answered = true;
        answer.map_err(|said| {
            let message = format!("the client would not answer `{method}`: {}", crate::excerpt::excerpt(&said.message));
            Fault { refusal: Some(said.into()), ..Fault::lasting(Blame::Caller, "client_refused", message) }
        })
    }

    /// Takes in a client's answer; one to no question is dropped.
    pub(crate) fn answer(&self, answer: &Answer<'_>) {
        let Some(teller) = answer.id.get().parse().ok().and_then(|id: u64| self.lock().remove(&id)) else { return };
        let outcome = match answer.outcome {
            Ok(result) => Ok(result.to_owned()),
            Err(error) => Err(serde_json::from_str::<frame::RpcError>(error.get()).map_or_else(
                |_| Said { code: 0, message: "its error cannot be read".to_owned(), data: None },
                |error| Said::from(&error),
            )),
        };
        // Whoever asked may have stopped waiting.
        let _ = teller.send(outcome);
    }

    /// Nobody will answer any more.
    pub(crate) fn abandon(&self) {
        self.lock().clear();
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, oneshot::Sender<Answered>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> Fault {
    Fault::passing(Blame::Caller, "client_gone", "the client is gone and cannot be asked")
}

/// An open question; dropped unanswered, it is taken back.
struct Asked<'a> {
    questions: &'a Questions,
    lane: &'a Lane,
    id: u64,
    answered: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.answered && self.questions.lock().remove(&self.id).is_some() {
            self.lane.offer(frame::cancelled(self.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::downstream::message::Message;

    fn answer(questions: &Questions, text: &str) {
        let Ok(Message::Answer(given)) = Message::read(text.as_bytes()) else { panic!("it is an answer") };
        questions.answer(&given);
    }

    #[tokio::test]
    async fn a_question_is_answered_once_or_taken_back() {
        let (questions, lane) = (Questions::default(), Lane::default());
        let params = RawValue::from_string(r#"{"n":1.0}"#.to_owned()).unwrap();
        let (told, ()) = tokio::join!(questions.ask(&lane, "roots/list", Some(&params)), async {
            let asked = lane.next().await.unwrap();
            assert_eq!(asked, r#"{"jsonrpc":"2.0","id":1,"method":"roots/list","params":{"n":1.0}}"#);
            answer(&questions, r#"{"jsonrpc":"2.0","id":9,"result":{}}"#);
            answer(&questions, r#"{"jsonrpc":"2.0","id":"1","result":{}}"#);
            answer(&questions, r#"{"jsonrpc":"2.0","id":1,"result":{"roots":[ ]}}"#);
            answer(&questions, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
        });
        assert_eq!(told.unwrap().get(), r#"{"roots":[ ]}"#);

        let (told, ()) = tokio::join!(questions.ask(&lane, "roots/list", None), async {
            assert_eq!(lane.next().await.unwrap(), r#"{"jsonrpc":"2.0","id":2,"method":"roots/list"}"#);
            answer(&questions, r#"{"jsonrpc":"2.0","id":2,"error":{"code":-1,"message":"no"}}"#);
        });
        let fault = told.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.refusal.unwrap().code), ("client_refused", -1));

        assert!(timeout(Duration::from_millis(1), questions.ask(&lane, "roots/list", None)).await.is_err());
        let said: Vec<_> = [lane.next().await.unwrap(), lane.next().await.unwrap()].into();
        assert!(said[1].starts_with(br#"{"jsonrpc":"2.0","method":"notifications/cancelled""#), "{said:?}");
        lane.close();
        assert_eq!(questions.ask(&lane, "roots/list", None).await.unwrap_err().code, "client_gone");
        assert!(questions.lock().is_empty());
    }
}
