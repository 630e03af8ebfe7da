//! Labelled queries over the demo's workspace, from files to figures.

use std::fs;

use serde_json::{Value, json};

use crate::run::{Run, run};

/// A labelled query of each outcome, all of which the planner gets right.
fn right() -> Vec<Value> {
    let line = |id: &str, category: &str, query: &str, outcome: &str, members: Value| {
        let mut line = json!({"id": id, "category": category, "style": "plain", "query": query, "outcome": outcome,
            "servers": [], "tools": [], "shape": null, "edges": [], "arguments": []});
        line.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        line
    };
    vec![
        line(
            "q-1",
            "single",
            "list the open pull requests",
            "answered",
            json!({"servers": ["github"], "tools": [["github.list_pull_requests"]], "shape": "single",
                "arguments": [{"tool": 0, "name": "state", "value": "open"}]}),
        ),
        line(
            "q-2",
            "each",
            "PRs that touched auth.py, then who reviewed each of them",
            "answered",
            json!({"servers": ["github"], "tools": [["github.list_pull_requests"], ["github.list_reviews"]],
                "shape": "each", "edges": [[0, 1]],
                "arguments": [{"tool": 0, "name": "path", "contains": ["auth.py"]}]}),
        ),
        line(
            "q-3",
            "destructive",
            "merge PR 123",
            "approve",
            json!({"servers": ["github"], "tools": [["github.merge_pull_request"]], "shape": "single",
                "arguments": [{"tool": 0, "name": "number", "value": 123}]}),
        ),
        line(
            "q-4",
            "ambiguous",
            "search for retry",
            "clarify",
            json!({"servers": ["filesystem", "github"], "tools": [["filesystem.search"], ["github.search"]],
                "optional": ["slack.search_messages"]}),
        ),
        line(
            "q-5",
            "missing_argument",
            "show the diff of the pull request",
            "argument",
            json!({"servers": ["github"], "tools": [["github.get_pull_request_diff"]], "missing": ["number"]}),
        ),
        line("q-6", "out_of_scope", "book me a flight to Oslo", "out_of_scope", json!({})),
    ]
}

/// One that no planner can get right: its label asks for something else than
/// its words.
fn wrong() -> Value {
    let mut line = right().remove(0);
    for (name, value) in [
        ("id", json!("w-1")),
        ("style", json!("natural")),
        ("servers", json!(["slack"])),
        ("tools", json!([["slack.list_channels"]])),
        ("arguments", json!([])),
    ] {
        line[name] = value;
    }
    line
}

fn lines(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn eval<'a>(args: impl IntoIterator<Item = &'a str>) -> Run {
    let right = right();
    let mixed = [right.as_slice(), &[wrong()]].concat();
    run(["eval", "--demo"].into_iter().chain(args))
        .file("right.jsonl", &lines(&right))
        .file("mixed.jsonl", &lines(&mixed))
}

#[test]
fn every_outcome_is_recognised_without_a_call() {
    let ended = eval(["right.jsonl", "--json", "--misses"]).end().with_code(0).leaves_nothing();
    let file = &ended.json()["files"][0];
    assert_eq!(file["misses"], json!([]));
    let all = &file["figures"]["all"];
    for measure in ["outcome", "tools", "edges", "arguments", "shape", "exact"] {
        assert_eq!(all[measure]["value"], json!(1.0), "{measure}");
    }
    assert_eq!((&all["queries"], &all["model_calls"], &all["tokens_in"]), (&json!(6), &json!(0), &json!(0)));
    assert!(all["planning_ms"]["p95"].as_f64().unwrap() > 0.0);
    assert_eq!(file["figures"]["categories"]["each"]["edges"]["hits"], json!(1));
}

