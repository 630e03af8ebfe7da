//! The plan of every stop of the tour, as people would approve it.

use std::fmt::Write;

use expect_test::expect_file;

use crate::run::run;

#[test]
fn every_stop_of_the_tour_is_planned_as_before() {
    let tour = run(["demo", "--json"]).end().with_code(0).json();
    let mut all = String::new();
    for stop in tour.as_array().unwrap().iter().filter(|stop| stop.get("shape").is_some()) {
        let query = stop["query"].as_str().unwrap();
        let planned = run(["--demo", "plan", query]).end();
        writeln!(all, "# {}: {query}\n\n{}", stop["shape"].as_str().unwrap(), planned.out).unwrap();
    }
    expect_file!["tour.txt"].assert_eq(&all);
}

/// A limit, and what stands in the answer to its query.
const LIMITS: [(&str, i32, &[&str]); 7] = [
    ("budget", 0, &["Missing from this answer", "the budget is spent: 3 calls a session"]),
    ("rate", 0, &["Missing from this answer", "too fast: at most 1 call in 60 s", "nothing was sent, try again in"]),
    ("size", 0, &["was cut to size"]),
    ("cheaper", 0, &["#123", "mirror.list_pull_requests"]),
    ("hanging", 0, &["#121", "[s1] mirror.list_pull_requests", "[s2] mirror.list_reviews"]),
    ("cache", 0, &["#123", "github.list_pull_requests", "0 calls", "(cached, "]),
    ("waiting", 1, &["may `github.merge_pull_request` be called?", "approvals approve", "--demo-with waiting resume"]),
];

#[test]
fn every_limit_of_the_tour_shows_in_its_answer() {
    let tour = run(["demo", "--json"]).end().with_code(0).json();
    let stops: Vec<_> = tour.as_array().unwrap().iter().filter(|stop| stop.get("limit").is_some()).collect();
    assert_eq!(stops.len(), LIMITS.len());
    for (stop, (limit, code, parts)) in stops.into_iter().zip(LIMITS) {
        assert_eq!(stop["limit"], limit);
        let query = stop["query"].as_str().unwrap();
        run(["demo", "--demo-with", limit, query]).end().with_code(code).says(parts);
        let free = run(["demo", query]).end().out;
        let named = parts.last().unwrap();
        assert!(!free.is_empty() && !free.contains(named), "without the limit, nothing of it is said: {free}");
    }
}

#[test]
fn a_plan_says_which_tool_serves_first_and_why() {
    let plan = ["plan", "list the open pull requests in github"];
    let told = "s1: served by `mirror.list_pull_requests`, because it costs 0.25 instead of 1; should that fail, by \
                `github.list_pull_requests`";
    run(["--demo-with", "cheaper", "--demo"].into_iter().chain(plan)).end().with_code(0).says(&[told]);
    let free = run(["--demo"].into_iter().chain(plan)).end().with_code(0).out;
    assert!(!free.contains("served by"), "{free}");
}

#[test]
fn a_server_that_hangs_is_left_alone_and_its_alternative_serves() {
    let query = "PRs that touched auth.py in github, then who reviewed each of them in github";
    let outcome = run(["demo", "--demo-with", "hanging", "--json", query]).end().with_code(0).leaves_nothing().json();
    let instead = |step: usize| outcome["steps"][step]["instead"]["why"].as_str().unwrap_or_default().to_owned();
    assert!(instead(0).contains("did not answer `list_pull_requests` within 0.5 s"), "{outcome}");
    assert!(instead(1).contains("left alone"), "{outcome}");
}

#[test]
fn what_waits_is_approved_by_one_command_and_done_once_by_another() {
    let home = tempfile::tempdir().unwrap();
    let waiting = |args: &[&str]| {
        let ended = run(args.iter().copied().chain(["--demo-with", "waiting"]));
        ended.variable("XDG_STATE_HOME", home.path().to_str().unwrap()).end()
    };
    let id = waiting(&["demo", "merge PR 123", "--json"]).with_code(1).json()["approval"]["id"].clone();
    let id = id.as_str().unwrap();
    waiting(&["--demo", "resume", id]).with_code(1).says(&[id]);
    waiting(&["--demo", "approvals"]).with_code(0).says(&[id, "github.merge_pull_request"]);
    waiting(&["--demo", "approvals", "approve", id]).with_code(0).says(&["approved"]);
    waiting(&["--demo", "resume", id]).with_code(0).says(&["#123", "merged"]).leaves_nothing();
    assert_ne!(waiting(&["--demo", "resume", id]).code, Some(0), "once");
    waiting(&["--demo", "journal", "--all"]).with_code(0).says(&["done", "github.merge_pull_request"]);
    run(["--demo", "approvals"]).end().with_code(2).says(&["--demo-with waiting"]);
}
