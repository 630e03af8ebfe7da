//! What tokens cost.

use serde::{Deserialize, Serialize};

use crate::Usage;

/// Tokens that a rate is for.
const RATED_TOKENS: f64 = 1_000_000.0;

/// Prices per million tokens, in the operator's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Of a prompt.
    pub input: f64,
    /// Of a completion.
    pub output: f64,
    /// Of prompt tokens read from a cache; as `input` where none is set.
    pub cached_input: Option<f64>,
    /// Of prompt tokens written to a cache; as `input` where none is set.
    pub cache_write: Option<f64>,
}

impl Rates {
    /// The price of what was used.
    ///
    /// ```
    /// use concertmaster_model::{Rates, Usage};
    ///
    /// let rates = Rates { input: 2.0, output: 8.0, cached_input: Some(0.5), cache_write: None };
    /// let usage = Usage { tokens_in: 10_000, cached_in: 4_000, tokens_out: 500, ..Usage::default() };
    /// assert!((rates.cost(&usage) - 0.018).abs() < 1e-9);
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "counts of tokens are far below 2^52")]
    pub fn cost(&self, usage: &Usage) -> f64 {
        let plain = usage.tokens_in.saturating_sub(usage.cached_in).saturating_sub(usage.written_in);
        let parts = [
            (plain, self.input),
            (usage.cached_in, self.cached_input.unwrap_or(self.input)),
            (usage.written_in, self.cache_write.unwrap_or(self.input)),
            (usage.tokens_out, self.output),
        ];
        parts.iter().map(|(tokens, rate)| *tokens as f64 * rate).sum::<f64>() / RATED_TOKENS
    }
}
