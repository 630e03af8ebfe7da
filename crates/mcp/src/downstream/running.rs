//! The requests of one client that are being served, so that it can take them
//! back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

/// Requests by their id as the client wrote it.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<Box<str>, CancellationToken>>>);

/// A request that is being served; dropped, it is not any more.
pub(crate) struct Run {
    running: Running,
    id: Box<str>,
    /// Cancelled when the client takes the request back.
    pub(crate) cancel: CancellationToken,
}

impl Running {
    /// Notes that a request is served; `None` when one of that id is already.
    pub(crate) fn start(&self, id: &RawValue) -> Option<Run> {
        let (id, cancel) = (Box::<str>::from(id.get()), CancellationToken::new());
        let mut running = self.lock();
        if running.contains_key(&id) {
            return None;
        }
        running.insert(id.clone(), cancel.clone());
        Some(Run { running: self.clone(), id, cancel })
    }

    /// Takes a request back, where it is still served.
    pub(crate) fn cancel(&self, id: &RawValue) {
        if let Some(cancel) = self.lock().get(id.get()) {
            cancel.cancel();
        }
    }

    /// Takes all of them back.
    pub(crate) fn cancel_all(&self) {
        self.lock().values().for_each(CancellationToken::cancel);
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.running.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_in_use_until_its_request_has_ended() {
        let running = Running::default();
        let id = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let first = running.start(&id("1")).unwrap();
        assert!(running.start(&id("1")).is_none());
        let other = running.start(&id("\"1\"")).unwrap();
        running.cancel(&id("1"));
        running.cancel(&id("2"));
        assert_eq!((first.cancel.is_cancelled(), other.cancel.is_cancelled()), (true, false));
        drop(first);
        assert!(running.start(&id("1")).is_some());
    }
}
