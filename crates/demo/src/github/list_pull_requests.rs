//! `list_pull_requests`: filters in, summaries out.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    pull_request::{PullState, PullSummary},
    repository::{Repository, touches},
};
use crate::server::{Effect, Fault, Tool};

pub(super) struct ListPullRequests;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Only pull requests in this state.
    #[serde(default)]
    state: Filter,
    /// Only pull requests opened by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// Only pull requests that change this file or directory. A file name without directories
    /// matches in every directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Filter {
    Open,
    Closed,
    Merged,
    #[default]
    All,
}

impl Filter {
    fn admits(self, state: PullState) -> bool {
        match self {
            Self::All => true,
            Self::Open => state == PullState::Open,
            Self::Closed => state == PullState::Closed,
            Self::Merged => state == PullState::Merged,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The pull requests, newest first.
    pull_requests: Vec<PullSummary>,
    /// How many there are.
    total_count: usize,
}

impl Tool<Repository> for ListPullRequests {
    const NAME: &'static str = "list_pull_requests";
    const TITLE: &'static str = "List pull requests";
    const DESCRIPTION: &'static str = "List pull requests, newest first, optionally only those in \
        one state, by one author, or that touch a file. Closed means closed without merging.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        let mut pulls = repository.pull_requests.read()?;
        pulls.retain(|pull| {
            let written_by = |login: &String| pull.author.eq_ignore_ascii_case(login);
            input.state.admits(pull.state) && input.author.as_ref().is_none_or(written_by)
        });
        pulls.sort_by_key(|pull| Reverse(pull.number));
        let mut pull_requests = Vec::new();
        for pull in pulls {
            let changes = repository.changes(pull.number)?;
            let files: Vec<String> = changes.into_iter().map(|file| file.path).collect();
            if input.path.as_ref().is_none_or(|path| files.iter().any(|file| touches(file, path))) {
                pull_requests.push(PullSummary::new(pull, files));
            }
        }
        Ok(Output { total_count: pull_requests.len(), pull_requests })
    }
}
