//! How much of a plan may run at once, and how long one call may take.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::ServerId;

use crate::cache::CACHE_TTL;
use crate::size::Caps;

/// Calls in flight to one server on behalf of one query, unless configured
/// otherwise; the next one waits its turn.
pub const CALLS_PER_SERVER: usize = 8;

/// Calls in flight for one `each`; the next item waits its turn.
pub const CALLS_PER_EACH: usize = 8;

/// Calls and nested queries in flight for one query; the next one waits.
pub const CALLS_IN_ALL: usize = 64;

/// How long one call may take, unless configured otherwise; then it fails.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// What one query may have in flight. A limit of zero counts as one, since
/// nothing would ever end under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls and nested queries in flight in all.
    pub total: usize,
    /// Calls in flight for one `each`.
    pub each_parallel: usize,
    /// What holds of every server that has no entry of its own.
    pub per_server: ServerLimits,
    /// What holds of single servers instead.
    pub servers: BTreeMap<ServerId, ServerLimits>,
    /// How large results may be.
    pub caps: Caps,
}

/// What one query may ask of one server at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// Calls in flight.
    pub concurrency: usize,
    /// How long one call may take, whatever progress it makes.
    pub call_timeout: Duration,
    /// How long a call may go without a word; progress counts as one. `None`
    /// for as long as the call may take.
    pub idle_timeout: Option<Duration>,
    /// For how long results of calls that only read answer equal calls; zero
    /// for not at all.
    pub cache_ttl: Duration,
    /// After how long a read that has not been answered is sent once more
    /// beside itself; `None` for never.
    pub hedge_after: Option<Duration>,
}

impl Limits {
    /// What holds of that server.
    pub fn of(&self, server: &ServerId) -> ServerLimits {
        self.servers.get(server).copied().unwrap_or(self.per_server)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: CALLS_IN_ALL,
            each_parallel: CALLS_PER_EACH,
            per_server: ServerLimits::default(),
            servers: BTreeMap::new(),
            caps: Caps::default(),
        }
    }
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            concurrency: CALLS_PER_SERVER,
            call_timeout: CALL_TIMEOUT,
            idle_timeout: None,
            cache_ttl: CACHE_TTL,
            hedge_after: None,
        }
    }
}
