//! `get_pull_request_diff`: a number in, the change itself out.

use schemars::JsonSchema;
use serde::Serialize;

use super::{diff::FileChange, get_pull_request::ByNumber, repository::Repository};
use crate::server::{Effect, Fault, Tool};

pub(super) struct GetPullRequestDiff;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the pull request.
    number: u64,
    /// Title of the pull request.
    title: String,
    /// Lines added in all files.
    additions: usize,
    /// Lines removed in all files.
    deletions: usize,
    /// The change of each file.
    files: Vec<FileChange>,
}

impl Tool<Repository> for GetPullRequestDiff {
    const NAME: &'static str = "get_pull_request_diff";
    const TITLE: &'static str = "Get the diff of a pull request";
    const DESCRIPTION: &'static str =
        "Get the code changes of one pull request as a unified diff for each changed file.";
    const EFFECT: Effect = Effect::Read;
    type Input = ByNumber;
    type Output = Output;

    fn call(repository: &Repository, input: ByNumber) -> Result<Output, Fault> {
        let pull = repository.pull_request(input.number)?;
        let files = repository.changes(input.number)?;
        Ok(Output {
            number: pull.number,
            title: pull.title,
            additions: files.iter().map(|file| file.additions).sum(),
            deletions: files.iter().map(|file| file.deletions).sum(),
            files,
        })
    }
}
