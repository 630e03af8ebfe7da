//! The shape that a label asks of a plan.

use serde::{Deserialize, Serialize};

/// The shape that a label asks of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One call.
    Single,
    /// Several calls side by side.
    Parallel,
    /// One call after the other.
    Sequential,
    /// One call for every item of an earlier result.
    Each,
    /// Some call depends on a condition.
    Guarded,
    /// The inner question first, then the outer one.
    Nested,
}

impl Shape {
    /// The word in labels and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Parallel => "parallel",
            Self::Sequential => "sequential",
            Self::Each => "each",
            Self::Guarded => "guarded",
            Self::Nested => "nested",
        }
    }
}
