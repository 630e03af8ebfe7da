//! Work that cannot go on before a client has answered: it waits here, without
//! a task of its own, until a later request brings the answers.
//!
//! It is for servers that hold a call open while they ask. Whoever asks and
//! comes back later is no trouble to them: the connection that holds the call
//! is ours.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dispatch::ServerQuestion;
use futures::future::BoxFuture;
use query::Principal;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::caller::{Caller, Gathered};
use super::orchestra::Passed;
use super::state::ANSWER_WITHIN;
use super::tasks::requests;
use crate::members::Members;
use dispatch::CallFault;

/// Calls parked at the same time; more are refused.
const MAX_PARKED: usize = 256;

/// The share of them that one principal may have, where several come in.
const SHARE: usize = 4;

/// How often what nobody came back for is let go.
const SWEEP: Duration = Duration::from_secs(5);

/// Work at a server, to its end.
pub(crate) type Work = BoxFuture<'static, Came>;

/// What came of it.
pub(crate) enum Came {
    /// Of a call.
    Passed(Passed),
    /// Of anything else.
    Fetched(Result<Box<RawValue>, CallFault>),
}

/// Work that waits for a client.
pub(crate) struct Parked {
    /// The work.
    pub(crate) work: Work,
    /// The client it speaks to.
    pub(crate) caller: Arc<Caller>,
    questions: Vec<Open>,
    principal: Principal,
    until: Instant,
}

/// A question that is open, under the key that the client knows it by.
struct Open {
    key: String,
    question: ServerQuestion,
    answer: oneshot::Sender<Box<RawValue>>,
}

/// Where work waits.
#[derive(Default)]
pub(crate) struct Parking(Mutex<HashMap<String, Parked>>);

impl Parked {
    /// Work that was asked these questions.
    pub(crate) fn new(work: Work, caller: Arc<Caller>, gathered: Vec<Gathered>, principal: Principal) -> Self {
        let open = |(i, Gathered { question, answer }): (usize, Gathered)| {
            let key = format!("{}-{}", question.server, i + 1);
            Open { key, question, answer }
        };
        let questions = gathered.into_iter().enumerate().map(open).collect();
        Self { work, caller, questions, principal, until: Instant::now() + ANSWER_WITHIN }
    }

    /// What is asked: an object of requests by key.
    pub(crate) fn requests(&self) -> String {
        requests(self.questions.iter().map(|open| (open.key.as_str(), &open.question)))
    }

    /// Gives the answers to whoever waits for them. Where one is missing, all
    /// is as it was.
    pub(crate) fn answered(mut self, responses: &RawValue) -> Result<(Work, Arc<Caller>), Self> {
        let given = Members::of(responses.get()).unwrap_or_default();
        let answer = |open: &Open| given.get(&open.key).filter(|answer| answer.get().starts_with('{'));
        let Some(answers) = self.questions.iter().map(answer).collect::<Option<Vec<_>>>() else { return Err(self) };
        for (open, answer) in std::mem::take(&mut self.questions).into_iter().zip(answers) {
            // Whoever asked may have stopped waiting.
            let _ = open.answer.send(answer.to_owned());
        }
        Ok((self.work, self.caller))
    }
}

impl Parking {
    /// Parks work; the key to it, or nothing where there is no room. Where the
    /// lot is `shared` by several principals, each has a share of it.
    pub(crate) fn park(&self, parked: Parked, shared: bool) -> Option<String> {
        let mut lot = self.lock();
        let most_of_one = if shared { MAX_PARKED / SHARE } else { MAX_PARKED };
        let own = lot.values().filter(|other| other.principal == parked.principal).count();
        if lot.len() >= MAX_PARKED || own >= most_of_one {
            return None;
        }
        let key = Uuid::new_v4().simple().to_string();
        lot.insert(key.clone(), parked);
        Some(key)
    }

    /// Takes work back, if it is this principal's and still here.
    pub(crate) fn take(&self, key: &str, principal: &Principal) -> Option<Parked> {
        let mut lot = self.lock();
        lot.get(key).filter(|parked| parked.principal == *principal && parked.until > Instant::now())?;
        lot.remove(key)
    }

    /// Lets go what nobody came back for; never ends.
    pub(crate) async fn sweep(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            let now = Instant::now();
            let gone: Vec<Parked> = {
                let mut lot = self.lock();
                let late: Vec<String> =
                    lot.iter().filter(|(_, parked)| parked.until <= now).map(|(key, _)| key.clone()).collect();
                late.iter().filter_map(|key| lot.remove(key)).collect()
            };
            // Dropped without the lock: what it held open is let go.
            drop(gone);
        }
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Parked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
