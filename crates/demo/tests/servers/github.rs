//! The `github` server: pull requests, issues and commits, found, filtered and changed.

use concertmaster_demo::Which;
use serde_json::{Value, json};

use crate::client::{Client, each, modern};

#[tokio::test]
async fn pull_requests_are_filtered() {
    let client = Client::of(Which::Github).await;
    for (arguments, expected) in [
        (json!({}), json!([124, 123, 122, 121, 120, 119, 117, 112, 109, 104, 98])),
        (json!({"state": "open"}), json!([124, 123, 122, 121])),
        (json!({"state": "closed"}), json!([119])),
        (json!({"state": "merged", "author": "elif"}), json!([117, 109])),
        (json!({"author": "Tomasz"}), json!([123, 112])),
        (json!({"path": "auth.py"}), json!([121, 117, 98])),
        (json!({"path": "src/auth.py", "state": "open"}), json!([121])),
        (json!({"path": "src/retry.py"}), json!([123, 122, 112])),
        (json!({"path": "docs"}), json!([124, 120, 104])),
        (json!({"path": "nowhere.py"}), json!([])),
    ] {
        let found = client.call("list_pull_requests", arguments.clone()).await;
        assert_eq!(Value::from(each(&found, "/pull_requests", "/number")), expected, "{arguments}");
        assert_eq!(found["total_count"], expected.as_array().unwrap().len());
    }
}

#[tokio::test]
async fn issues_are_filtered() {
    let client = Client::of(Which::Github).await;
    for (arguments, expected) in [
        (json!({}), json!([127, 126, 125, 118, 116, 115, 113, 110, 106, 101, 96, 95])),
        (json!({"state": "open"}), json!([127, 126, 125, 118, 116, 115, 110])),
        (json!({"label": "retry"}), json!([125, 118, 110])),
        (json!({"state": "closed", "label": "Auth"}), json!([113, 96, 95])),
    ] {
        let found = client.call("list_issues", arguments.clone()).await;
        assert_eq!(Value::from(each(&found, "/issues", "/number")), expected, "{arguments}");
    }
}

#[tokio::test]
async fn commits_are_filtered() {
    let client = Client::of(Which::Github).await;
    for (arguments, expected) in [
        (json!({}), 23),
        (json!({"path": "auth.py"}), 5),
        (json!({"path": "auth.py", "author": "priya"}), 2),
        (json!({"since": "2026-11-16"}), 4),
        (json!({"since": "2026-11-17", "author": "tomasz"}), 1),
    ] {
        let found = client.call("list_commits", arguments.clone()).await;
        assert_eq!(found["total_count"], expected, "{arguments}");
    }
}

#[tokio::test]
async fn reviewers_of_the_pull_requests_that_touch_auth() {
    let client = Client::of(Which::Github).await;
    for (number, expected) in [
        (98, json!(["tomasz changes_requested", "mira approved", "tomasz approved"])),
        (117, json!(["kofi commented", "mira approved"])),
        (121, json!(["priya changes_requested", "tomasz commented"])),
    ] {
        let found = client.call("list_reviews", json!({"number": number})).await;
        let reviewers = each(&found, "/reviews", "/reviewer");
        let states = each(&found, "/reviews", "/state");
        let both = reviewers.iter().zip(&states);
        let found: Vec<String> =
            both.map(|(who, how)| format!("{} {}", who.as_str().unwrap(), how.as_str().unwrap())).collect();
        assert_eq!(json!(found), expected);
    }
}

#[tokio::test]
async fn pull_request_123() {
    let client = Client::of(Which::Github).await;
    let pull = client.call("get_pull_request", json!({"number": 123})).await;
    assert_eq!(pull["title"], "Switch HTTP retry policy to exponential backoff");
    assert_eq!(pull["state"], "open");
    assert_eq!(each(&pull, "/files", "/path"), ["config/defaults.toml", "src/retry.py", "tests/test_retry.py"]);
    assert_eq!((&pull["additions"], &pull["deletions"]), (&json!(34), &json!(8)));
    let diff = client.call("get_pull_request_diff", json!({"number": 123})).await;
    let patches = each(&diff, "/files", "/patch");
    assert!(patches[0].as_str().unwrap().contains("-delay_seconds = 0.5\n+attempts = 5\n+base_seconds = 0.2"));
    let comments = client.call("list_pull_request_comments", json!({"number": 123})).await;
    assert!(comments.to_string().contains("Does `timeout_seconds = 5.0` stay with five attempts?"));
}

