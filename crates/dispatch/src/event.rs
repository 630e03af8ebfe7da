//! What happens while a plan runs.

use std::time::Duration;

use catalog::ToolRef;
use plan::{Observation, StepIndex};

use crate::Progress;

/// One fact about a running step, in the order in which they happen.
#[derive(Clone, Debug)]
pub enum StepEvent {
    /// Its first call left, or its computation began.
    Started {
        /// The step.
        step: StepIndex,
        /// The tool it calls; `None` for a computation or a nested query.
        tool: Option<ToolRef>,
        /// How many calls it makes: more than one for an `each`.
        calls: usize,
    },
    /// Its server says how far it has come.
    Progressed {
        /// The step.
        step: StepIndex,
        /// How far.
        progress: Progress,
    },
    /// One call of an `each` ended.
    ItemEnded {
        /// The step.
        step: StepIndex,
        /// Calls ended so far.
        done: usize,
        /// Calls in all.
        calls: usize,
    },
    /// It ended.
    Ended {
        /// The step.
        step: StepIndex,
        /// How.
        seen: Observation,
        /// How long it ran; zero when it never started.
        took: Duration,
        /// How many calls it made.
        calls: usize,
    },
}
