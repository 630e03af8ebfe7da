//! Plans that somebody wrote, and direct calls.

use crate::run::run;

const EXAMPLE: &str = include_str!("../../../../examples/plan.json");

#[test]
fn the_example_plan_runs_from_a_file_and_from_standard_input() {
    run(["--demo", "run", "plan.json"]).file("plan.json", EXAMPLE).end().with_code(0).says(&["[reviews]", "[talk]"]);
    run(["--demo", "run", "-"]).input(EXAMPLE).end().with_code(0).says(&["[reviews]", "[talk]"]);
}

#[test]
fn a_previewed_plan_can_be_run_as_it_is() {
    let preview = run(["--demo", "plan", "--json", "open PRs and open issues"]).end().with_code(0).json();
    run(["--demo", "run", "-"]).input(&preview["plan"].to_string()).end().with_code(0).says(&["#124", "#127"]);
}

#[test]
fn a_plan_is_shown_and_nothing_is_called() {
    let ended = run(["--demo", "plan", "merge PR 123"]).end().with_code(0);
    ended.says(&["github.merge_pull_request", "destructive", "Would wait for your word"]);
    run(["--demo", "plan", "book me a flight to Oslo"]).end().with_code(1).says(&["Out of scope"]);
}

#[test]
fn the_faults_of_a_plan_come_all_at_once() {
    let plan = r#"{"steps": [
        {"id": "s1", "op": "call", "tool": "github.no_such_tool", "args": {}},
        {"id": "s1", "op": "call", "tool": "github.get_pull_request", "args": {"nmber": 1}},
        {"id": "s3", "op": "call", "tool": "github.get_pull_request", "args": {"number": {"$ref": "s9#/number"}}}
    ]}"#;
    let outcome = run(["--demo", "run", "-", "--json"]).input(plan).end().with_code(2).json();
    assert!(outcome["faults"].as_array().unwrap().len() >= 4, "{outcome}");
    run(["--demo", "run", "-"]).input("{ not json").end().with_code(2);
    run(["--demo", "run", "nowhere.json"]).end().with_code(2).says(&["nowhere.json", "no such file"]);
}

#[test]
fn direct_calls_take_typed_arguments() {
    let call = |args: &[&'static str]| run(["--demo", "call"].into_iter().chain(args.iter().copied())).end();
    call(&["github.get_pull_request", "number=123"]).with_code(0).says(&["exponential backoff"]);
    call(&["github__get_pull_request", r#"{"number": 123}"#]).with_code(0).says(&["exponential backoff"]);
    call(&["github.get_pull_request", "number=123", "--json"]).with_code(0).says(&["structuredContent"]);
    call(&["github.get_pull_request", "number"]).with_code(2).says(&["`number` is no argument"]);
    call(&["github.get_pull_request", "number=many"]).with_code(2).says(&["number"]);
    call(&["github.get_pull_requests", "number=1"]).with_code(2).says(&["github.get_pull_request"]);
    call(&["github.get_pull_request", "number=99999"]).with_code(3).says(&["The tool says that it failed", "99999"]);
}
