//! What kind of query a labelled query is: figures are told for each.

use serde::{Deserialize, Serialize};

/// The kind of a labelled query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// One call.
    Single,
    /// Several calls, none of which needs another.
    Parallel,
    /// The words give the steps in order.
    Sequential,
    /// One call for every item of an earlier result.
    Each,
    /// A call that is made only if a condition holds.
    Guarded,
    /// A question within the question.
    Nested,
    /// Several servers would do alike.
    Ambiguous,
    /// It waits for approval.
    Destructive,
    /// A required argument is not said.
    MissingArgument,
    /// Nothing here can do it.
    OutOfScope,
}

impl Category {
    /// The word in labels and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Parallel => "parallel",
            Self::Sequential => "sequential",
            Self::Each => "each",
            Self::Guarded => "guarded",
            Self::Nested => "nested",
            Self::Ambiguous => "ambiguous",
            Self::Destructive => "destructive",
            Self::MissingArgument => "missing_argument",
            Self::OutOfScope => "out_of_scope",
        }
    }
}
