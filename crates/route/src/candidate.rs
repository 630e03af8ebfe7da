//! What routing yields.

use std::sync::Arc;

use catalog::Tool;
use serde::Serialize;

/// The part of a tool's description in which a word was found, weightiest
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The tool's name.
    Name,
    /// The tool's title.
    Title,
    /// An example query of the operator's.
    Example,
    /// The server's name or tags.
    Server,
    /// The tool's description.
    Description,
    /// A parameter's name.
    Parameter,
    /// A parameter's description or choices.
    ParameterText,
    /// The server's description.
    ServerText,
}

/// A word of the query that a tool has something to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The word as the user wrote it; a search puts slips right.
    pub word: String,
    /// The weightiest place it was found in.
    pub field: Field,
}

/// A tool that may serve a text, and why.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The tool.
    pub tool: Arc<Tool>,
    /// BM25F score; comparable within one ranking only.
    pub score: f32,
    /// How much of what the text asks for the tool's description covers, 0
    /// to 1. Not a probability: this router is uncalibrated.
    pub coverage: f32,
    /// The words that were found.
    pub matched: Vec<Match>,
}

/// Where a text leads.
#[derive(Clone, Debug)]
pub enum Route {
    /// These tools, best first.
    Candidates(Vec<Candidate>),
    /// Several would do alike, and the text does not say which.
    Ambiguous {
        /// One per server, best first.
        options: Vec<Candidate>,
    },
    /// Nothing here can do that.
    OutOfScope {
        /// What comes nearest, best first; may be empty.
        nearest: Vec<Candidate>,
    },
}
