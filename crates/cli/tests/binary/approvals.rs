//! Nothing that may not be undone happens unasked.

use crate::run::run;

fn hash_of(args: &[&str]) -> String {
    let outcome = run(args.iter().copied().chain(["--json"])).end().with_code(1).json();
    assert_eq!(outcome["kind"], "approve", "{outcome}");
    outcome["options"][0]["hash"].as_str().unwrap().to_owned()
}

#[test]
fn a_destructive_call_runs_only_with_the_hash_of_exactly_that_call() {
    let hash = hash_of(&["demo", "merge PR 123"]);
    run(["demo", "--approve", &hash, "merge PR 123"]).end().with_code(0).says(&["#123", "merge"]);
    run(["demo", "--approve", &hash, "merge PR 122"]).end().with_code(1).says(&["may `github.merge_pull_request`"]);
}

#[test]
fn a_direct_call_passes_the_same_gate() {
    let call = ["--demo", "call", "github.merge_pull_request", "number=123"];
    let hash = hash_of(&call);
    assert_eq!(hash, hash_of(&["demo", "merge PR 123"]), "the same call, however it came about");
    run(call.into_iter().chain(["--approve", &hash])).end().with_code(0).says(&["123"]);
}

#[test]
fn the_command_that_is_named_is_the_command_that_works() {
    let ended = run(["demo", "merge PR 123"]).end().with_code(1);
    let line = ended.out.lines().find(|line| line.contains("--approve")).unwrap().trim();
    let words: Vec<&str> = line.trim_end_matches('"').splitn(2, " \"").collect();
    let args: Vec<&str> = words[0].split(' ').skip(1).chain([words[1]]).collect();
    run(args).end().with_code(0);
}

#[test]
fn an_addition_made_of_ones_own_words_needs_no_asking() {
    run(["--demo", "call", "slack.post_message", "channel=platform", "text=hello"]).end().with_code(0);
}
