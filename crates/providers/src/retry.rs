//! Whether a failed request is sent again, and when.
//!
//! In come what failed, how often, how much time is left and a number drawn
//! by chance; out goes a wait, or none. Nothing waits here.

use std::time::Duration;

/// The first wait is drawn from zero up to this; the range doubles each time.
pub const RETRY_BASE: Duration = Duration::from_millis(500);

/// The longest range that a wait is drawn from.
pub const MAX_WAIT: Duration = Duration::from_secs(20);

/// What is known of a request that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// How often it was sent so far, at least 1.
    pub(crate) attempts: u32,
    /// How often it may be sent again in all.
    pub(crate) max_retries: u32,
    /// How long the provider asks to wait, where it does.
    pub(crate) retry_after: Option<Duration>,
    /// How long there is until the request's time is up.
    pub(crate) left: Duration,
}

/// How long to wait before sending it again: drawn by `chance` (0 to 1) from
/// the whole range, so that many callers do not come back in step, and on top
/// of what the provider asked for. `None` when no attempt is left, or none
/// could begin in time.
pub(crate) fn wait(failed: &Failed, chance: f64) -> Option<Duration> {
    if failed.attempts > failed.max_retries {
        return None;
    }
    let doublings = (failed.attempts - 1).min(16);
    let range = RETRY_BASE.saturating_mul(1 << doublings).min(MAX_WAIT);
    let drawn = range.mul_f64(chance.clamp(0.0, 1.0));
    let wait = failed.retry_after.unwrap_or_default().saturating_add(drawn);
    (wait < failed.left).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_drawn_from_a_growing_range_within_the_time_left() {
        let rows = [
            (1, 2, None, 60_000, 1.0, Some(500)),
            (1, 2, None, 60_000, 0.0, Some(0)),
            (2, 2, None, 60_000, 1.0, Some(1_000)),
            (3, 2, None, 60_000, 1.0, None),
            (1, 0, None, 60_000, 1.0, None),
            (9, 20, None, 60_000, 1.0, Some(20_000)),
            (1, 2, Some(3_000), 60_000, 0.5, Some(3_250)),
            (1, 2, Some(3_000), 3_100, 0.5, None),
            (1, 2, Some(3_000), 3_000, 0.0, None),
        ];
        for (attempts, max_retries, asked_ms, left_ms, chance, expected_ms) in rows {
            let failed = Failed {
                attempts,
                max_retries,
                retry_after: asked_ms.map(Duration::from_millis),
                left: Duration::from_millis(left_ms),
            };
            assert_eq!(wait(&failed, chance), expected_ms.map(Duration::from_millis), "{failed:?}");
        }
    }
}
