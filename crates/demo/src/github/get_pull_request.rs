//! `get_pull_request`: a number in, the pull request without its diff out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    diff::{FileChange, Status},
    pull_request::{PullRequest, PullState},
    repository::{Repository, url},
};
use crate::server::{Effect, Fault, Tool};

pub(super) struct GetPullRequest;

/// The arguments of every tool that reads one pull request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ByNumber {
    /// Number of the pull request.
    #[schemars(range(min = 1))]
    pub(super) number: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the pull request.
    number: u64,
    /// Title.
    title: String,
    /// Where it stands.
    state: PullState,
    /// Login of the author.
    author: String,
    /// Branch that is to be merged.
    branch: String,
    /// When it was opened.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    merged_at: Option<String>,
    /// Who merged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_by: Option<String>,
    /// When it was closed without merging.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    closed_at: Option<String>,
    /// Labels.
    labels: Vec<String>,
    /// Logins of those who were asked for a review.
    requested_reviewers: Vec<String>,
    /// The description, in Markdown.
    body: String,
    /// Lines added in all files.
    additions: usize,
    /// Lines removed in all files.
    deletions: usize,
    /// The changed files.
    files: Vec<File>,
    /// How many comments there are.
    comment_count: usize,
    /// How many reviews there are.
    review_count: usize,
    /// Where people read it.
    url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct File {
    /// Path of the file.
    path: String,
    /// What happens to it.
    status: Status,
    /// Lines added.
    additions: usize,
    /// Lines removed.
    deletions: usize,
}

impl Tool<Repository> for GetPullRequest {
    const NAME: &'static str = "get_pull_request";
    const TITLE: &'static str = "Get a pull request";
    const DESCRIPTION: &'static str = "Get one pull request: title, description, state, author, \
        labels, requested reviewers and the changed files with their numbers of added and removed \
        lines.";
    const EFFECT: Effect = Effect::Read;
    type Input = ByNumber;
    type Output = Output;

    fn call(repository: &Repository, input: ByNumber) -> Result<Output, Fault> {
        let pull = repository.pull_request(input.number)?;
        let changes = repository.changes(input.number)?;
        Ok(describe(pull, changes))
    }
}

fn describe(pull: PullRequest, changes: Vec<FileChange>) -> Output {
    Output {
        number: pull.number,
        title: pull.title,
        state: pull.state,
        author: pull.author,
        branch: pull.branch,
        created_at: pull.created_at,
        merged_at: pull.merged_at,
        merged_by: pull.merged_by,
        closed_at: pull.closed_at,
        labels: pull.labels,
        requested_reviewers: pull.requested_reviewers,
        body: pull.body,
        additions: changes.iter().map(|file| file.additions).sum(),
        deletions: changes.iter().map(|file| file.deletions).sum(),
        files: changes.into_iter().map(File::from).collect(),
        comment_count: pull.comments.len(),
        review_count: pull.reviews.len(),
        url: url("pull", pull.number),
    }
}

impl From<FileChange> for File {
    fn from(change: FileChange) -> Self {
        let FileChange { path, status, additions, deletions, .. } = change;
        Self { path, status, additions, deletions }
    }
}
