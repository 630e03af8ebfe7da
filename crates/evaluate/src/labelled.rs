//! A query with what should become of it.

use std::collections::BTreeSet;

use catalog::ToolRef;

use crate::literal::Wanted;
use crate::{Category, Ending, Shape, Style};

/// A query with what should become of it. Only [`crate::read`] makes one, so
/// every place in it exists.
#[derive(Clone, Debug)]
pub struct Labelled {
    pub(crate) id: String,
    pub(crate) category: Category,
    pub(crate) style: Style,
    pub(crate) query: String,
    pub(crate) outcome: Ending,
    /// The calls that are needed, or the options that must be offered.
    pub(crate) entries: Vec<Entry>,
    /// The shapes that are right; none where no plan is made.
    pub(crate) shapes: Vec<Shape>,
    /// `(from, to)`, places in `entries`.
    pub(crate) edges: Vec<(usize, usize)>,
    /// The arguments that have to be asked for.
    pub(crate) missing: BTreeSet<String>,
    /// Tools that count neither for nor against.
    pub(crate) optional: Vec<ToolRef>,
    pub(crate) needs_model: bool,
}

/// A call that is needed.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The tools that would do equally well.
    pub(crate) tools: Vec<ToolRef>,
    /// The literals that it has, by argument name.
    pub(crate) literals: Vec<(String, Wanted)>,
}

impl Labelled {
    /// Its name, unique within its file.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What kind of query it is.
    pub fn category(&self) -> Category {
        self.category
    }

    /// How it is worded.
    pub fn style(&self) -> Style {
        self.style
    }

    /// What is asked, word for word.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// What should become of it.
    pub fn outcome(&self) -> Ending {
        self.outcome
    }

    /// Whether it cannot be planned without a language model.
    pub fn needs_model(&self) -> bool {
        self.needs_model
    }
}
