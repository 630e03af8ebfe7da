//! Absolute deadlines on a monotonic clock that is passed in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point on the engine's monotonic clock: the time since that clock's
/// origin. Moments of two processes cannot be compared; a deadline that
/// crosses a process boundary travels as what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Moment(Duration);

impl Moment {
    /// The clock's origin.
    pub const ORIGIN: Self = Self(Duration::ZERO);

    /// The moment this long after the clock's origin.
    pub const fn since_origin(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// How long ago `earlier` was; zero when it is still to come.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `wait` later.
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }
}

/// The absolute moment by which an answer, whole or partial, is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(Moment);

impl Deadline {
    /// Due at this moment.
    pub fn at(moment: Moment) -> Self {
        Self(moment)
    }

    /// Due this long after `now`.
    pub fn within(wait: Duration, now: Moment) -> Self {
        Self(now.after(wait))
    }

    /// The moment it falls due.
    pub fn moment(self) -> Moment {
        self.0
    }

    /// What is left at `now`; zero once it has passed.
    pub fn left(self, now: Moment) -> Duration {
        self.0.since(now)
    }

    /// Whether it has passed at `now`.
    pub fn passed(self, now: Moment) -> bool {
        now >= self.0
    }

    /// The earlier of this deadline and `limit` after `now`.
    #[must_use]
    pub fn capped(self, limit: Duration, now: Moment) -> Self {
        Self(self.0.min(now.after(limit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_shrinks_to_zero_and_stays_there() {
        let deadline = Deadline::within(Duration::from_secs(2), Moment::ORIGIN);
        let rows = [(0, 2000, false), (1500, 500, false), (2000, 0, true), (9000, 0, true)];
        for (now_ms, left_ms, passed) in rows {
            let now = Moment::since_origin(Duration::from_millis(now_ms));
            assert_eq!(deadline.left(now), Duration::from_millis(left_ms));
            assert_eq!(deadline.passed(now), passed);
        }
    }

    #[test]
    fn a_cap_only_ever_shortens() {
        let deadline = Deadline::within(Duration::from_secs(2), Moment::ORIGIN);
        assert_eq!(deadline.capped(Duration::from_secs(9), Moment::ORIGIN), deadline);
        let short = deadline.capped(Duration::from_secs(1), Moment::ORIGIN);
        assert_eq!(short.left(Moment::ORIGIN), Duration::from_secs(1));
    }
}
