//! What came of having a model write the answer.

use std::fmt;
use std::sync::Arc;

use model::{Completion, ModelFault, Spent};
use query::Fault;

use super::Flaw;
use crate::Synthesis;

/// An answer, who worded it, and what that took.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The answer. Where the program worded it, what [`crate::synthesize`]
    /// makes of the same material.
    pub synthesis: Synthesis,
    /// Who worded it.
    pub author: Author,
    /// Every call of the model, in order, failed ones included; two at most.
    pub calls: Vec<ModelCall>,
}

/// Who worded an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Author {
    /// The model; every statement of its passed the checks.
    Model {
        /// What was wrong with the lines that were left out.
        dropped: Vec<Flaw>,
        /// Whether the model reached its limit before it had finished.
        is_cut: bool,
    },
    /// This program: the extractive answer stands.
    Program(Reason),
}

/// Why the extractive answer stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// No step yielded anything, so no model was asked.
    NothingToTell,
    /// There was no time left to ask a model.
    NoTime,
    /// The model brought no answer.
    Model(ModelFault),
    /// Too little of what it wrote passed the checks.
    Unsound {
        /// What was wrong, after it had been corrected once.
        flaws: Vec<Flaw>,
    },
}

/// One call of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCall {
    /// The model that answered, or was to.
    pub model: Arc<str>,
    /// What the call took.
    pub spent: Spent,
    /// Why it brought nothing, if it did not.
    pub fault: Option<Fault>,
}

impl Written {
    pub(crate) fn by_program(synthesis: Synthesis, reason: Reason, calls: Vec<ModelCall>) -> Self {
        Self { synthesis, author: Author::Program(reason), calls }
    }
}

impl ModelCall {
    pub(crate) fn of(answer: &Result<Completion, ModelFault>) -> Self {
        match answer {
            Ok(completion) => Self { model: completion.model.clone(), spent: completion.spent, fault: None },
            Err(fault) => Self { model: fault.model.clone(), spent: fault.spent, fault: Some(Fault::from(fault)) },
        }
    }
}

impl Reason {
    /// The stable word for it in outcomes and events.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingToTell => "nothing_to_tell",
            Self::NoTime => "no_time",
            Self::Model(fault) => fault.trouble.code(),
            Self::Unsound { .. } => "unsound",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToTell => write!(f, "there was nothing to tell"),
            Self::NoTime => write!(f, "there was no time left to ask the model"),
            Self::Model(fault) => fault.fmt(f),
            Self::Unsound { flaws } => match flaws.split_first() {
                None => write!(f, "the model wrote nothing that could be kept"),
                Some((first, [])) => write!(f, "the model's answer did not pass: {first}"),
                Some((first, rest)) => write!(f, "the model's answer did not pass: {first}; and {} more", rest.len()),
            },
        }
    }
}
