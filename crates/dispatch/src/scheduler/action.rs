//! What the scheduler wants done.

use catalog::ToolRef;
use plan::{BoundCall, Label, Observation, Operator, StepIndex};
use serde_json::{Map, Value};

use crate::Ticket;

/// One thing to do, in the order given.
#[derive(Clone, Debug)]
pub enum Action {
    /// Make this call, if policy permits it. Answered by exactly one
    /// `CallEnded`, also after it was abandoned.
    Call {
        /// Names it.
        ticket: Ticket,
        /// What to call, with every argument known.
        call: Box<BoundCall>,
    },
    /// Ask policy about all calls of an `each` whose effect goes beyond
    /// reading, before the first of them leaves. Answered by `Judged`.
    Judge {
        /// The step.
        step: StepIndex,
        /// Its calls.
        calls: Vec<BoundCall>,
    },
    /// Ask a nested query. Answered by exactly one `SubEnded`.
    Ask(Question),
    /// Have a model read results. Answered by exactly one `SubEnded`.
    Read(Reading),
    /// Nobody waits for this call any more: cancel it.
    AbandonCall(Ticket),
    /// Nobody waits for the nested query or the model of this step any more:
    /// cancel it.
    AbandonSub(StepIndex),
    /// Tell whoever watches.
    Emit(Happened),
    /// Every step has ended. The last action of a run.
    Finish,
}

/// A nested query to ask.
#[derive(Clone, Debug)]
pub struct Question {
    /// The step that asks it.
    pub step: StepIndex,
    /// Its text.
    pub text: String,
    /// Where the text came from.
    pub label: Label,
    /// The tools it may use.
    pub tools: Vec<ToolRef>,
}

/// Results that a model is to read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The step.
    pub step: StepIndex,
    /// What is done.
    pub operator: Operator,
    /// Its arguments, all known.
    pub arguments: Map<String, Value>,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub enum Happened {
    /// Its first call is about to leave, or its computation begins.
    Started {
        /// The step.
        step: StepIndex,
        /// The tool it calls; `None` for a computation or a nested query.
        tool: Option<ToolRef>,
        /// How many calls it will make.
        calls: usize,
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
        /// What an `each` did not bring.
        shortfall: Shortfall,
    },
}

/// What an `each` that yielded a result did not bring; nothing for other steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shortfall {
    /// Items whose call brought no result.
    pub failed: usize,
    /// Items beyond the limit, never looked at.
    pub left_out: usize,
}
