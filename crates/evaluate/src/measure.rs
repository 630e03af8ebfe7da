//! The figures that are told, and that a floor may be set for.

use serde::{Deserialize, Serialize};

/// A figure between 0 and 1, the higher the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The share of queries whose outcome and kind are the label's.
    Outcome,
    /// F1 of the calls: the nodes of the plan.
    Tools,
    /// F1 of the edges between them.
    Edges,
    /// The share of the labels' arguments that the plans have.
    Arguments,
    /// The share of plans whose shape is the label's.
    Shape,
    /// The share of queries of which all of the above is right.
    Exact,
}

impl Measure {
    /// Every measure, in the order in which they are told.
    pub const ALL: [Self; 6] = [Self::Outcome, Self::Tools, Self::Edges, Self::Arguments, Self::Shape, Self::Exact];

    /// The word in floors and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Tools => "tools",
            Self::Edges => "edges",
            Self::Arguments => "arguments",
            Self::Shape => "shape",
            Self::Exact => "exact",
        }
    }
}
