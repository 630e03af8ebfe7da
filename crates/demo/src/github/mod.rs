//! The GitHub server: one repository, `fernhill/gateway`, with its pull
//! requests, reviews, issues and commits.
//!
//! Comments and merges are kept in the workspace's JSON files, so that they
//! are still there after a restart.

mod add_issue_comment;
mod commit;
mod diff;
mod get_issue;
mod get_pull_request;
mod get_pull_request_diff;
mod issue;
mod list_commits;
mod list_issues;
mod list_pull_request_comments;
mod list_pull_requests;
mod list_reviews;
mod merge_pull_request;
mod pull_request;
mod repository;
mod search;

use crate::{
    Workspace,
    server::{Profile, Server, ToolList},
};
use repository::Repository;

pub(crate) const PROFILE: Profile = Profile {
    name: "github",
    title: "GitHub: fernhill/gateway",
    description: "Pull requests, code reviews, issues and commits of the GitHub repository \
        fernhill/gateway.",
    instructions: "Gives access to the repository fernhill/gateway. Pull requests and issues share \
        one sequence of numbers; use search when you do not know a number. get_pull_request gives \
        the description and the changed files, get_pull_request_diff the change itself, \
        list_reviews who reviewed it, list_pull_request_comments what was said. Merging cannot be \
        undone.",
};

pub(crate) fn server(workspace: &Workspace) -> Server<Repository> {
    let tools = ToolList::new()
        .with::<list_pull_requests::ListPullRequests>()
        .with::<get_pull_request::GetPullRequest>()
        .with::<get_pull_request_diff::GetPullRequestDiff>()
        .with::<list_pull_request_comments::ListPullRequestComments>()
        .with::<list_reviews::ListReviews>()
        .with::<list_issues::ListIssues>()
        .with::<get_issue::GetIssue>()
        .with::<list_commits::ListCommits>()
        .with::<search::Search>()
        .with::<add_issue_comment::AddIssueComment>()
        .with::<merge_pull_request::MergePullRequest>();
    Server::new(&PROFILE, Repository::at(&workspace.github()), tools)
}
