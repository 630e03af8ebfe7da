//! What writing one answer may take.

use std::time::Duration;

/// What writing one answer may take. Results that do not fit are told to the
/// model shortened: first to what the extractive answer would tell of them,
/// then cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WritingBudget {
    /// How long both calls together may take.
    pub timeout: Duration,
    /// The most of one step's result that the model is shown, in estimated tokens.
    pub tokens_per_step: u32,
    /// The most of all results together, in estimated tokens; each gets an
    /// equal share.
    pub tokens_of_results: u32,
    /// The longest answer, in tokens.
    pub max_output_tokens: u32,
}

impl WritingBudget {
    /// The default for one step's result, in estimated tokens.
    pub const TOKENS_PER_STEP: u32 = 3_000;
    /// The default for all results together, in estimated tokens.
    pub const TOKENS_OF_RESULTS: u32 = 16_000;
    /// The default for the answer, in tokens.
    pub const MAX_OUTPUT_TOKENS: u32 = 1_500;
    /// With less time left than this a model is not asked.
    pub const LEAST_TIME: Duration = Duration::from_millis(200);

    /// The defaults, and so much time.
    pub fn within(timeout: Duration) -> Self {
        Self {
            timeout,
            tokens_per_step: Self::TOKENS_PER_STEP,
            tokens_of_results: Self::TOKENS_OF_RESULTS,
            max_output_tokens: Self::MAX_OUTPUT_TOKENS,
        }
    }

    /// What each of so many results may take, in estimated tokens.
    pub(crate) fn share(&self, results: usize) -> u32 {
        let results = u32::try_from(results.max(1)).unwrap_or(u32::MAX);
        self.tokens_per_step.min(self.tokens_of_results / results)
    }
}
