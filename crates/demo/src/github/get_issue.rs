//! `get_issue`: a number in, the issue with its comments out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    issue::{Comment, IssueState},
    repository::{Repository, url},
};
use crate::server::{Effect, Fault, Tool};

pub(super) struct GetIssue;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Number of the issue.
    #[schemars(range(min = 1))]
    number: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the issue.
    number: u64,
    /// Title.
    title: String,
    /// Where it stands.
    state: IssueState,
    /// Login of the author.
    author: String,
    /// When it was opened.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    closed_at: Option<String>,
    /// Labels.
    labels: Vec<String>,
    /// The description, in Markdown.
    body: String,
    /// The comments, oldest first.
    comments: Vec<Comment>,
    /// Where people read it.
    url: String,
}

impl Tool<Repository> for GetIssue {
    const NAME: &'static str = "get_issue";
    const TITLE: &'static str = "Get an issue";
    const DESCRIPTION: &'static str = "Get one issue with its description, state, labels and all comments.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        let issue = repository.issue(input.number)?;
        Ok(Output {
            url: url("issues", issue.number),
            number: issue.number,
            title: issue.title,
            state: issue.state,
            author: issue.author,
            created_at: issue.created_at,
            closed_at: issue.closed_at,
            labels: issue.labels,
            body: issue.body,
            comments: issue.comments,
        })
    }
}
