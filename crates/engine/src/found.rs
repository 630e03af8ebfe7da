//! A tool that was looked for, and why it was found.

use catalog::{Effect, ToolRef};
use route::{Candidate, Match};
use serde::Serialize;

/// A tool with its score and the reasons for it.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The tool, as `server.tool`.
    pub tool: ToolRef,
    /// The name under which it is offered downstream.
    pub public_name: String,
    /// What it does, in one sentence.
    pub purpose: String,
    /// What calling it does to the world.
    pub effect: Effect,
    /// Comparable within one answer only.
    pub score: f32,
    /// How much of the words it has to do with, 0 to 1.
    pub coverage: f32,
    /// The words that were found, and where.
    pub matched: Vec<Match>,
    /// The part of the words that it serves best, where they have several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<String>,
}

impl From<&Candidate> for Found {
    fn from(candidate: &Candidate) -> Self {
        let tool = &candidate.tool;
        Self {
            tool: tool.reference.clone(),
            public_name: tool.public_name.clone(),
            purpose: tool.purpose().to_owned(),
            effect: tool.effect,
            score: candidate.score,
            coverage: candidate.coverage,
            matched: candidate.matched.clone(),
            serves: None,
        }
    }
}
