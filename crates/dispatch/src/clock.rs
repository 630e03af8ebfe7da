//! The engine's monotonic clock.

use query::Moment;
use tokio::time::Instant;

/// Tells moments by the runtime's clock, which tests can stop. One clock
/// serves a whole engine; moments of two clocks cannot be compared.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// A clock whose origin is now.
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// What moment it is.
    pub fn now(&self) -> Moment {
        Moment::since_origin(self.origin.elapsed())
    }

    /// That moment on the runtime's clock.
    pub(crate) fn instant(&self, moment: Moment) -> Instant {
        let far = self.origin + FAR;
        self.origin.checked_add(moment.since(Moment::ORIGIN)).map_or(far, |instant| instant.min(far))
    }
}

/// What stands for a moment beyond reach: a year after the clock's origin,
/// 86,400 s to the day.
const FAR: std::time::Duration = std::time::Duration::from_secs(365 * 86_400);
