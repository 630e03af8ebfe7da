//! What a model call used up.

use std::ops::AddAssign;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Tokens, as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All tokens of the prompt, those read from or written to a cache included.
    pub tokens_in: u64,
    /// Tokens of the completion, thinking included.
    pub tokens_out: u64,
    /// Of `tokens_in`, those read from the provider's cache.
    pub cached_in: u64,
    /// Of `tokens_in`, those written to the provider's cache.
    pub written_in: u64,
    /// Whether the provider gave no count and these are estimates.
    pub estimated: bool,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.tokens_in = self.tokens_in.saturating_add(other.tokens_in);
        self.tokens_out = self.tokens_out.saturating_add(other.tokens_out);
        self.cached_in = self.cached_in.saturating_add(other.cached_in);
        self.written_in = self.written_in.saturating_add(other.written_in);
        self.estimated = self.estimated || other.estimated;
    }
}

/// What one request took, whether it came to something or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Tokens; of attempts that failed unread, none are known.
    pub usage: Usage,
    /// The price, in the operator's unit; `None` where no rates are configured.
    pub cost: Option<f64>,
    /// How long it took, waits between attempts included.
    pub latency: Duration,
    /// Times the request was sent; 0 for a replayed one.
    pub attempts: u32,
}
