//! What becomes of a query: the outcome, and of required input the kind.

use serde::{Deserialize, Serialize};

/// What becomes of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It is answered.
    Answered,
    /// Somebody is asked which of several readings is meant.
    Clarify,
    /// Somebody is asked to let calls through.
    Approve,
    /// Somebody is asked for an argument.
    Argument,
    /// It is refused: nothing here can do it.
    OutOfScope,
}

impl Ending {
    /// The word in labels and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Clarify => "clarify",
            Self::Approve => "approve",
            Self::Argument => "argument",
            Self::OutOfScope => "out_of_scope",
        }
    }

    /// Whether there is a plan that is carried out, at once or once somebody
    /// has agreed: then a label has a shape.
    pub fn has_plan(self) -> bool {
        matches!(self, Self::Answered | Self::Approve)
    }
}
