//! A pull request as it is stored, and its one-line summary.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{issue::Comment, repository::url};

/// A pull request with all that was said about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PullRequest {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) state: PullState,
    pub(super) author: String,
    pub(super) branch: String,
    pub(super) created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) merged_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) merged_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) closed_at: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) requested_reviewers: Vec<String>,
    pub(super) body: String,
    pub(super) reviews: Vec<Review>,
    pub(super) comments: Vec<Comment>,
}

/// Where a pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PullState {
    Open,
    Closed,
    Merged,
}

/// One review.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct Review {
    /// Who reviewed.
    pub(super) reviewer: String,
    /// The verdict.
    pub(super) state: Verdict,
    /// When the review was submitted.
    #[schemars(extend("format" = "date-time"))]
    pub(super) submitted_at: String,
    /// What the reviewer wrote; may be empty.
    pub(super) body: String,
}

/// The verdict of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Approved,
    ChangesRequested,
    Commented,
}

/// A pull request in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PullSummary {
    /// Number of the pull request.
    number: u64,
    /// Title.
    title: String,
    /// Where it stands.
    state: PullState,
    /// Login of the author.
    author: String,
    /// When it was opened.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    merged_at: Option<String>,
    /// Labels.
    labels: Vec<String>,
    /// Paths of the changed files.
    files: Vec<String>,
    /// Where people read it.
    url: String,
}

impl PullSummary {
    pub(super) fn new(pull: PullRequest, files: Vec<String>) -> Self {
        Self {
            number: pull.number,
            title: pull.title,
            state: pull.state,
            author: pull.author,
            created_at: pull.created_at,
            merged_at: pull.merged_at,
            labels: pull.labels,
            files,
            url: url("pull", pull.number),
        }
    }
}
