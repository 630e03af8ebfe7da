//! One task: work that goes on, what it asks, and what came of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use dispatch::{Progress, ServerQuestion};
use query::Principal;
use serde_json::value::RawValue;
use store::Wall;
use tokio::sync::{broadcast, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::shape;
use crate::downstream::caller::Gathered;
use crate::downstream::client::Session;
use crate::downstream::refusal::Refusal;
use crate::excerpt::excerpt;

/// Work that goes on by itself.
pub(crate) struct Task {
    /// What it is called; nobody can guess it.
    pub(crate) id: String,
    /// Whose it is; to everybody else there is none.
    pub(crate) principal: Principal,
    /// When it was made.
    pub(crate) made: Wall,
    /// For how long it is kept from then on.
    pub(crate) ttl: Duration,
    /// When that is over.
    pub(crate) until: Instant,
    /// Cancelled when nobody wants the work done any more.
    pub(crate) cancel: CancellationToken,
    /// The session in which it was asked for, where there is one.
    session: Weak<Session>,
    standing: Mutex<Standing>,
    changed: watch::Sender<u64>,
    news: broadcast::Sender<String>,
}

/// How it stands, and since when.
struct Standing {
    stage: Stage,
    message: Option<String>,
    updated: Wall,
    /// How many questions it asked so far: each has a key of its own.
    asked: usize,
    /// Whether somebody has seen how it ended.
    seen: bool,
}

/// How far a task is.
enum Stage {
    Working,
    /// It cannot go on before these are answered.
    Asking(Vec<Open>),
    Ended(Ending),
}

/// How a task ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// With a result: its text, and whether it says that the tool failed.
    Completed { result: Bytes, failed: bool },
    /// With an error of the protocol.
    Failed(Refusal),
    /// It was taken back.
    Cancelled,
}

/// A question that is open, under the key that the client knows it by.
struct Open {
    key: String,
    question: ServerQuestion,
    answer: oneshot::Sender<Box<RawValue>>,
    /// Whether it is being put to a client that is asked on the spot.
    put: bool,
}

/// What can be seen of a task at one moment.
pub(crate) struct Look {
    /// How far it is.
    pub(crate) stage: Seen,
    /// In words.
    pub(crate) message: Option<String>,
    /// When that was so last.
    pub(crate) updated: Wall,
}

/// How far a task is, to be shown.
pub(crate) enum Seen {
    /// It is worked on.
    Working,
    /// It asks: an object of requests by key.
    Asking(String),
    /// It is over.
    Ended(Ending),
}

/// Where a task belongs.
pub(super) struct Home {
    pub(super) principal: Principal,
    pub(super) session: Weak<Session>,
    pub(super) ttl: Duration,
    pub(super) cancel: CancellationToken,
    pub(super) news: broadcast::Sender<String>,
}

impl Task {
    pub(super) fn new(id: String, home: Home) -> Self {
        let Home { principal, session, ttl, cancel, news } = home;
        let made = Wall::now();
        let standing = Standing { stage: Stage::Working, message: None, updated: made, asked: 0, seen: false };
        let (standing, changed) = (Mutex::new(standing), watch::Sender::new(0));
        let until = Instant::now() + ttl;
        Self { id, principal, made, ttl, until, cancel, session, standing, changed, news }
    }

    /// How it stands.
    pub(crate) fn look(&self) -> Look {
        let standing = self.lock();
        let stage = match &standing.stage {
            Stage::Working => Seen::Working,
            Stage::Asking(open) => {
                Seen::Asking(shape::requests(open.iter().map(|open| (open.key.as_str(), &open.question))))
            }
            Stage::Ended(ending) => Seen::Ended(ending.clone()),
        };
        Look { stage, message: standing.message.clone(), updated: standing.updated }
    }

    /// The members of its object, with what it asks or what came of it.
    pub(crate) fn details(&self) -> String {
        shape::details(self, &self.look())
    }

    /// How it ended, for whoever wanted to know; `None` while it did not.
    pub(crate) fn outcome(&self) -> Option<Ending> {
        let mut standing = self.lock();
        let Stage::Ended(ending) = &standing.stage else { return None };
        let ending = ending.clone();
        standing.seen = true;
        Some(ending)
    }

