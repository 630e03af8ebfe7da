//! `search`: words in, issues and pull requests out, best first.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    issue::{Comment, Issue, IssueState},
    pull_request::{PullRequest, PullState},
    repository::{Repository, url},
};
use crate::{
    server::{Effect, Fault, Tool},
    words::{Words, rank},
};

pub(super) struct Search;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Words to look for in titles, descriptions, comments and labels, or a number such as #118.
    #[schemars(length(min = 1))]
    query: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Issues and pull requests, best match first.
    items: Vec<Item>,
    /// How many there are.
    total_count: usize,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Item {
    /// What it is.
    kind: Kind,
    /// Number of the issue or pull request.
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
    /// Labels.
    labels: Vec<String>,
    /// Where people read it.
    url: String,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Issue,
    PullRequest,
}

impl Tool<Repository> for Search {
    const NAME: &'static str = "search";
    const TITLE: &'static str = "Search issues and pull requests";
    const DESCRIPTION: &'static str = "Search the repository's issues and pull requests by words \
        in their titles, descriptions, comments and labels.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        let query = Words::of(&input.query);
        if query.is_empty() {
            return Err(Fault::new("the query has no words to search for; name a topic or a number"));
        }
        let mut found: Vec<(Item, Words)> = repository.pull_requests.read()?.into_iter().map(read_pull).collect();
        found.extend(repository.issues.read()?.into_iter().map(read_issue));
        found.sort_by_key(|(item, _)| Reverse(item.number));
        let (all, texts): (Vec<Item>, Vec<Words>) = found.into_iter().unzip();
        let items: Vec<Item> = rank(&query, &texts).into_iter().map(|at| all[at].clone()).collect();
        Ok(Output { total_count: items.len(), items })
    }
}

fn read_pull(pull: PullRequest) -> (Item, Words) {
    let reviews = pull.reviews.iter().map(|review| review.body.as_str());
    let parts = [pull.title.as_str(), pull.title.as_str(), pull.body.as_str()];
    let text = text(pull.number, parts, &pull.labels, &pull.comments, reviews);
    let item = Item {
        kind: Kind::PullRequest,
        url: url("pull", pull.number),
        number: pull.number,
        title: pull.title,
        state: pull.state,
        author: pull.author,
        created_at: pull.created_at,
        labels: pull.labels,
    };
    (item, Words::of(&text))
}

fn read_issue(issue: Issue) -> (Item, Words) {
    let parts = [issue.title.as_str(), issue.title.as_str(), issue.body.as_str()];
    let text = text(issue.number, parts, &issue.labels, &issue.comments, std::iter::empty());
    let item = Item {
        kind: Kind::Issue,
        url: url("issues", issue.number),
        number: issue.number,
        title: issue.title,
        state: match issue.state {
            IssueState::Open => PullState::Open,
            IssueState::Closed => PullState::Closed,
        },
        author: issue.author,
        created_at: issue.created_at,
        labels: issue.labels,
    };
    (item, Words::of(&text))
}

/// All that is searched. The title comes twice: it says most in few words.
fn text<'a>(
    number: u64,
    parts: [&'a str; 3],
    labels: &'a [String],
    comments: &'a [Comment],
    reviews: impl Iterator<Item = &'a str>,
) -> String {
    let comments = comments.iter().map(|comment| comment.body.as_str());
    let labels = labels.iter().map(String::as_str);
    let pieces: Vec<&str> = parts.into_iter().chain(labels).chain(comments).chain(reviews).collect();
    format!("#{number} #{number} #{number}\n{}", pieces.join("\n"))
}
