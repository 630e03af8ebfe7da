//! What an answer is made from.

use std::time::Duration;

use catalog::ToolRef;
use plan::{Observations, Plan, StepIndex};

/// What whoever ran a step knows of it beside its result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footnote {
    /// Items of an `each` beyond its limit.
    pub left_out: usize,
    /// Whether the result came out of the cache.
    pub cached: bool,
    /// How old the result is.
    pub age: Duration,
    /// The tool that served instead of the plan's.
    pub served: Option<ToolRef>,
    /// How much of the result is left, of how much, where it was cut to size.
    pub cut: Option<(usize, usize)>,
}

/// Everything an answer is made from.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The user's own words.
    pub query: &'a str,
    /// What was to be done.
    pub plan: &'a Plan,
    /// How each step ended.
    pub seen: &'a Observations,
    /// One for each step, in plan order; a missing one says nothing.
    pub footnotes: &'a [Footnote],
    /// Parts of the user's words that no step serves.
    pub unserved: &'a [String],
}

impl Material<'_> {
    /// What is known of a step beside its result.
    pub(crate) fn footnote(&self, step: StepIndex) -> Footnote {
        self.footnotes.get(step.0).cloned().unwrap_or_default()
    }
}
