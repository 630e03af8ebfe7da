//! `merge_pull_request`: a number in, the pull request merged for good.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    pull_request::{PullRequest, PullState},
    repository::{ACTOR, Repository, url},
};
use crate::{
    clock,
    server::{Effect, Fault, Tool},
};

pub(super) struct MergePullRequest;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Number of the pull request.
    #[schemars(range(min = 1))]
    number: u64,
    /// How its commits land on the main branch.
    #[serde(default)]
    method: Method,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Method {
    #[default]
    Merge,
    Squash,
    Rebase,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the pull request.
    number: u64,
    /// Title of the pull request.
    title: String,
    /// Always true; a pull request that cannot be merged is an error.
    merged: bool,
    /// How its commits landed.
    method: Method,
    /// When it was merged.
    #[schemars(extend("format" = "date-time"))]
    merged_at: String,
    /// Where people read it.
    url: String,
}

impl Tool<Repository> for MergePullRequest {
    const NAME: &'static str = "merge_pull_request";
    const TITLE: &'static str = "Merge a pull request";
    const DESCRIPTION: &'static str = "Merge an open pull request into the main branch. This cannot be undone.";
    const EFFECT: Effect = Effect::Destructive { idempotent: false };
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        let Input { number, method } = input;
        repository.pull_requests.update(|pulls| match pulls.iter_mut().find(|pull| pull.number == number) {
            Some(pull) => merge(pull, method),
            None => Err(repository.no_pull_request(number, pulls)),
        })
    }
}

fn merge(pull: &mut PullRequest, method: Method) -> Result<Output, Fault> {
    let number = pull.number;
    match pull.state {
        PullState::Open => {}
        PullState::Merged => {
            let when = pull.merged_at.as_deref().unwrap_or("an earlier day");
            return Err(Fault::new(format!("pull request #{number} was already merged on {when}")));
        }
        PullState::Closed => {
            let message = format!("pull request #{number} is closed; only open ones can be merged");
            return Err(Fault::new(message));
        }
    }
    let merged_at = clock::now();
    pull.state = PullState::Merged;
    pull.merged_at = Some(merged_at.clone());
    pull.merged_by = Some(ACTOR.to_owned());
    let (title, url) = (pull.title.clone(), url("pull", number));
    Ok(Output { number, title, merged: true, method, merged_at, url })
}
