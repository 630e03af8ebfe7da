//! How a step ended.

use catalog::Fingerprint;
use query::Fault;
use serde_json::Value;

use crate::{BoundCall, Output, StepIndex};

/// How a step ended.
#[derive(Clone, Debug)]
pub enum Observation {
    /// It yielded a result.
    Output(Output),
    /// The tool ran and said that it failed (MCP `isError`).
    ToolError(Output),
    /// It was not run, and that is in order.
    Skipped(SkipReason),
    /// It was not done: nothing was called, or the call had no effect.
    Failed(Fault),
    /// A human must decide first.
    NeedsInput(Need),
    /// It may or may not have been done: the call left, its outcome is
    /// unknown, and it is not safe to repeat.
    Indeterminate(Fault),
}

/// Why a step was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Its guard did not hold.
    Guard,
    /// A step it reads from yielded nothing.
    Upstream(StepIndex),
}

/// What a human must decide before a step can go on.
#[derive(Clone, Debug)]
pub enum Need {
    /// Let these calls leave, or not. Each with the hash that approves it and
    /// why it is asked for.
    Approval(Vec<(BoundCall, Fingerprint, String)>),
    /// Answer the server's own question: its message and, where it gave one,
    /// the schema of the answer.
    Answer {
        /// What the server asks.
        message: String,
        /// JSON Schema of the answer.
        schema: Option<Value>,
    },
}

impl Observation {
    /// Whether it yielded a result that later steps can read.
    pub fn succeeded(&self) -> bool {
        matches!(self, Self::Output(_))
    }

    /// The result, if there is one.
    pub fn output(&self) -> Option<&Output> {
        match self {
            Self::Output(output) => Some(output),
            _ => None,
        }
    }

    /// The stable word for it in outcomes and events.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Output(_) => "ok",
            Self::ToolError(_) => "tool_error",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "failed",
            Self::NeedsInput(_) => "needs_input",
            Self::Indeterminate(_) => "indeterminate",
        }
    }
}

/// How each step of a plan ended, in plan order; `None` while it has not.
#[derive(Clone, Debug, Default)]
pub struct Observations(Vec<Option<Observation>>);

impl Observations {
    /// Nothing has ended yet.
    pub fn none_of(steps: usize) -> Self {
        Self(vec![None; steps])
    }

    /// How the step ended, if it has.
    pub fn get(&self, step: StepIndex) -> Option<&Observation> {
        self.0.get(step.0).and_then(Option::as_ref)
    }

    /// Records how a step ended. A step ends once: the first record stands,
    /// and a later one is refused with `false`.
    pub fn record(&mut self, step: StepIndex, seen: Observation) -> bool {
        let slot = &mut self.0[step.0];
        let first = slot.is_none();
        if first {
            *slot = Some(seen);
        }
        first
    }

    /// Forgets how a step ended, so that it can run after a human decided.
    pub fn reopen(&mut self, step: StepIndex) {
        self.0[step.0] = None;
    }

    /// Every step that has ended, in plan order.
    pub fn iter(&self) -> impl Iterator<Item = (StepIndex, &Observation)> {
        self.0.iter().enumerate().filter_map(|(i, seen)| seen.as_ref().map(|seen| (StepIndex(i), seen)))
    }

    /// Whether every step has ended.
    pub fn all_ended(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }
}
