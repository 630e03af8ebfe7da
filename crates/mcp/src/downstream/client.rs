//! Whoever is at the other end of a request.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use dispatch::Offers;
use query::Principal;

use super::lane::Lane;
use super::level::Level;
use super::questions::Questions;
use super::revision::Revision;
use super::running::Running;

/// Stands for a client that never said which log messages it wants.
const UNSAID: u8 = u8::MAX;

/// Numbers clients, so that no two go by one name.
static CLIENTS: AtomicU64 = AtomicU64::new(0);

/// A name that no other client of this process has.
pub(crate) fn new_name() -> String {
    format!("client-{}", CLIENTS.fetch_add(1, Ordering::Relaxed))
}

/// Who asks, as far as one request needs it.
#[derive(Clone)]
pub(crate) struct Client {
    /// On whose authority.
    pub(crate) principal: Principal,
    /// In which revision.
    pub(crate) revision: Revision,
    /// What it can be asked.
    pub(crate) offers: Offers,
    /// From which level on it wants log messages, where the request says.
    pub(crate) level: Option<Level>,
    /// Whether a call may become a task without being asked for as one.
    pub(crate) takes_tasks: bool,
    /// What lasts beyond the request, in revisions that have that.
    pub(crate) session: Option<Arc<Session>>,
}

/// A client that opened with a handshake.
pub(crate) struct Session {
    /// On whose authority it was opened; nobody else may use it.
    pub(crate) principal: Principal,
    /// What both sides agreed on.
    pub(crate) revision: Revision,
    /// What it can be asked.
    pub(crate) offers: Offers,
    /// What it goes by.
    pub(crate) name: String,
    /// What it was asked and has not answered.
    pub(crate) questions: Questions,
    /// What it asked and was not answered.
    pub(crate) running: Running,
    standing: Mutex<Option<Arc<Lane>>>,
    level: AtomicU8,
    watched: Mutex<BTreeSet<String>>,
    opened: Instant,
    used_ms: AtomicU64,
}

impl Session {
    /// A session in which nothing was said yet.
    pub(crate) fn new(principal: Principal, revision: Revision, offers: Offers) -> Self {
        Self {
            principal,
            revision,
            offers,
            name: new_name(),
            questions: Questions::default(),
            running: Running::default(),
            standing: Mutex::default(),
            level: AtomicU8::new(UNSAID),
            watched: Mutex::default(),
            opened: Instant::now(),
            used_ms: AtomicU64::new(0),
        }
    }

    /// The client of one of its requests.
    pub(crate) fn client(self: &Arc<Self>) -> Client {
        Client {
            principal: self.principal.clone(),
            revision: self.revision,
            offers: self.offers,
            level: None,
            takes_tasks: false,
            session: Some(Arc::clone(self)),
        }
    }

    /// From which level on it wants log messages, where it said.
    pub(crate) fn level(&self) -> Option<Level> {
        Level::at(self.level.load(Ordering::Relaxed))
    }

    /// It wants log messages from that level on.
    pub(crate) fn set_level(&self, level: Level) {
        self.level.store(level.place(), Ordering::Relaxed);
    }

    /// Says on `lane` from now on what belongs to no request; what it was said
    /// on before is closed.
    pub(crate) fn stand(&self, lane: Arc<Lane>) {
        let before = self.standing.lock().unwrap_or_else(PoisonError::into_inner).replace(lane);
        if let Some(before) = before {
            before.close();
        }
    }

    /// Tells it something that belongs to no request. A client that listens
    /// to nothing hears nothing.
    pub(crate) fn tell(&self, message: &str) {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(lane) = standing {
            lane.offer(message.to_owned());
        }
    }

    /// The resources it wants to hear of, by the URI it knows them by.
    pub(crate) fn watched(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It was just heard of.
    pub(crate) fn touch(&self) {
        let now = self.opened.elapsed().as_millis();
        self.used_ms.store(u64::try_from(now).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// For how long nothing was heard of it, in milliseconds.
    pub(crate) fn idle_ms(&self) -> u64 {
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        now.saturating_sub(self.used_ms.load(Ordering::Relaxed))
    }

    /// Its stream ends; what it asked is still answered.
    pub(crate) fn hush(&self) {
        if let Some(lane) = self.standing.lock().unwrap_or_else(PoisonError::into_inner).take() {
            lane.close();
        }
    }

    /// It is over: what it asked is taken back, what it was asked is not
    /// waited for, and its stream ends.
    pub(crate) fn end(&self) {
        self.running.cancel_all();
        self.questions.abandon();
        self.hush();
    }
}
