//! Why a computation has no result.

use std::fmt;

use query::{Blame, Fault};

use crate::PathFault;

/// Why an operator cannot compute from what it was given.
#[derive(Clone, Debug, PartialEq)]
pub enum OperatorFault {
    /// It was not given this argument.
    Missing(&'static str),
    /// An argument is of another kind.
    WrongType {
        /// The argument.
        argument: String,
        /// What it must be, in words.
        expected: &'static str,
    },
    /// An argument that should be a JSON Pointer is none.
    BadPath {
        /// The argument.
        argument: &'static str,
        /// Why.
        fault: PathFault,
    },
    /// The template cannot be read, or a hole of it finds nothing.
    BadTemplate(String),
    /// What is to be summed is no number.
    NotANumber {
        /// The item's place.
        item: usize,
    },
    /// There is no first one: no input exists, or the array is empty.
    NothingThere,
    /// A language model does it, and there is none here.
    NeedsModel,
    /// The result would be larger than an operator may yield.
    TooLarge,
}

impl OperatorFault {
    /// The fault's stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "operator_argument_missing",
            Self::WrongType { .. } => "operator_argument_type",
            Self::BadPath { .. } => "bad_path",
            Self::BadTemplate(_) => "bad_template",
            Self::NotANumber { .. } => "not_a_number",
            Self::NothingThere => "nothing_there",
            Self::NeedsModel => "no_model",
            Self::TooLarge => "result_too_large",
        }
    }
}

impl From<OperatorFault> for Fault {
    fn from(fault: OperatorFault) -> Self {
        Self::lasting(Blame::Caller, fault.code(), fault)
    }
}

impl fmt::Display for OperatorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(argument) => write!(f, "`{argument}` is not given"),
            Self::WrongType { argument, expected } => write!(f, "`{argument}` must be {expected}"),
            Self::BadPath { argument, fault } => write!(f, "`{argument}`: {fault}"),
            Self::BadTemplate(why) => write!(f, "`template`: {why}"),
            Self::NotANumber { item } => write!(f, "item {item} has no number to sum"),
            Self::NothingThere => f.write_str("there is nothing to take the first of"),
            Self::NeedsModel => f.write_str("this takes a language model, and none is configured"),
            Self::TooLarge => f.write_str("the result is larger than an operator may yield"),
        }
    }
}
