//! What a run leaves behind.

use std::time::Duration;

use plan::{Observations, StepIndex};

use crate::{Cut, Instead};

/// How a run went.
#[derive(Clone, Debug)]
pub struct Report {
    /// How each step ended; every step has.
    pub observations: Observations,
    /// What each step took, in plan order.
    pub steps: Vec<StepReport>,
}

/// What one step took in this run; all zero for a step that never started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepReport {
    /// From its start to its end.
    pub took: Duration,
    /// Calls handed to the connector.
    pub calls: usize,
    /// Calls handed to the connector, repeats included.
    pub attempts: usize,
    /// Items of an `each` whose call brought no result though others' did.
    pub failed: usize,
    /// Items of an `each` beyond its limit, never looked at.
    pub left_out: usize,
    /// How old the result is, where it came out of the cache; of an `each`,
    /// the oldest.
    pub cached: Option<Duration>,
    /// The tool that served instead of the plan's, and why.
    pub instead: Option<Box<Instead>>,
    /// What was cut off the result.
    pub cut: Option<Box<Cut>>,
}

impl Report {
    /// What that step took.
    pub fn step(&self, step: StepIndex) -> StepReport {
        self.steps.get(step.0).cloned().unwrap_or_default()
    }
}
