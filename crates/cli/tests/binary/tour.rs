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
const LIMITS: [(&str, i32, &[&str]); 4] = [
    ("budget", 0, &["Missing from this answer", "the budget is spent: 3 calls a session"]),
    ("rate", 0, &["Missing from this answer", "too fast: at most 1 call in 60 s", "nothing was sent, try again in"]),
    ("size", 0, &["was cut to size"]),
    ("cheaper", 0, &["#123", "mirror.list_pull_requests"]),
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
        let free = run(["demo", query]).end().with_code(0).out;
        let named = parts.last().unwrap();
        assert!(!free.contains(named), "without the limit, nothing of it is said: {free}");
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
