//! `list_issues`: filters in, issues without their comments out.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    issue::{Issue, IssueState},
    repository::{Repository, url},
};
use crate::server::{Effect, Fault, Tool};

pub(super) struct ListIssues;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Only issues in this state.
    #[serde(default)]
    state: Filter,
    /// Only issues with this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Filter {
    Open,
    Closed,
    #[default]
    All,
}

impl Filter {
    fn admits(self, state: IssueState) -> bool {
        match self {
            Self::All => true,
            Self::Open => state == IssueState::Open,
            Self::Closed => state == IssueState::Closed,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The issues, newest first.
    issues: Vec<Summary>,
    /// How many there are.
    total_count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
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
    /// Where people read it.
    url: String,
}

impl Tool<Repository> for ListIssues {
    const NAME: &'static str = "list_issues";
    const TITLE: &'static str = "List issues";
    const DESCRIPTION: &'static str = "List issues, newest first, optionally only open or closed \
        ones or those with a label. Pull requests are not included.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(repository: &Repository, input: Input) -> Result<Output, Fault> {
        let all = repository.issues.read()?;
        let labelled = |issue: &Issue| {
            let has = |label: &String| issue.labels.iter().any(|l| l.eq_ignore_ascii_case(label));
            input.label.as_ref().is_none_or(has)
        };
        if let Some(label) = input.label.as_ref().filter(|_| !all.iter().any(labelled)) {
            return Err(no_label(label, &all));
        }
        let mut issues: Vec<Summary> =
            all.into_iter().filter(|issue| input.state.admits(issue.state) && labelled(issue)).map(summarise).collect();
        issues.sort_by_key(|issue| Reverse(issue.number));
        Ok(Output { total_count: issues.len(), issues })
    }
}

fn summarise(issue: Issue) -> Summary {
    Summary {
        url: url("issues", issue.number),
        number: issue.number,
        title: issue.title,
        state: issue.state,
        author: issue.author,
        created_at: issue.created_at,
        closed_at: issue.closed_at,
        labels: issue.labels,
    }
}

fn no_label(label: &str, all: &[Issue]) -> Fault {
    let mut known: Vec<&str> = all.iter().flat_map(|i| &i.labels).map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    Fault::new(format!("no issue has the label \"{label}\"; the labels are {}", known.join(", ")))
}
