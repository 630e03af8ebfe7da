//! The sessions of clients that opened with a handshake, bounded in number
//! and in time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use query::Principal;
use uuid::Uuid;

use crate::downstream::client::Session;

/// Sessions open at the same time; further clients are asked to come back
/// later.
pub const MAX_SESSIONS: usize = 256;

/// The share of them that one principal may have, where several come in.
const SHARE: usize = 4;

/// A session of which nothing was heard for this long is over, in
/// milliseconds.
const MAX_IDLE_MS: u64 = 30 * 60 * 1_000;

/// Sessions by their id, which nobody can guess.
pub(super) struct Sessions {
    by_id: Mutex<HashMap<String, Arc<Session>>>,
    /// How many of them one principal may have.
    most_of_one: usize,
}

impl Sessions {
    /// No sessions yet; of one principal alone, or of several.
    pub(super) fn new(shared: bool) -> Self {
        Self { by_id: Mutex::default(), most_of_one: if shared { MAX_SESSIONS / SHARE } else { MAX_SESSIONS } }
    }

    /// Opens a session; its id. `None` when there is no room, or its
    /// principal has its share.
    pub(super) fn open(&self, session: Arc<Session>) -> Option<String> {
        let mut sessions = self.lock();
        let is_full = |sessions: &HashMap<String, Arc<Session>>| {
            let own = sessions.values().filter(|other| other.principal == session.principal);
            sessions.len() >= MAX_SESSIONS || own.count() >= self.most_of_one
        };
        if is_full(&sessions) {
            sessions.retain(|_, session| {
                let lives = session.idle_ms() < MAX_IDLE_MS;
                if !lives {
                    session.end();
                }
                lives
            });
        }
        if is_full(&sessions) {
            return None;
        }
        let id = Uuid::new_v4().simple().to_string();
        sessions.insert(id.clone(), session);
        Some(id)
    }

    /// The session of that id, if it is this principal's; to everybody else
    /// there is none.
    pub(super) fn find(&self, id: &str, principal: &Principal) -> Option<Arc<Session>> {
        let mut sessions = self.lock();
        let session = sessions.get(id).filter(|session| session.principal == *principal)?;
        if session.idle_ms() >= MAX_IDLE_MS {
            session.end();
            sessions.remove(id);
            return None;
        }
        session.touch();
        Some(Arc::clone(session))
    }

    /// Ends the session of that id, if it is this principal's; whether there
    /// was one.
    pub(super) fn end(&self, id: &str, principal: &Principal) -> bool {
        let mut sessions = self.lock();
        if sessions.get(id).is_none_or(|session| session.principal != *principal) {
            return false;
        }
        sessions.remove(id).inspect(|session| session.end()).is_some()
    }

    /// Ends the streams of all of them; what is being answered goes on.
    pub(super) fn hush(&self) {
        self.lock().values().for_each(|session| session.hush());
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use dispatch::Offers;

    use super::*;
    use crate::downstream::revision::Revision;

    #[test]
    fn a_session_is_its_principals_alone() {
        let sessions = Sessions::new(false);
        let (mine, theirs) = (Principal::new("a"), Principal::new("b"));
        let session = || Arc::new(Session::new(mine.clone(), Revision::Tasked, Offers::default()));
        let id = sessions.open(session()).unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(sessions.find(&id, &mine).is_some());
        assert!(sessions.find(&id, &theirs).is_none());
        assert!(!sessions.end(&id, &theirs));
        assert!(sessions.end(&id, &mine));
        assert!(sessions.find(&id, &mine).is_none());
        for _ in 0..MAX_SESSIONS {
            assert!(sessions.open(session()).is_some());
        }
        assert!(sessions.open(session()).is_none());
    }

    #[test]
    fn one_of_several_leaves_room_for_the_others() {
        let sessions = Sessions::new(true);
        let session = |who: &str| Arc::new(Session::new(Principal::new(who), Revision::Tasked, Offers::default()));
        let opened = (0..MAX_SESSIONS).filter_map(|_| sessions.open(session("a"))).count();
        assert_eq!(opened, MAX_SESSIONS / SHARE);
        assert!(sessions.open(session("b")).is_some());
    }
}
