//! The demo, end to end: a query of every shape.

use serde_json::Value;

use crate::run::run;

#[test]
fn the_tour_lists_queries_and_the_way_on() {
    run(["demo"]).end().with_code(0).says(&["PR #123", "merge PR 123", "Oslo", "--demo tools", "mcp.json"]);
    let stops = run(["demo", "--json"]).end().with_code(0).json();
    assert!(stops.as_array().unwrap().len() >= 8);
}

/// A query, the exit status, what stands in the output, and the servers that
/// are called.
type Row = (&'static str, i32, &'static [&'static str], &'static [&'static str]);

const ROWS: &[Row] = &[
    ("list the open pull requests", 0, &["#123", "[s1]", "1 server · 1 call · 0 model calls"], &["github"]),
    (
        "summarize the changes in PR #123 and the discussion in Slack about it",
        0,
        &["exponential backoff", "5 s", "[s1]", "[s2]", "2 servers · 2 calls · 0 model calls"],
        &["github", "slack"],
    ),
    ("open PRs and open issues", 0, &["#124", "#127", "[s2]"], &["github"]),
    ("PRs that touched auth.py, then who reviewed each of them", 0, &["#121", "#117", "#98", "mira"], &["github"]),
    (
        "search for retry",
        1,
        &["filesystem", "github", "slack", "concertmaster demo \"search for retry in slack\""],
        &[],
    ),
    ("merge PR 123", 1, &["github.merge_pull_request", "number = 123", "--approve"], &[]),
    ("show the diff of the pull request", 1, &["number", "--demo call github.get_pull_request_diff number=…"], &[]),
    ("book me a flight to Oslo", 1, &["Out of scope", "Oslo"], &[]),
];

#[test]
fn every_shape_of_query_comes_to_its_end() {
    for (query, code, parts, _) in ROWS {
        run(["demo", query]).end().with_code(*code).says(parts).leaves_nothing();
    }
}

#[test]
fn the_json_outcome_names_the_servers_that_were_called() {
    for (query, code, _, servers) in ROWS {
        let ended = run(["demo", "--json", query]).end().with_code(*code);
        let outcome = ended.json();
        assert!(ended.err.is_empty(), "{query}: {}", ended.err);
        let mut called: Vec<&str> = outcome["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|step| step["attempts"].as_u64() > Some(0))
            .filter_map(|step| step["server"].as_str())
            .collect();
        called.dedup();
        assert_eq!(called, *servers, "{query}");
        let kind = if *code == 0 { &["answered"][..] } else { &["input_required", "refused"] };
        assert!(kind.contains(&outcome["outcome"].as_str().unwrap()), "{query}: {outcome}");
    }
}

#[test]
fn every_statement_of_an_answer_is_cited() {
    let outcome = run(["demo", "--json", "open PRs and open issues"]).end().with_code(0).json();
    let cited: Vec<&str> =
        outcome["answer"]["citations"].as_array().unwrap().iter().filter_map(|c| c["tool"].as_str()).collect();
    assert_eq!(cited, ["list_pull_requests", "list_issues"]);
    assert_eq!(outcome["usage"]["calls"], Value::from(2));
    assert_eq!(outcome["usage"]["model_calls"], Value::from(0));
}

#[test]
fn progress_is_told_in_lines_when_asked_for() {
    let ended = run(["demo", "--verbose", "list the open pull requests"]).end().with_code(0);
    for part in ["s1 started: github.list_pull_requests", "s1 ok after"] {
        assert!(ended.err.contains(part), "{}", ended.err);
    }
    assert!(!ended.out.contains("started"));
    assert!(run(["demo", "list the open pull requests"]).end().err.is_empty());
}

#[test]
fn no_colour_where_there_is_no_terminal() {
    let ended = run(["demo", "list the open pull requests"]).end();
    assert!(!ended.out.contains('\u{1b}'));
}