#[test]
fn figures_are_told_for_each_file_and_together_and_misses_when_asked_for() {
    let ended = eval(["right.jsonl", "mixed.jsonl"]).end().with_code(0);
    let ended = ended.says(&["right.jsonl", "mixed.jsonl", "all files together", "TOOLS F1", "0 model calls", "(p95)"]);
    assert!(!ended.out.contains("w-1"), "{}", ended.out);
    let ended = eval(["mixed.jsonl", "--misses"]).end().with_code(0);
    ended.says(&["w-1", "single, natural", "wanted  slack.list_channels", "got     github.list_pull_requests"]);
    let document = eval(["right.jsonl", "mixed.jsonl", "--json"]).end().with_code(0).json();
    assert_eq!(document["together"]["all"]["outcome"], json!({"value": 1.0, "right": 13, "of": 13}));
    assert_eq!(document["files"][1]["figures"]["styles"]["natural"]["tools"]["false_alarms"], json!(1));
    assert_eq!(document["files"][1].get("misses"), None);
}

#[test]
fn queries_that_need_a_model_are_apart_unless_asked_for() {
    let mut models = wrong();
    models["needs_model"] = json!(true);
    let rows: [(&[&str], u64); 2] = [(&[], 6), (&["--with-model-lines"], 7)];
    for (flags, queries) in rows {
        let args = ["eval", "--demo", "--json", "f.jsonl"].into_iter().chain(flags.iter().copied());
        let file = lines(&[right(), vec![models.clone()]].concat());
        let document = run(args).file("f.jsonl", &file).end().with_code(0).json();
        let figures = &document["files"][0]["figures"];
        assert_eq!((&figures["all"]["queries"], &figures["needs_model"]["queries"]), (&json!(queries), &json!(1)));
    }
}

#[test]
fn a_figure_below_its_floor_ends_with_status_1() {
    let floor = |text: &str| eval(["mixed.jsonl", "--floor", "floor.json"]).file("floor.json", text).end();
    floor(r#"{"mixed.jsonl": {"outcome": 1, "tools": 0.85}}"#).with_code(0).says(&["no figure is below"]);
    floor(r#"{"mixed.jsonl": {"outcome": 1, "tools": 0.9}}"#)
        .with_code(1)
        .says(&["below tools is 0.8", "floor is 0.9"]);
    floor(r#"{"other.jsonl": {"outcome": 1}}"#).with_code(2).says(&["nothing is set for `mixed.jsonl`"]);
    floor(r#"{"mixed.jsonl": {"tool": 1}}"#).with_code(2).says(&["unknown variant `tool`"]);
    eval(["mixed.jsonl", "--floor", "floor.json"]).end().with_code(2).says(&["floor.json", "no such file"]);
    eval(["mixed.jsonl", "--raise"]).end().with_code(2).says(&["--floor"]);
}

#[test]
fn a_floor_only_rises() {
    let before = r#"{"mixed.jsonl": {"outcome": 0.5, "tools": 0.99}, "other.jsonl": {"shape": 0.25}}"#;
    let raise = eval(["mixed.jsonl", "--floor", "floor.json", "--raise"]).file("floor.json", before);
    let ended = raise.end().with_code(1);
    let after: Value =
        serde_json::from_str(&fs::read_to_string(ended.place.path().join("floor.json")).unwrap()).unwrap();
    assert_eq!(after, json!({"mixed.jsonl": {"outcome": 1.0, "tools": 0.99}, "other.jsonl": {"shape": 0.25}}));
}

#[test]
fn every_faulty_line_of_every_file_is_told_at_once() {
    let one = format!("{{\n{}", lines(&[wrong(), wrong()]));
    let ended = run(["eval", "--demo", "one.jsonl", "two.jsonl", "three.jsonl"])
        .file("one.jsonl", &one)
        .file("two.jsonl", &lines(&[json!({"id": "q-1"})]))
        .end()
        .with_code(2);
    ended.says(&[
        "one.jsonl has 2 faults",
        "line 1: column",
        "line 3: `w-1` is the id of line 2 already",
        "two.jsonl has 1 fault:",
        "line 1: column 12: missing field `category`",
        "three.jsonl cannot be read: there is no such file",
    ]);
}

#[test]
fn without_every_server_there_are_no_figures() {
    let config = "[servers.gone]\ncommand = \"./no-such-program\"\n";
    let ended = run(["eval", "--config", "c.toml", "right.jsonl"])
        .file("c.toml", config)
        .file("right.jsonl", &lines(&right()))
        .end()
        .with_code(3);
    ended.says(&["not every server is up", "gone"]);
}