#[tokio::test]
async fn search_ranks_issues_and_pull_requests() {
    let client = Client::of(Which::Github).await;
    for (query, expected) in [
        ("exponential backoff", json!(123)),
        ("retry", json!(123)),
        ("#117", json!(117)),
        ("logged out during checkout", json!(113)),
        ("key rotation runbook", json!(116)),
    ] {
        let found = client.call("search", json!({"query": query})).await;
        assert_eq!(found["items"][0]["number"], expected, "{query}: {:?}", each(&found, "/items", "/number"));
    }
    let nothing = client.call("search", json!({"query": "zeppelin"})).await;
    assert_eq!(nothing["total_count"], 0);
}

#[tokio::test]
async fn refusals_say_what_would_work() {
    let client = Client::of(Which::Github).await;
    for (tool, arguments, expected) in [
        (
            "get_pull_request",
            json!({"number": 999}),
            "there is no pull request #999; among the latest are #124, #123, #122, #121, #120",
        ),
        ("list_reviews", json!({"number": 118}), "#118 is an issue, not a pull request; use get_issue"),
        ("get_issue", json!({"number": 123}), "#123 is a pull request, not an issue; use get_pull_request"),
        ("get_issue", json!({"number": 1}), "there is no issue #1; among the latest are #127, #126, #125, #118, #116"),
        ("list_commits", json!({"since": "yesterday"}), "since is \"yesterday\"; give a day as YYYY-MM-DD"),
        (
            "list_issues",
            json!({"label": "urgent"}),
            "no issue has the label \"urgent\"; the labels are auth, bug, client, docs, enhancement, \
             good first issue, incident, logging, metrics, question, retry, security",
        ),
        ("search", json!({"query": "the of"}), "the query has no words to search for; name a topic or a number"),
        ("merge_pull_request", json!({"number": 119}), "pull request #119 is closed; only open ones can be merged"),
        ("merge_pull_request", json!({"number": 117}), "pull request #117 was already merged on 2026-10-21T08:15:00Z"),
        ("add_issue_comment", json!({"number": 123, "body": "  "}), "the comment is empty; give it a text"),
        (
            "add_issue_comment",
            json!({"number": 7, "body": "hello"}),
            "there is no pull request #7; among the latest are #124, #123, #122, #121, #120",
        ),
    ] {
        assert_eq!(client.refusal(tool, arguments).await, expected);
    }
}

#[tokio::test]
async fn writes_stay_and_other_sessions_see_them() {
    let client = Client::of(Which::Github).await;
    let merged = client.call("merge_pull_request", json!({"number": 123, "method": "squash"})).await;
    assert_eq!((&merged["merged"], &merged["method"]), (&json!(true), &json!("squash")));
    client.call("add_issue_comment", json!({"number": 118, "body": "Done with #123."})).await;
    client.call("add_issue_comment", json!({"number": 123, "body": "Thank you!"})).await;

    let other = Client::on(Which::Github, &client.workspace, modern()).await;
    let pull = other.call("get_pull_request", json!({"number": 123})).await;
    assert_eq!((&pull["state"], &pull["merged_by"]), (&json!("merged"), &json!("demo-user")));
    let issue = other.call("get_issue", json!({"number": 118})).await;
    assert_eq!(each(&issue, "/comments", "/body").last().unwrap(), "Done with #123.");
    let comments = other.call("list_pull_request_comments", json!({"number": 123})).await;
    assert_eq!(each(&comments, "/comments", "/body").last().unwrap(), "Thank you!");
}
