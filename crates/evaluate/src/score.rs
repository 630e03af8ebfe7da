//! How one query did.

use serde::Serialize;

use crate::reading::Reading;
use crate::{Difference, Hits, Labelled, Made, Share};

/// How one query did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Whether outcome and kind are the label's.
    pub outcome: bool,
    /// The calls.
    pub tools: Hits,
    /// The edges; `None` where the label has no shape.
    pub edges: Option<Hits>,
    /// The arguments.
    pub arguments: Share,
    /// Whether the shape is right; `None` where the label has none.
    pub shape: Option<bool>,
    /// What is not as it should be.
    pub differences: Vec<Difference>,
}

impl Score {
    /// Whether everything is as it should be.
    pub fn is_exact(&self) -> bool {
        self.outcome
            && self.tools.is_clean()
            && self.edges.is_none_or(Hits::is_clean)
            && self.arguments.is_whole()
            && self.shape != Some(false)
    }
}

/// Compares what was made of a query with its label.
pub fn score(labelled: &Labelled, made: &Made) -> Score {
    let graph = made.graph();
    let reading = Reading::best(labelled, made, &graph);
    Score {
        outcome: made.ending() == Some(labelled.outcome),
        tools: reading.tools(),
        edges: reading.edge_hits(),
        arguments: reading.arguments(),
        shape: reading.shape(),
        differences: Difference::all(&reading),
    }
}