    /// Wakes whenever it stands otherwise.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// How far the work has come, in a server's words or in ours.
    pub(crate) fn say(&self, progress: &Progress) {
        let far = match progress.total.filter(|total| *total > 0.0) {
            Some(total) => format!("{} of {total}", progress.progress),
            None => String::new(),
        };
        let words = progress.message.as_deref().map(excerpt).unwrap_or_default();
        let between = if far.is_empty() || words.is_empty() { "" } else { ": " };
        let mut standing = self.lock();
        if !matches!(standing.stage, Stage::Ended(_)) {
            standing.message = Some([far.as_str(), between, &words].concat()).filter(|message| !message.is_empty());
            standing.updated = Wall::now();
        }
    }

    /// It cannot go on before these are answered.
    pub(super) fn ask(&self, gathered: Vec<Gathered>) {
        {
            let mut standing = self.lock();
            if matches!(standing.stage, Stage::Ended(_)) {
                return;
            }
            let mut open = match std::mem::replace(&mut standing.stage, Stage::Working) {
                Stage::Asking(open) => open,
                Stage::Working | Stage::Ended(_) => Vec::new(),
            };
            for Gathered { question, answer } in gathered {
                standing.asked += 1;
                let key = format!("{}-{}", question.server, standing.asked);
                open.push(Open { key, question, answer, put: false });
            }
            standing.stage = Stage::Asking(open);
        }
        self.tell();
    }

    /// Takes the answer to one question; one to no open question is dropped.
    pub(crate) fn answer(&self, key: &str, answer: Box<RawValue>) {
        if let Some(open) = self.close(key) {
            // Whoever asked may have stopped waiting.
            let _ = open.answer.send(answer);
        }
    }

    /// Nobody will answer this question.
    pub(crate) fn unanswered(&self, key: &str) {
        drop(self.close(key));
    }

    fn close(&self, key: &str) -> Option<Open> {
        let closed = {
            let mut standing = self.lock();
            let Stage::Asking(open) = &mut standing.stage else { return None };
            let place = open.iter().position(|open| open.key == key)?;
            let closed = open.remove(place);
            if open.is_empty() {
                standing.stage = Stage::Working;
                standing.updated = Wall::now();
            }
            closed
        };
        self.tell();
        Some(closed)
    }

    /// The questions that nobody is asked yet. They are taken as put until
    /// they are answered or [put back](Self::put_back).
    pub(crate) fn to_put(&self) -> Vec<(String, ServerQuestion)> {
        let mut standing = self.lock();
        let Stage::Asking(open) = &mut standing.stage else { return Vec::new() };
        let unput = open.iter_mut().filter(|open| !open.put);
        let put = unput.map(|open| {
            open.put = true;
            (open.key.clone(), open.question.clone())
        });
        put.collect()
    }

    /// A question was not put after all.
    pub(crate) fn put_back(&self, key: &str) {
        let mut standing = self.lock();
        if let Stage::Asking(open) = &mut standing.stage {
            open.iter_mut().filter(|open| open.key == key).for_each(|open| open.put = false);
        }
    }

    /// It is over; whether it was not before.
    pub(crate) fn end(&self, ending: Ending) -> bool {
        {
            let mut standing = self.lock();
            if matches!(standing.stage, Stage::Ended(_)) {
                return false;
            }
            standing.message = match &ending {
                Ending::Failed(refusal) => Some(excerpt(&refusal.message)),
                Ending::Cancelled => Some("it was cancelled".to_owned()),
                Ending::Completed { .. } => standing.message.take(),
            };
            standing.stage = Stage::Ended(ending);
            standing.updated = Wall::now();
        }
        self.tell();
        true
    }

    /// Takes the work back; whether it was not over before.
    pub(crate) fn take_back(&self) -> bool {
        let ended = self.end(Ending::Cancelled);
        self.cancel.cancel();
        ended
    }

    /// Whether it is over, and somebody has seen how.
    pub(super) fn is_seen(&self) -> bool {
        self.lock().seen
    }

    /// Bytes that are kept of its result.
    pub(super) fn bytes(&self) -> usize {
        match &self.lock().stage {
            Stage::Ended(Ending::Completed { result, .. }) => result.len(),
            _ => 0,
        }
    }

    /// It stands otherwise: wakes and tells whoever wants to know.
    fn tell(&self) {
        self.changed.send_modify(|changes| *changes += 1);
        // Nobody has to listen.
        let _ = self.news.send(self.id.clone());
        if let Some(session) = self.session.upgrade() {
            session.tell(&shape::status_notification(self));
        }
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a question back that was not answered when this is dropped.
pub(super) struct Putting<'a> {
    pub(super) task: &'a Arc<Task>,
    pub(super) key: &'a str,
}

impl Drop for Putting<'_> {
    fn drop(&mut self) {
        self.task.put_back(self.key);
    }
}
