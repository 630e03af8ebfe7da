//! A plan as it was proposed: names and paths are still text, and nothing is
//! checked. Both written forms are read into it, and planners in Rust build
//! it directly.

mod friendly;
mod measure;
mod parse;
mod place;
mod reader;
mod wire;

use serde_json::Value;

use crate::AnswerStyle;

pub(crate) use place::{Field, Places};

/// What a planner came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposal {
    /// A plan, to be checked.
    Plan(PlanDraft),
    /// The query can be read in several ways; this asks which one is meant.
    Clarify {
        /// The question, in words.
        question: String,
    },
    /// No tool serves the query.
    OutOfScope {
        /// Why, in words.
        reason: String,
    },
}

/// A proposed plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanDraft {
    /// The steps; each reads only from earlier ones.
    pub steps: Vec<DraftStep>,
    /// What the answer is made of.
    pub answer: DraftAnswer,
    /// The form it was read from, which decides what a fault's pointer
    /// points into.
    pub form: Form,
}

/// The written forms of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Flat, every field present: what models write.
    Wire,
    /// Arguments as an object: what people and programs write.
    #[default]
    Friendly,
}

/// What the answer is to be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftAnswer {
    /// How it is told.
    pub style: AnswerStyle,
    /// The steps whose results it tells; `None` for every step that no other
    /// one reads from.
    pub uses: Option<Vec<String>>,
}

/// What a proposed step is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DraftOp {
    /// One call, or one computation when the tool is an operator (`orc.…`).
    #[default]
    Call,
    /// One call for each item of `over`.
    Each,
    /// A nested query; its text is the argument `query`.
    Sub,
}

/// A proposed step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DraftStep {
    /// Its name: a letter, then letters, digits, `-` and `_`.
    pub id: String,
    /// What it does.
    pub op: DraftOp,
    /// The tool: `server.tool`, a public name, or `orc.…`; empty for a `sub`.
    pub tool: String,
    /// Why it is there, in words.
    pub purpose: String,
    /// The array an `each` goes over.
    pub over: Option<DraftRef>,
    /// The most items an `each` takes; `None` for the most there may be.
    pub limit: Option<u64>,
    /// The condition under which it runs.
    pub when: Option<DraftGuard>,
    /// Steps whose side effects come first.
    pub after: Vec<String>,
    /// Its arguments, by name.
    pub args: Vec<(String, DraftBinding)>,
    /// What a `sub` may use: tools and whole servers; empty for everything.
    pub tools: Vec<String>,
    /// The hash of the tool's definition that the plan was written for.
    pub fingerprint: Option<String>,
}

/// A proposed reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftRef {
    /// The earlier step's name.
    pub step: String,
    /// JSON Pointer into its result, with `*`.
    pub path: String,
}

/// How a proposed argument gets its value.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftBinding {
    /// This value.
    Literal(Value),
    /// A literal in the wire form: JSON, or else plain text. The parameter's
    /// types decide which, once the tool is known.
    Text(String),
    /// From an earlier result.
    Ref(DraftRef),
    /// From the item an `each` is at: JSON Pointer into it.
    Item(String),
    /// A text with holes: `text {{s1:/pointer}} {{item:/pointer}}`.
    Template(String),
}

/// A proposed condition.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftGuard {
    /// What is looked at.
    pub subject: DraftRef,
    /// How: `exists`, `empty`, `eq` …
    pub comparison: String,
    /// Against what; a [`DraftBinding::Literal`] or [`DraftBinding::Text`].
    pub value: Option<DraftBinding>,
}

impl PlanDraft {
    /// A draft of these steps, answered in the default way.
    pub fn of(steps: Vec<DraftStep>) -> Self {
        Self { steps, ..Self::default() }
    }
}

impl DraftStep {
    /// A step that calls a tool once.
    pub fn call(id: impl Into<String>, tool: impl Into<String>) -> Self {
        Self { id: id.into(), tool: tool.into(), ..Self::default() }
    }

    /// A step that calls a tool for each item of an earlier result.
    pub fn each(id: impl Into<String>, tool: impl Into<String>, over: DraftRef) -> Self {
        Self { op: DraftOp::Each, over: Some(over), ..Self::call(id, tool) }
    }

    /// A step that asks a nested query of these tools and servers.
    pub fn sub(id: impl Into<String>, query: DraftBinding, tools: Vec<String>) -> Self {
        let args = vec![(Self::QUERY.to_owned(), query)];
        Self { id: id.into(), op: DraftOp::Sub, tools, args, ..Self::default() }
    }

    /// The argument that holds a nested query's text.
    pub const QUERY: &str = "query";

    /// The same step with one more argument.
    #[must_use]
    pub fn with_arg(mut self, name: impl Into<String>, binding: DraftBinding) -> Self {
        self.args.push((name.into(), binding));
        self
    }

    /// The same step with its purpose in words.
    #[must_use]
    pub fn with_purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = purpose.into();
        self
    }
}

impl DraftRef {
    /// A reference to a place in an earlier step's result.
    pub fn new(step: impl Into<String>, path: impl Into<String>) -> Self {
        Self { step: step.into(), path: path.into() }
    }

    /// Reads `step#/pointer`, or `step` for the whole result.
    pub(crate) fn parse(text: &str) -> Self {
        let (step, path) = text.split_once('#').unwrap_or((text, ""));
        Self::new(step, path)
    }
}

impl DraftBinding {
    /// A reference to a place in an earlier step's result.
    pub fn reference(step: impl Into<String>, path: impl Into<String>) -> Self {
        Self::Ref(DraftRef::new(step, path))
    }
}
