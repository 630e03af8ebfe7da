//! An issue as it is stored, and the comments that issues and pull requests
//! both have.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An issue with its comments.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) state: IssueState,
    pub(super) author: String,
    pub(super) created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closed_at: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) body: String,
    pub(super) comments: Vec<Comment>,
}

/// Where an issue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IssueState {
    Open,
    Closed,
}

/// A remark on an issue, a pull request, or a line of its change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct Comment {
    /// Login of the author.
    pub(super) author: String,
    /// When it was written.
    #[schemars(extend("format" = "date-time"))]
    pub(super) created_at: String,
    /// The text.
    pub(super) body: String,
    /// The changed file it stands at, for comments on the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    /// The line it stands at, for comments on the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
}
