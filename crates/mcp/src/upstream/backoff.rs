//! How long to wait before a server is started again.

use std::time::Duration;

/// The wait after the first quick failure.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Quick failures in a row after which a child process is not started again
/// until somebody asks.
const MAX_QUICK_FAILURES: u32 = 5;

/// A server that lived this long did not fail quickly.
const QUICK: Duration = Duration::from_secs(60);

/// Counts quick failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    quick_failures: u32,
    never_gives_up: bool,
}

impl Backoff {
    /// For a server that costs nothing but the try: it never gives up.
    pub(crate) fn endless() -> Self {
        Self { never_gives_up: true, ..Self::default() }
    }

    /// The wait after a failure: doubled each time, and shortened by up to
    /// half by `chance`, so that many servers do not come back in step;
    /// `None` when it is time to give up. `lived` is how long the server
    /// could be called, `chance` from 0 to 1.
    pub(crate) fn after_failure(&mut self, lived: Duration, chance: f64) -> Option<Duration> {
        self.quick_failures = if lived < QUICK { self.quick_failures + 1 } else { 1 };
        if self.quick_failures >= MAX_QUICK_FAILURES && !self.never_gives_up {
            return None;
        }
        let doublings = (self.quick_failures - 1).min(16);
        let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
        Some(wait.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(never_gives_up: bool, lived_s: &[u64]) -> Vec<Option<u128>> {
        let mut backoff = if never_gives_up { Backoff::endless() } else { Backoff::default() };
        let wait = |&lived| backoff.after_failure(Duration::from_secs(lived), 0.0).map(|wait| wait.as_millis());
        lived_s.iter().map(wait).collect()
    }

    #[test]
    fn waits_double_until_it_gives_up_and_a_long_life_forgives() {
        assert_eq!(waits(false, &[0; 6]), [Some(500), Some(1000), Some(2000), Some(4000), None, None]);
        assert_eq!(waits(false, &[0, 0, 90, 0]), [Some(500), Some(1000), Some(500), Some(1000)]);
        assert_eq!(waits(true, &[0; 9])[7..], [Some(60_000), Some(60_000)]);
        let mut backoff = Backoff::default();
        assert_eq!(backoff.after_failure(Duration::ZERO, 1.0), Some(Duration::from_millis(250)));
    }
}
