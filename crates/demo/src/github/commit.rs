//! A commit as it is stored and listed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One commit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Commit {
    /// Abbreviated hash.
    pub(super) sha: String,
    /// Login of the author.
    pub(super) author: String,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    pub(super) date: String,
    /// First line of the message.
    pub(super) message: String,
    /// Branch it was made on.
    pub(super) branch: String,
    /// Number of the pull request it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pull_request: Option<u64>,
    /// Paths of the changed files.
    pub(super) files: Vec<String>,
}
