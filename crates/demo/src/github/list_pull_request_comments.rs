//! `list_pull_request_comments`: a number in, what was said out.

use schemars::JsonSchema;
use serde::Serialize;

use super::{get_pull_request::ByNumber, issue::Comment, repository::Repository};
use crate::server::{Effect, Fault, Tool};

pub(super) struct ListPullRequestComments;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the pull request.
    number: u64,
    /// The comments, oldest first.
    comments: Vec<Comment>,
}

impl Tool<Repository> for ListPullRequestComments {
    const NAME: &'static str = "list_pull_request_comments";
    const TITLE: &'static str = "List the comments of a pull request";
    const DESCRIPTION: &'static str = "List the comments on one pull request, oldest first: those \
        on lines of the change, with path and line, and those of the conversation.";
    const EFFECT: Effect = Effect::Read;
    type Input = ByNumber;
    type Output = Output;

    fn call(repository: &Repository, input: ByNumber) -> Result<Output, Fault> {
        let pull = repository.pull_request(input.number)?;
        Ok(Output { number: pull.number, comments: pull.comments })
    }
}
