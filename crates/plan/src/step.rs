//! A node of the plan.

use std::fmt;
use std::sync::Arc;

use catalog::{Tool, ToolRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Guard, Operator, Path};

/// A step's name within its plan: `s1` … `s12`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(Arc<str>);

impl StepId {
    /// A step's name as the draft gave it.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// Why this text cannot name a step, if it cannot.
    pub fn fault_in(name: &str) -> Option<&'static str> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() {
            Some("it is empty")
        } else if name.chars().count() > crate::MAX_ID_CHARS {
            Some("it is longer than 32 characters")
        } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(fits) {
            Some("it is a letter, then letters, digits, `-` and `_`")
        } else if name == crate::ITEM {
            Some("`item` stands for the item of an `each`")
        } else {
            None
        }
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A step's place in its plan. References only point backwards, so the order
/// of the steps is a topological one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepIndex(pub usize);

/// A reference to an earlier step's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// The earlier step.
    pub step: StepIndex,
    /// Where in its normalised result.
    pub path: Path,
}

/// A part of a templated text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// The text of an earlier result.
    Ref(Ref),
    /// The text of a part of the current item.
    Item(Path),
}

/// How an argument gets its value.
#[derive(Clone, Debug, PartialEq)]
pub enum Binding {
    /// It is known now.
    Literal(Value),
    /// From an earlier step's result.
    Ref(Ref),
    /// From the item an `each` is at.
    Item(Path),
    /// A text put together from pieces.
    Template(Vec<Piece>),
}

/// A call's arguments by name, in the draft's order.
pub type Arguments = Vec<(String, Binding)>;

/// What a step does.
#[derive(Clone, Debug)]
pub enum Op {
    /// Calls one tool once.
    Call {
        /// The tool, pinned with its definition.
        tool: Arc<Tool>,
        /// Its arguments.
        args: Arguments,
    },
    /// Calls one tool for every item of an array that an earlier step yielded.
    Each {
        /// The tool, pinned with its definition.
        tool: Arc<Tool>,
        /// The array.
        over: Ref,
        /// The most items taken; the rest are reported as left out.
        limit: usize,
        /// The arguments of each call.
        args: Arguments,
    },
    /// Computes from earlier results; calls nothing.
    Pure {
        /// What is computed.
        operator: Operator,
        /// From what.
        args: Arguments,
    },
    /// Asks a nested query.
    Sub {
        /// Its text.
        text: Binding,
        /// The tools it may use: a subset of the parent's catalogue.
        tools: Vec<ToolRef>,
    },
}

/// On whose word a step is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The principal's: their own words say it, or they wrote the plan.
    #[default]
    Principal,
    /// A model's. It has read what servers say of their tools, so what it
    /// wants done is believed no more than they are.
    Model,
}

/// A node of the plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// On whose word it is there.
    pub origin: Origin,
    /// Why it is there, in words.
    pub purpose: String,
    /// What it does.
    pub op: Op,
    /// The condition under which it runs.
    pub guard: Option<Guard>,
    /// Steps whose side effects come first although no data flows.
    pub after: Vec<StepIndex>,
}

impl Step {
    /// The tool it calls, if it calls one.
    pub fn tool(&self) -> Option<&Arc<Tool>> {
        match &self.op {
            Op::Call { tool, .. } | Op::Each { tool, .. } => Some(tool),
            Op::Pure { .. } | Op::Sub { .. } => None,
        }
    }

    /// Every earlier result it reads, guards and arrays included.
    pub fn refs(&self) -> Vec<&Ref> {
        let (args, own): (&[(String, Binding)], Option<&Ref>) = match &self.op {
            Op::Call { args, .. } | Op::Pure { args, .. } => (args, None),
            Op::Each { args, over, .. } => (args, Some(over)),
            Op::Sub { text, .. } => {
                return text.refs().into_iter().chain(self.guard.iter().map(|guard| &guard.subject)).collect();
            }
        };
        let of_args = args.iter().flat_map(|(_, binding)| binding.refs());
        of_args.chain(own).chain(self.guard.iter().map(|guard| &guard.subject)).collect()
    }

    /// The earlier steps that must have ended before it may start, each once.
    pub fn dependencies(&self) -> Vec<StepIndex> {
        let mut all: Vec<StepIndex> = self.refs().into_iter().map(|r| r.step).chain(self.after.clone()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Binding {
    /// Every earlier result it reads.
    pub fn refs(&self) -> Vec<&Ref> {
        match self {
            Self::Literal(_) | Self::Item(_) => Vec::new(),
            Self::Ref(reference) => vec![reference],
            Self::Template(pieces) => {
                let refs = pieces.iter().filter_map(|piece| match piece {
                    Piece::Ref(reference) => Some(reference),
                    Piece::Text(_) | Piece::Item(_) => None,
                });
                refs.collect()
            }
        }
    }
}
