//! Rates: so many in a while, evenly, with a burst.

use std::time::Duration;

use crate::{Key, StoreFault};

/// A rate that something is held to, by the generic cell rate algorithm: one
/// every so often, and up to `burst` at once after a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Whose: a principal's, at a server, of a tool.
    pub key: Key,
    /// The time from one to the next, in the long run.
    pub every: Duration,
    /// How many at once, after a pause; at least one.
    pub burst: u32,
}

impl Rate {
    /// So many within this long, all of them at once if need be.
    pub fn per(key: Key, count: u32, within: Duration) -> Self {
        let count = count.max(1);
        Self { key, every: within / count, burst: count }
    }
}

/// Why nothing was admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Throttled {
    /// The rate is used up; it is there again after this long.
    #[error("the rate of `{key}` is used up for {} ms", after.as_millis())]
    After {
        /// Whose rate.
        key: Key,
        /// How long until all that was asked for would be admitted; whole
        /// milliseconds, never zero.
        after: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}
