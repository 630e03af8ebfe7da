//! Which resources of one server somebody wants to hear of.
//!
//! In: who starts and who ceases to be interested. Out: the set of URIs, and
//! word that it changed. How a server is told is not its business.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Resources of one server that can be subscribed to at the same time.
pub const MAX_SUBSCRIPTIONS_PER_SERVER: usize = 1_000;

/// Counts the interested by URI.
pub(crate) struct Subscriptions {
    interested: Mutex<BTreeMap<String, usize>>,
    changed: watch::Sender<u64>,
}

/// There are as many subscriptions as there may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Default for Subscriptions {
    fn default() -> Self {
        Self { interested: Mutex::default(), changed: watch::Sender::new(0) }
    }
}

impl Subscriptions {
    /// One more is interested; whether they are the first.
    pub(crate) fn add(&self, uri: &str) -> Result<bool, TooMany> {
        let mut interested = self.lock();
        if let Some(count) = interested.get_mut(uri) {
            *count += 1;
            return Ok(false);
        }
        if interested.len() == MAX_SUBSCRIPTIONS_PER_SERVER {
            return Err(TooMany);
        }
        interested.insert(uri.to_owned(), 1);
        drop(interested);
        self.changed.send_modify(|version| *version += 1);
        Ok(true)
    }

    /// One less is interested; whether they were the last.
    pub(crate) fn remove(&self, uri: &str) -> bool {
        let mut interested = self.lock();
        let Some(count) = interested.get_mut(uri) else { return false };
        *count -= 1;
        if *count > 0 {
            return false;
        }
        interested.remove(uri);
        drop(interested);
        self.changed.send_modify(|version| *version += 1);
        true
    }

    /// Every URI that somebody is interested in.
    pub(crate) fn uris(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// Tells of every change of the set.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.interested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_matter() {
        let subscriptions = Subscriptions::default();
        let changes = subscriptions.changes();
        assert_eq!((subscriptions.add("a:1"), subscriptions.add("a:1")), (Ok(true), Ok(false)));
        assert_eq!((subscriptions.remove("a:2"), subscriptions.remove("a:1")), (false, false));
        assert_eq!(subscriptions.uris(), ["a:1"]);
        assert_eq!((subscriptions.remove("a:1"), subscriptions.remove("a:1")), (true, false));
        assert_eq!(*changes.borrow(), 2, "the set changed twice");
        for i in 0..MAX_SUBSCRIPTIONS_PER_SERVER {
            assert_eq!(subscriptions.add(&i.to_string()), Ok(true));
        }
        assert_eq!(subscriptions.add("one more"), Err(TooMany));
    }
}
