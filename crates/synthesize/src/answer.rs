//! The answer as a value: statements, their sources, and what is missing.

use plan::StepId;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// What a statement rests on: one step's result, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Citation {
    /// The step whose result it is.
    pub step: StepId,
    /// The server that gave the result; `orc` for what was computed here from
    /// literals alone, and for nested queries.
    pub server: String,
    /// The tool that was called, as its server names it.
    pub tool: String,
    /// JSON Pointer into the step's normalised result; absent for the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Whether the result came out of the cache.
    pub cached: bool,
    /// How old the result was when the answer was made, in milliseconds.
    pub age_ms: u64,
}

/// What kind of line a statement is, so that a terminal can colour it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Form {
    /// The title of a section: what the plan says the step is for, or the
    /// tool's name, and the server.
    Heading,
    /// What a record, or a part of a text, is called: a pull request's number
    /// and title.
    Title,
    /// A line or a paragraph.
    Line,
    /// An item of a list; `depth` 0 is the outermost list.
    Item {
        /// How deep in nested lists.
        depth: u8,
    },
    /// Lines quoted as they are, divided by `\n`; `depth` as for an item.
    Quote {
        /// How deep in nested lists.
        depth: u8,
    },
    /// An aligned table, divided by `\n`: head, rule, then one line per row.
    Table,
    /// Something that the answer lacks.
    Gap,
}

/// One statement of an answer. Text taken from an upstream is already free of
/// control characters, with invisible ones shown as `<U+200B>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What kind of line it is.
    #[serde(flatten)]
    pub form: Form,
    /// The words, without citation markers and without markdown.
    pub text: String,
    /// What it rests on; never empty, except for a [`Form::Gap`] that no step
    /// was to fill. Any other names the step that yielded nothing.
    pub citations: Vec<Citation>,
    /// Numbers in the text that were counted here, in order of appearance.
    /// Every other number stands in a cited result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<u64>,
}

/// Whether the answer has everything that its plan set out to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has.
    Complete,
    /// Something is missing, and the answer says what.
    Partial,
}

/// One thing that the answer lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The step that did not bring it; absent for a part of the query that no
    /// step serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// The server that was asked, if one was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The tool that was to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// How the step ended: [`plan::Observation::status`], or `unfinished`
    /// when it had not ended, `partial` when some of its calls failed,
    /// `left_out` when its limit left items out, or `unserved` when nothing
    /// here can do it.
    pub status: &'static str,
    /// Why, as a sentence for people that names the tool.
    pub why: String,
}

/// One answer and where every part of it comes from.
///
/// Serialises as the middle of an `answered` outcome:
/// `{"status", "answer": {"text", "citations"}, "missing"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The statements as light markdown: every line of substance ends with
    /// the markers of its sources (`[s1]`), which are listed at the end.
    pub text: String,
    /// What `text` was rendered from, in order.
    pub statements: Vec<Statement>,
    /// Every cited result once, in plan order. Its pointer is the part of the
    /// result that all its statements lie in; absent where that is the whole.
    pub citations: Vec<Citation>,
    /// Whether anything is missing.
    pub status: Status,
    /// What is missing, in plan order. A used step whose guard did not hold
    /// is listed too, although it leaves the answer complete.
    pub missing: Vec<Missing>,
}

/// What came of the observations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Synthesis {
    /// Something can be told; an empty search result is something.
    Answer(Answer),
    /// No step that matters yielded a result.
    Nothing {
        /// What is missing; empty only if the plan ran no step at all.
        missing: Vec<Missing>,
    },
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            text: &'a str,
            citations: &'a [Citation],
        }
        let mut outcome = serializer.serialize_struct("Answer", 3)?;
        outcome.serialize_field("status", &self.status)?;
        outcome.serialize_field("answer", &Told { text: &self.text, citations: &self.citations })?;
        outcome.serialize_field("missing", &self.missing)?;
        outcome.end()
    }
}
