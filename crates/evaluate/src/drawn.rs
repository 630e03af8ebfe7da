//! The shape that a plan has.

use crate::Shape;
use crate::graph::{Does, Node};

/// The shape that a plan has. Steps in a row are told from a question within
/// a question only by how the query is worded, so a chain is both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// Some step has a condition.
    Guarded,
    /// Some call is made once per item.
    Each,
    /// Some step is a query of its own.
    Asking,
    /// Some call needs another.
    Chain,
    /// Several calls, none needing another.
    Parallel,
    /// One call.
    Single,
}

impl Drawn {
    /// The shape of a plan's steps, those left out that count neither for nor
    /// against. `chained` says whether any edge counts.
    pub(crate) fn of<'a>(nodes: impl Iterator<Item = &'a Node> + Clone, chained: bool) -> Self {
        let calls = || nodes.clone().filter_map(Node::call);
        if nodes.clone().any(|node| node.guarded) {
            Self::Guarded
        } else if calls().any(|call| call.per_item) {
            Self::Each
        } else if nodes.clone().any(|node| matches!(node.does, Does::Asks)) {
            Self::Asking
        } else if chained {
            Self::Chain
        } else if calls().count() > 1 {
            Self::Parallel
        } else {
            Self::Single
        }
    }

    /// Whether it is the shape that a label asks for.
    pub(crate) fn is(self, shape: Shape) -> bool {
        match self {
            Self::Guarded => shape == Shape::Guarded,
            Self::Each => shape == Shape::Each,
            Self::Asking => shape == Shape::Nested,
            Self::Chain => matches!(shape, Shape::Sequential | Shape::Nested),
            Self::Parallel => shape == Shape::Parallel,
            Self::Single => shape == Shape::Single,
        }
    }

    /// In a word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::Each => "each",
            Self::Asking => "nested (a query of its own)",
            Self::Chain => "a chain",
            Self::Parallel => "parallel",
            Self::Single => "single",
        }
    }
}
