//! What the scheduler is told.

use std::fmt;

use catalog::Fingerprint;
use plan::{BoundCall, Observation, StepIndex};

/// Names one call of a run: its step and, within an `each`, its item. A step
/// that is no `each` makes call 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket {
    /// The step.
    pub step: StepIndex,
    /// Which of the step's calls.
    pub item: usize,
}

/// A call that a human must let through: the call, the hash that approves
/// it, and why it is asked for.
pub type Asked = (BoundCall, Fingerprint, String);

/// Something that happened outside. Facts about what is not in flight, or no
/// longer, are ignored.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A call ended, in the words in which a step ends.
    CallEnded {
        /// Which one.
        ticket: Ticket,
        /// How.
        ending: Observation,
    },
    /// The calls of an `each` were judged: these need a human first.
    Judged {
        /// The step.
        step: StepIndex,
        /// The calls to ask for; none when all may leave.
        asked: Vec<Asked>,
    },
    /// A nested query ended, or a model's reading.
    SubEnded {
        /// The step that asked for it.
        step: StepIndex,
        /// How.
        seen: Observation,
    },
    /// The query's deadline passed.
    Expired,
    /// Nobody waits for the answer any more.
    Cancelled,
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}[{}]", self.step.0 + 1, self.item)
    }
}
