//! What planning one query took.

use std::time::Duration;

/// What planning one query took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Calls made to language models.
    pub model_calls: u32,
    /// Tokens read by models.
    pub tokens_in: u64,
    /// Tokens written by models.
    pub tokens_out: u64,
    /// What it cost, in the operator's unit of price.
    pub cost: f64,
    /// Wall time.
    pub took: Duration,
}
