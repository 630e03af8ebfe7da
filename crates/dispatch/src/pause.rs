//! Time that a call spends waiting for a human: it is not the server's, and
//! does not count against what the call was given.
//!
//! In: when a question is put, and when it is answered. Out: how much later
//! the call is due for that, up to a limit of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catalog::ServerId;
use futures::future::BoxFuture;
use query::Fault;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use crate::{Counterpart, Offers, ServerQuestion};

/// How long one call may wait for humans altogether; what it takes beyond
/// that counts as the server's.
pub const ANSWER_WAIT: Duration = Duration::from_secs(10 * 60);

/// While a human is waited for, how often it is looked at whether they still
/// are.
const LOOK: Duration = Duration::from_millis(250);

/// How long one call has waited for humans.
#[derive(Debug)]
pub struct Pause {
    limit: Duration,
    waits: Mutex<Waits>,
}

#[derive(Debug, Default)]
struct Waits {
    /// Questions that are open.
    open: usize,
    /// Since when there are some.
    since: Option<Instant>,
    /// What was waited before.
    before: Duration,
}

impl Default for Pause {
    fn default() -> Self {
        Self::within(ANSWER_WAIT)
    }
}

impl Pause {
    /// A call that may wait for humans for so long.
    pub fn within(limit: Duration) -> Self {
        Self { limit, waits: Mutex::default() }
    }

    /// How long humans were waited for until now.
    pub fn spent(&self) -> Duration {
        let waits = self.lock();
        let now = waits.since.map_or(Duration::ZERO, |since| since.elapsed());
        waits.before.saturating_add(now).min(self.limit)
    }

    /// Whether a human is waited for, and still may be.
    pub fn is_on(&self) -> bool {
        self.lock().open > 0 && self.spent() < self.limit
    }

    /// Waits for something at most this long, not counting what is waited for
    /// humans; `None` when it takes longer.
    pub async fn timeout<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let began = Instant::now();
        let mut work = std::pin::pin!(work);
        loop {
            let due = self.due(began + limit);
            if let Ok(done) = timeout_at(due, &mut work).await {
                return Some(done);
            }
            if !self.is_on() && began + limit + self.spent() <= Instant::now() {
                return None;
            }
        }
    }

    /// When to look next at a wait that was due then.
    pub(crate) fn due(&self, due: Instant) -> Instant {
        let due = due + self.spent();
        if self.is_on() { due.max(Instant::now() + LOOK) } else { due }
    }

    /// A human is waited for until what this returns is dropped.
    fn begin(&self) -> Waiting<'_> {
        let mut waits = self.lock();
        waits.open += 1;
        waits.since.get_or_insert_with(Instant::now);
        Waiting(self)
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A human is waited for.
struct Waiting<'a>(&'a Pause);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waits = self.0.lock();
        waits.open -= 1;
        if waits.open == 0
            && let Some(since) = waits.since.take()
        {
            waits.before = waits.before.saturating_add(since.elapsed());
        }
    }
}

/// A client whose answers are waited for on time of their own.
pub(crate) struct Unhurried {
    pub(crate) client: Arc<dyn Counterpart>,
    pub(crate) pause: Arc<Pause>,
}

impl Unhurried {
    /// The client, and what it waits for counts; `None` where it can be asked
    /// nothing.
    pub(crate) fn of(client: &Arc<dyn Counterpart>) -> Option<Self> {
        let offers = client.offers();
        let can_be_asked = offers.sampling || offers.forms || offers.urls || offers.roots;
        can_be_asked.then(|| Self { client: Arc::clone(client), pause: Arc::default() })
    }
}

impl Counterpart for Unhurried {
    fn name(&self) -> &str {
        self.client.name()
    }

    fn offers(&self) -> Offers {
        self.client.offers()
    }

    fn ask(&self, question: ServerQuestion) -> BoxFuture<'_, Result<Box<RawValue>, Fault>> {
        Box::pin(async move {
            let _waiting = self.pause.begin();
            self.client.ask(question).await
        })
    }

    fn log(&self, server: &ServerId, params: &RawValue) {
        self.client.log(server, params);
    }

    fn deferred(&self) {
        self.client.deferred();
    }

    fn log_level(&self) -> Option<&str> {
        self.client.log_level()
    }

    fn meta(&self) -> Option<&RawValue> {
        self.client.meta()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, pause, sleep};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn what_is_waited_for_humans_does_not_count() {
        pause();
        // How long the work takes, how long of that a human is waited for, and
        // whether it ends in time, with a second for the work and five for the
        // human.
        let rows = [(0.5, 0.0, true), (1.5, 0.0, false), (4.0, 3.5, true), (4.0, 2.0, false), (9.0, 8.5, false)];
        for (takes, of_that, expected) in rows {
            let wait = Pause::within(SECOND * 5);
            let work = async {
                {
                    let _human = (of_that > 0.0).then(|| wait.begin());
                    sleep(SECOND.mul_f64(of_that)).await;
                }
                sleep(SECOND.mul_f64(takes - of_that)).await;
            };
            let ended = wait.timeout(SECOND, work).await.is_some();
            assert_eq!(ended, expected, "{takes} s, {of_that} s of that for a human");
        }
    }

    #[tokio::test]
    async fn questions_at_the_same_time_are_one_wait() {
        pause();
        let wait = Pause::default();
        let (first, second) = (wait.begin(), wait.begin());
        advance(SECOND).await;
        drop(first);
        advance(SECOND).await;
        assert!(wait.is_on());
        drop(second);
        advance(SECOND).await;
        assert!(!wait.is_on());
        assert_eq!(wait.spent(), SECOND * 2);
        let _third = wait.begin();
        advance(ANSWER_WAIT).await;
        assert_eq!((wait.spent(), wait.is_on()), (ANSWER_WAIT, false));
    }
}
