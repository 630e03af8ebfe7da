//! `add_issue_comment`: a number and a text in, one comment more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    issue::Comment,
    repository::{ACTOR, Repository, url},
};
use crate::{
    clock,
    server::{Effect, Fault, Tool},
};

pub(super) struct AddIssueComment;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Number of the issue or pull request.
    #[schemars(range(min = 1))]
    number: u64,
    /// Text of the comment, in Markdown.
    #[schemars(length(min = 1))]
    body: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Number of the issue or pull request.
    number: u64,
    /// The comment as it was added.
    comment: Comment,
    /// Where people read it.
    url: String,
}

impl Tool<Repository> for AddIssueComment {
    const NAME: &'static str = "add_issue_comment";
    const TITLE: &'static str = "Comment on an issue or pull request";
    const DESCRIPTION: &'static str =
        "Add a comment to the conversation of an issue or pull request. Everybody can read it.";
    const EFFECT: Effect = Effect::Additive;
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        let Input { number, body } = input;
        if body.trim().is_empty() {
            return Err(Fault::new("the comment is empty; give it a text"));
        }
        let comment = Comment { author: ACTOR.to_owned(), created_at: clock::now(), body, path: None, line: None };
        let issues = repository.issues.read()?;
        let kind = if issues.iter().any(|issue| issue.number == number) {
            comment_on_issue(repository, number, &comment)?;
            "issues"
        } else {
            comment_on_pull_request(repository, number, &comment)?;
            "pull"
        };
        Ok(Output { number, comment, url: url(kind, number) })
    }
}

fn comment_on_issue(repository: &Repository, number: u64, comment: &Comment) -> Result<(), Fault> {
    repository.issues.update(|issues| {
        let issue = issues.iter_mut().find(|issue| issue.number == number);
        issue.into_iter().for_each(|issue| issue.comments.push(comment.clone()));
        Ok(())
    })
}

fn comment_on_pull_request(repository: &Repository, number: u64, comment: &Comment) -> Result<(), Fault> {
    repository.pull_requests.update(|pulls| {
        match pulls.iter_mut().find(|pull| pull.number == number) {
            Some(pull) => pull.comments.push(comment.clone()),
            None => return Err(repository.no_pull_request(number, pulls)),
        }
        Ok(())
    })
}
