//! Waiting for a task that a server made of a call.
//!
//! In: the task as it began, and who waits for it. Out: the call's result, as
//! the server wrote it. The server is asked after it at its own pace; what it
//! asks meanwhile goes to whoever waits, and what it says of the task is their
//! progress. Dropping the wait takes the task back. The caller bounds it.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use dispatch::Progress;
use futures::future::select;
use serde_json::value::RawValue;
use tokio::time::sleep;

use super::asked::{Answered, Asked, Improper};
use super::caller::Caller;
use super::mirror::{Mirrored, named};
use super::pending::Attending;
use super::session::{CallTrouble, Session};
use super::task::{TaskState, TaskStatus, unrelated};
use super::wire::{Request, Trouble, WireFault};
use crate::frame::RpcError;
use crate::members::Members;

/// How often in a row asking after a task may fail before it is given up: a
/// task lasts longer than a connection.
const MAX_FAILED_LOOKS: usize = 3;

/// The JSON-RPC code for a task that is not known.
const INVALID_PARAMS: i64 = -32602;

/// One task, and who waits for it.
struct Tending<'a> {
    session: &'a Session,
    task: String,
    /// What of a request about it stands in headers.
    mirrored: Vec<Mirrored>,
    caller: &'a Arc<Caller>,
    attending: Attending,
    /// The questions that were put.
    put: BTreeSet<String>,
    told: f64,
    said: Option<String>,
    over: bool,
}

impl Session {
    /// Waits for a task, whose server is heard at `attending`.
    pub(super) async fn tend(
        &self,
        begun: TaskState,
        attending: Attending,
        caller: &Arc<Caller>,
    ) -> Result<Box<RawValue>, CallTrouble> {
        if let Some(counterpart) = &caller.counterpart {
            counterpart.deferred();
        }
        attending.name(&begun.id);
        let (task, put) = (begun.id.clone(), BTreeSet::new());
        let mirrored = if self.mirrors() { named(&task) } else { Vec::new() };
        let tending =
            Tending { session: self, task, mirrored, caller, attending, put, told: 0.0, said: None, over: false };
        tending.followed(begun).await
    }
}

impl Tending<'_> {
    async fn followed(mut self, mut state: TaskState) -> Result<Box<RawValue>, CallTrouble> {
        loop {
            self.tell(state.message.take());
            let ended =
                matches!(state.status, TaskStatus::Completed(_) | TaskStatus::Failed(_) | TaskStatus::Cancelled);
            self.over = ended;
            match state.status {
                TaskStatus::Working => self.pause(state.interval).await,
                TaskStatus::Asking(Some(requests)) if self.session.is_modern() => {
                    if !self.ask(&requests).await? {
                        self.pause(state.interval).await;
                    }
                }
                TaskStatus::Asking(_) if self.session.is_modern() => self.pause(state.interval).await,
                // Its questions come while somebody waits for its result.
                TaskStatus::Asking(_) => return self.result().await,
                TaskStatus::Cancelled => return Err(CallTrouble::Cancelled),
                TaskStatus::Completed(Some(result)) if self.session.is_modern() => return complete(result),
                TaskStatus::Failed(Some(error)) if self.session.is_modern() => return Err(refused(error)),
                _ if self.session.is_modern() => return Err(malformed("it ended a task without saying how")),
                TaskStatus::Completed(_) | TaskStatus::Failed(_) => return self.result().await,
            }
            state = self.look(state.interval).await?;
        }
    }

    /// Asks after the task. A connection that breaks does not end it.
    async fn look(&self, interval: Duration) -> Result<TaskState, CallTrouble> {
        let mut failed = 0;
        loop {
            let looked =
                self.session.wire().request(self.session.about("tasks/get", self.named(), |letter| letter)).await;
            let fault = match looked {
                Ok(text) => {
                    let state = TaskState::read(&text).filter(|state| state.id == self.task);
                    return state.ok_or_else(|| malformed("what it says of a task is none"));
                }
                Err(WireFault { trouble: Trouble::Refused(error), .. }) if error.code == INVALID_PARAMS => {
                    return Err(malformed("it does not know its own task any more"));
                }
                Err(fault) => fault,
            };
            failed += 1;
            let passing = matches!(
                fault.trouble,
                Trouble::Unreachable(_) | Trouble::Cut | Trouble::Status { code: 429 | 500.., .. }
            );
            if !passing || failed == MAX_FAILED_LOOKS {
                return Err(CallTrouble::Wire(fault));
            }
            sleep(interval).await;
        }
    }

    /// The result, for which the server waits where there is none yet.
    async fn result(mut self) -> Result<Box<RawValue>, CallTrouble> {
        let request = self.session.about("tasks/result", self.named(), |letter| letter);
        let request = Request { caller: Some(Arc::clone(self.caller)), ..request };
        let result = self.session.wire().request(request).await.map_err(CallTrouble::Wire)?;
        self.over = true;
        Ok(unrelated(result))
    }

    /// Puts the questions that were not put yet, and hands in the answers;
    /// whether there were any.
    async fn ask(&mut self, requests: &RawValue) -> Result<bool, CallTrouble> {
        let new = Members::of(requests.get()).ok_or(CallTrouble::AsksImproperly("its questions are none"))?;
        let text = new.rewritten(|key, value| (!self.put.contains(key)).then_some(value.into()));
        if text == "{}" {
            return Ok(false);
        }
        self.put.extend(new.0.iter().map(|(key, _)| key.to_string()));
        let asked = Asked::of_task(RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned()));
        let Some(counterpart) = self.caller.counterpart.as_deref() else { return Err(CallTrouble::AsksBack(asked)) };
        asked.vet(counterpart.offers()).map_err(|Improper(why)| CallTrouble::AsksImproperly(why))?;
        if !self.caller.may_be_asked() {
            return Err(CallTrouble::AsksImproperly("it asks again and again"));
        }
        let server = self.session.wire().server();
        let replies = asked.put(server, counterpart).await.map_err(CallTrouble::Unanswered)?;
        let update = self
            .session
            .about("tasks/update", self.named(), |letter| letter.json("inputResponses", &replies.responses));
        self.session.wire().request(update).await.map_err(CallTrouble::Wire)?;
        Ok(true)
    }

    fn named(&self) -> (&str, &[Mirrored]) {
        (&self.task, &self.mirrored)
    }

    /// Waits until it is time to ask again, or the server says something.
    async fn pause(&self, interval: Duration) {
        select(pin!(sleep(interval)), pin!(self.attending.bell.notified())).await;
    }

    /// Tells whoever waits what the server says of the task, when it is new.
    fn tell(&mut self, message: Option<String>) {
        if message.is_none() || message == self.said {
            return;
        }
        self.told += 1.0;
        self.said.clone_from(&message);
        (self.caller.progress)(Progress { progress: self.told, total: None, message });
    }
}

impl Drop for Tending<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.session.wire().post(self.session.about("tasks/cancel", self.named(), |letter| letter));
        }
    }
}

fn complete(result: Box<RawValue>) -> Result<Box<RawValue>, CallTrouble> {
    match Answered::read(result) {
        Answered::Complete(result) => Ok(unrelated(result)),
        _ => Err(malformed("the result of its task is none")),
    }
}

fn refused(error: RpcError) -> CallTrouble {
    CallTrouble::Wire(WireFault::unknown(Trouble::Refused(error)))
}

fn malformed(why: &'static str) -> CallTrouble {
    CallTrouble::Wire(WireFault::unknown(Trouble::Malformed(why)))
}
