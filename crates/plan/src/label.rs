//! Where a value came from, and how far it may be believed.

use std::collections::BTreeSet;

use catalog::Readers;

use crate::{Origin, StepIndex};

/// How far a value may be believed; mixing keeps the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Integrity {
    /// The principal's own words, or the operator's configuration.
    #[default]
    Trusted,
    /// Something an upstream said.
    Untrusted,
}

/// A value's origin. Labels are joined when values mix.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Label {
    /// How far it may be believed.
    pub integrity: Integrity,
    /// The steps whose outputs went into it.
    pub provenance: BTreeSet<StepIndex>,
    /// Which servers may be told it.
    pub readers: Readers,
}

impl Label {
    /// What the principal or the operator said.
    pub fn trusted() -> Self {
        Self::default()
    }

    /// What others had a hand in, no step among them.
    pub fn untrusted() -> Self {
        Self { integrity: Integrity::Untrusted, ..Self::default() }
    }

    /// What an upstream said in answer to a step, for these servers to know.
    pub fn output_of(step: StepIndex, readers: Readers) -> Self {
        Self { integrity: Integrity::Untrusted, provenance: BTreeSet::from([step]), readers }
    }

    /// What is known by whoever these servers are, and is believed.
    pub(crate) fn known_to(readers: Readers) -> Self {
        Self { readers, ..Self::default() }
    }

    /// The label of a value made from both.
    #[must_use]
    pub fn join(mut self, other: &Self) -> Self {
        self.integrity = self.integrity.max(other.integrity);
        self.provenance.extend(&other.provenance);
        self.readers = self.readers.join(&other.readers);
        self
    }
}

impl Origin {
    /// The label of what is done on this word.
    pub(crate) fn label(self) -> Label {
        match self {
            Self::Principal => Label::trusted(),
            Self::Model => Label::untrusted(),
        }
    }
}
