//! `list_commits`: filters in, commits out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    commit::Commit,
    repository::{Repository, touches},
};
use crate::{
    clock,
    server::{Effect, Fault, Tool},
};

pub(super) struct ListCommits;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Only commits that change this file or directory. A file name without directories matches in
    /// every directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Only commits by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// Only commits made on or after this day, as YYYY-MM-DD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    since: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The commits, newest first.
    commits: Vec<Commit>,
    /// How many there are.
    total_count: usize,
}

impl Tool<Repository> for ListCommits {
    const NAME: &'static str = "list_commits";
    const TITLE: &'static str = "List commits";
    const DESCRIPTION: &'static str = "List commits, newest first, optionally only those that \
        touch a path, by one author, or since a day. Includes the commits of pull requests that \
        are not merged; the branch tells which.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        if let Some(day) = input.since.as_ref().filter(|day| !clock::is_date(day)) {
            let message = format!("since is \"{day}\"; give a day as YYYY-MM-DD");
            return Err(Fault::new(message));
        }
        let commits: Vec<Commit> = repository.commits()?.into_iter().filter(|commit| admits(&input, commit)).collect();
        Ok(Output { total_count: commits.len(), commits })
    }
}

fn admits(input: &Input, commit: &Commit) -> bool {
    let touched = |path: &String| commit.files.iter().any(|file| touches(file, path));
    input.path.as_ref().is_none_or(touched)
        && input.author.as_ref().is_none_or(|login| commit.author.eq_ignore_ascii_case(login))
        && input.since.as_ref().is_none_or(|day| commit.date.as_str() >= day.as_str())
}
