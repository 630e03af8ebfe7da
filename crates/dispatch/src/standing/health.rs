//! One server as its calls have shown it: whether it is well, how long it
//! takes, and how often its calls may be repeated.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use query::Moment;

use super::breaker::{Admitted, Breaker, BreakerSettings};
use super::retries::Retries;

/// The weight of the newest call in the measured latency.
const NEWEST: f64 = 0.2;

/// How one call ended, as far as it says something about its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It answered, this long after the call left.
    Well(Duration),
    /// It did not.
    Badly,
    /// Its end says nothing about the server.
    Unclear,
}

/// What is known of one server. Shared by every query.
#[derive(Debug)]
pub struct Health(Mutex<Known>);

#[derive(Debug)]
struct Known {
    breaker: Breaker,
    retries: Retries,
    latency: Option<f64>,
}

/// Leave for one call. Dropped without a word, the call's end says nothing.
#[derive(Debug)]
#[must_use = "how the call ended is said with `end`"]
pub struct Turn<'h> {
    health: &'h Health,
    admitted: Admitted,
    began: Moment,
    open: bool,
}

impl Health {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self(Mutex::new(Known { breaker: Breaker::new(settings), retries: Retries::new(), latency: None }))
    }

    /// Leave for one call, or how long there is none.
    ///
    /// # Errors
    ///
    /// How long the server is left alone.
    pub fn admit(&self, now: Moment) -> Result<Turn<'_>, Duration> {
        let admitted = self.known().breaker.admit(now)?;
        Ok(Turn { health: self, admitted, began: now, open: true })
    }

    /// A call is made, not counting its repeats: they are earned by it.
    pub fn earn(&self) {
        self.known().retries.earn();
    }

    /// Takes one of the repeats that the server's calls have earned.
    pub fn may_repeat(&self) -> bool {
        self.known().retries.take()
    }

    /// How long its calls take, by a moving average; `None` before the first.
    pub fn latency(&self) -> Option<Duration> {
        self.known().latency.map(Duration::from_secs_f64)
    }

    /// Whether it is called as usual.
    pub fn is_well(&self) -> bool {
        self.known().breaker.is_closed()
    }

    /// The state is whole after every statement, so a panic elsewhere while
    /// it was held leaves nothing torn.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// The call ended. `chance` is a number in 0..=1.
    pub fn end(mut self, ended: Ended, now: Moment, chance: f64) {
        self.open = false;
        let mut known = self.health.known();
        match ended {
            Ended::Well(took) => {
                let took = took.as_secs_f64();
                known.latency = Some(known.latency.map_or(took, |known| known + NEWEST * (took - known)));
                known.breaker.went_well(self.admitted);
            }
            Ended::Badly => known.breaker.failed(self.admitted, now, chance),
            Ended::Unclear => known.breaker.abandoned(self.admitted, now),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.open {
            self.health.known().breaker.abandoned(self.admitted, self.began);
        }
    }
}
