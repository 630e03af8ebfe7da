//! What happens while a plan runs.

use catalog::ToolRef;
use plan::{Observation, StepIndex};

use crate::{Progress, StepReport};

/// One fact about a running step, in the order in which they happen.
#[derive(Clone, Debug)]
pub enum StepEvent {
    /// Its first call is about to leave, if policy permits it, or its
    /// computation began.
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
        /// What it took.
        report: StepReport,
    },
}

impl StepEvent {
    /// The step it is about.
    pub fn step(&self) -> StepIndex {
        match self {
            Self::Started { step, .. }
            | Self::Progressed { step, .. }
            | Self::ItemEnded { step, .. }
            | Self::Ended { step, .. } => *step,
        }
    }
}
