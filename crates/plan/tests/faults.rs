//! Every kind of fault is found, at its place, and nothing else is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;

use concertmaster_plan::{FaultCode, PlanDraft};
use fixture::{catalog, faults, line, read, valid};
use serde_json::{Value, json};

fn one(step: Value) -> Value {
    json!({ "steps": [step] })
}

fn two(second: Value) -> Value {
    json!({"steps": [{"id": "s1", "tool": "github.list_pull_requests"}, second], "answer": {"uses": ["s1", "s2"]}})
}

/// A plan with one fault each, and where it is.
fn rows() -> Vec<(&'static str, Value)> {
    let merge_each = json!({"id": "s2", "tool": "github.merge_pull_request", "over": "s1#/items",
        "args": {"number": {"$item": "/number"}}});
    vec![
        ("bad_shape s1 /steps/0/toll", one(json!({"id": "s1", "toll": "x", "tool": "slack.list_channels"}))),
        ("bad_shape - /steps/0", one(json!({"tool": "slack.list_channels"}))),
        ("bad_shape s1 /steps/0/args", one(json!({"id": "s1", "tool": "sql.query", "args": "sql"}))),
        (
            "bad_shape s1 /steps/0/args/sql",
            one(json!({"id": "s1", "tool": "sql.query", "args": {"sql": {"$reff": "s1"}}})),
        ),
        (
            "bad_shape s1 /steps/0/args/tags",
            one(json!({"id": "s1", "tool": "slack.search", "args": {"query": "x", "tags": [{"$ref": "s1#"}]}})),
        ),
        ("bad_shape s1 /steps/0/over", one(json!({"id": "s1", "op": "each", "tool": "slack.list_channels"}))),
        ("bad_shape s1 /steps/0/limit", one(json!({"id": "s1", "tool": "slack.list_channels", "limit": 3}))),
        ("bad_shape s1 /steps/0/limit", one(json!({"id": "s1", "tool": "slack.list_channels", "limit": -3}))),
        ("bad_shape s1 /steps/0/op", one(json!({"id": "s1", "op": "cal", "tool": "slack.list_channels"}))),
        ("bad_shape - /steps", json!({"steps": {}})),
        ("bad_shape - ", json!([])),
        ("bad_shape 1 /steps/0/id", one(json!({"id": "1", "tool": "slack.list_channels"}))),
        ("bad_shape item /steps/0/id", one(json!({"id": "item", "tool": "slack.list_channels"}))),
        (
            "bad_path s2 /steps/1/args/query",
            two(json!({"id": "s2", "tool": "slack.search", "args": {"query": {"$ref": "s1#items"}}})),
        ),
        (
            "bad_template s2 /steps/1/args/query",
            two(json!({"id": "s2", "tool": "slack.search", "args": {"query": {"$tmpl": "{{s1:/total"}}})),
        ),
        (
            "bad_template s1 /steps/0/args/template",
            one(json!({"id": "s1", "tool": "orc.format", "args": {"template": "{{x}}"}})),
        ),
        (
            "unknown_tool s1 /steps/0/tool",
            one(json!({"id": "s1", "tool": "github.lst_reviews", "args": {"number": 1}})),
        ),
        ("unknown_tool s1 /steps/0/tool", one(json!({"id": "s1", "tool": "wiki.search"}))),
        ("unknown_tool s1 /steps/0/tool", one(json!({"id": "s1"}))),
        ("unknown_tool s1 /steps/0/tools/0", one(json!({"id": "s1", "query": "x", "tools": ["jira"]}))),
        ("unknown_tool s1 /steps/0/tools", one(json!({"id": "s1", "query": "x", "tools": ["wiki"]}))),
        (
            "duplicate_step s1 /steps/1/id",
            json!({"steps": [
            {"id": "s1", "tool": "slack.list_channels"}, {"id": "s1", "tool": "slack.list_channels"}]}),
        ),
        (
            "forward_reference s1 /steps/0/args/query",
            json!({"steps": [
            {"id": "s1", "tool": "slack.search", "args": {"query": {"$ref": "s2#/total"}}},
            {"id": "s2", "tool": "github.list_pull_requests"}]}),
        ),
        (
            "forward_reference s1 /steps/0/after/0",
            one(json!({"id": "s1", "tool": "slack.list_channels", "after": ["s1"]})),
        ),
        (
            "missing_step s1 /steps/0/args/query",
            one(json!({"id": "s1", "tool": "slack.search", "args": {"query": {"$ref": "s9"}}})),
        ),
        (
            "missing_step - /answer/uses/0",
            json!({"steps": [{"id": "s1", "tool": "slack.list_channels"}], "answer": {"uses": ["s9"]}}),
        ),
        (
            "missing_argument s1 /steps/0/args",
            one(json!({"id": "s1", "tool": "slack.post_message", "args": {"channel": "dev"}})),
        ),
        ("missing_argument s1 /steps/0/args", one(json!({"id": "s1", "op": "sub"}))),
        (
            "unknown_argument s1 /steps/0/args/q",
            one(json!({"id": "s1", "tool": "slack.search", "args": {"query": "x", "q": 1}})),
        ),
        (
            "literal_mismatch s1 /steps/0/args/number",
            one(json!({"id": "s1", "tool": "github.get_pull_request", "args": {"number": 0}})),
        ),
        (
            "literal_mismatch s1 /steps/0/args/state",
            one(json!({"id": "s1", "tool": "github.list_pull_requests", "args": {"state": "opne"}})),
        ),
        ("literal_mismatch s1 /steps/0/query", one(json!({"id": "s1", "query": " "}))),
        (
            "reference_mismatch s2 /steps/1/args/number",
            two(
                json!({"id": "s2", "tool": "github.get_pull_request", "args": {"number": {"$ref": "s1#/items/0/title"}}}),
            ),
        ),
        (
            "reference_mismatch s2 /steps/1/args/query",
            two(json!({"id": "s2", "tool": "slack.search", "args": {"query": {"$ref": "s1#/itms"}}})),
        ),
        (
            "reference_mismatch s2 /steps/1/over",
            two(json!({"id": "s2", "tool": "slack.search", "over": "s1#/total", "args": {"query": "x"}})),
        ),
        (
            "reference_mismatch s2 /steps/1/args/number",
            two(
                json!({"id": "s2", "tool": "github.list_reviews", "over": "s1#/items", "args": {"number": {"$item": "/id"}}}),
            ),
        ),
        (
            "reference_mismatch s2 /steps/1/args/number",
            two(json!({"id": "s2", "tool": "github.list_reviews",
            "args": {"number": {"$tmpl": "{{s1:/total}}"}}})),
        ),
        (
            "item_outside_each s1 /steps/0/args/query",
            one(json!({"id": "s1", "tool": "slack.search", "args": {"query": {"$item": "/x"}}})),
        ),
        (
            "item_outside_each s1 /steps/0/args/query",
            one(json!({"id": "s1", "tool": "slack.search", "args": {"query": {"$tmpl": "{{item}}"}}})),
        ),
        (
            "limit_exceeded s2 /steps/1/limit",
            two(json!({"id": "s2", "tool": "github.list_reviews", "over": "s1#/items", "limit": 51,
                "args": {"number": {"$item": "/number"}}})),
        ),
        (
            "malformed_guard s2 /steps/1/when/is",
            two(
                json!({"id": "s2", "tool": "slack.list_channels", "when": {"ref": "s1#/total", "is": "equals", "value": 1}}),
            ),
        ),
        (
            "malformed_guard s2 /steps/1/when/value",
            two(json!({"id": "s2", "tool": "slack.list_channels", "when": {"ref": "s1#/total", "is": "gt"}})),
        ),
        (
            "malformed_guard s2 /steps/1/when/value",
            two(
                json!({"id": "s2", "tool": "slack.list_channels", "when": {"ref": "s1#/total", "is": "gt", "value": []}}),
            ),
        ),
        (
            "malformed_guard s2 /steps/1/when/value",
            two(json!({"id": "s2", "tool": "slack.list_channels", "when": {"ref": "s1#", "is": "ok", "value": true}})),
        ),
        (
            "empty_answer - /answer/uses",
            json!({"steps": [{"id": "s1", "tool": "slack.list_channels"}], "answer": {"uses": []}}),
        ),
        ("empty_answer - /steps", json!({"steps": []})),
        (
            "dead_step s2 /steps/1",
            json!({"steps": [{"id": "s1", "tool": "slack.list_channels"},
            {"id": "s2", "tool": "slack.list_channels"}], "answer": {"uses": ["s1"]}}),
        ),
        ("side_effect_steered s2 /steps/1/over", two(merge_each)),
        (
            "side_effect_steered s2 /steps/1/tools/0",
            two(json!({"id": "s2", "query": {"$ref": "s1#/items/0/title"}, "tools": ["slack.post_message"]})),
        ),
        (
            "fingerprint_mismatch s1 /steps/0/fingerprint",
            one(json!({"id": "s1", "tool": "slack.list_channels", "fingerprint": "0".repeat(64)})),
        ),
    ]
}

#[test]
fn every_fault_is_found_at_its_place_and_nothing_else_is() {
    for (expected, document) in rows() {
        assert_eq!(faults(&document), [expected], "{document}");
    }
}

#[test]
fn every_code_has_a_row() {
    let rows = rows();
    for code in FaultCode::ALL {
        assert!(rows.iter().any(|(expected, _)| expected.split(' ').next() == Some(code.as_str())), "{code}");
    }
}

#[test]
fn valid_plans_have_no_faults() {
    for (name, document) in valid() {
        assert_eq!(faults(&document), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn ten_faults_are_reported_at_once() {
    let document = json!({
        "steps": [
            {"id": "s1", "tool": "github.list_pull_request", "args": {"q": {"$ref": "s9"}}},
            {"id": "s2", "tool": "github.get_pull_request", "args": {"number": "abc", "colour": "red"}},
            {"id": "s2", "tool": "slack.search", "args": {"query": {"$item": "/x"}}},
            {"id": "s4", "tool": "slack.post_message", "args": {"channel": {"$ref": "s5#/id"}},
             "when": {"ref": "s2#/number", "is": "like", "value": "x"}},
            {"id": "s5", "tool": "github.merge_pull_request", "over": "s2#/labels", "limit": 99,
             "args": {"number": {"$tmpl": "{{item"}}},
        ],
        "answer": {"uses": []},
    });
    let expected = [
        "duplicate_step s2 /steps/2/id",
        "unknown_tool s1 /steps/0/tool",
        "missing_step s1 /steps/0/args/q",
        "literal_mismatch s2 /steps/1/args/number",
        "unknown_argument s2 /steps/1/args/colour",
        "item_outside_each s2 /steps/2/args/query",
        "forward_reference s4 /steps/3/args/channel",
        "missing_argument s4 /steps/3/args",
        "malformed_guard s4 /steps/3/when/is",
        "limit_exceeded s5 /steps/4/limit",
        "bad_template s5 /steps/4/args/number",
        "side_effect_steered s5 /steps/4/over",
        "empty_answer - /answer/uses",
    ];
    assert_eq!(faults(&document), expected);
}

#[test]
fn all_faults_of_shape_are_reported_at_once() {
    let document = json!({
        "step": [],
        "steps": [{"id": 1, "tol": "x", "limit": "many"}, "call", {"id": "s3", "after": "s1", "when": {"is": "eq"}}],
        "answer": {"style": "poem", "uses": [1]},
    });
    let expected = [
        "bad_shape - /step",
        "bad_shape - /steps/0/tol",
        "bad_shape - /steps/0/id",
        "bad_shape - /steps/0/limit",
        "bad_shape - /steps/1",
        "bad_shape s3 /steps/2/when",
        "bad_shape s3 /steps/2/after",
        "bad_shape - /answer/uses/0",
        "bad_shape - /answer/style",
    ];
    assert_eq!(faults(&document), expected);
}

#[test]
fn places_of_wire_faults_are_of_the_wire_form() {
    let argument = |kind: &str, step: &str, path: &str, value: &str| json!([{"name": "number", "kind": kind, "step": step, "path": path, "value": value}]);
    let step = |fields: Value| {
        let mut step = json!({"id": "s2", "op": "call", "tool": "github.get_pull_request"});
        step.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"outcome": "plan", "steps": [{"id": "s1", "tool": "github.list_pull_requests"}, step],
               "answer": {"style": "list", "uses": ["s1", "s2"]}})
    };
    let fine = argument("lit", "", "", "7");
    let rows = [
        ("", json!({ "args": fine })),
        ("literal_mismatch s2 /steps/1/args/0/value", json!({"args": argument("lit", "", "", "x")})),
        ("missing_step s2 /steps/1/args/0/value", json!({"args": argument("ref", "s7", "", "")})),
        ("bad_shape s2 /steps/1/args/0/kind", json!({"args": argument("literal", "", "", "7")})),
        ("missing_step s2 /steps/1/over_step", json!({"args": fine, "op": "each", "over_step": "s7"})),
        (
            "bad_path s2 /steps/1/over_path",
            json!({"args": fine, "op": "each", "over_step": "s1", "over_path": "items"}),
        ),
        ("malformed_guard s2 /steps/1/when_cmp", json!({"args": fine, "when_step": "s1", "when_cmp": "is"})),
        ("malformed_guard s2 /steps/1/when_cmp", json!({"args": fine, "when_step": "s1"})),
        ("malformed_guard s2 /steps/1/when_value", json!({"args": fine, "when_step": "s1", "when_cmp": "eq"})),
        (
            "reference_mismatch s2 /steps/1/when_path",
            json!({"args": fine, "when_step": "s1", "when_path": "/nope", "when_cmp": "exists"}),
        ),
        ("bad_shape s2 /steps/1/args/0/nam", json!({"args": [{"nam": "number", "name": "number", "value": "7"}]})),
    ];
    for (expected, fields) in rows {
        let expected: Vec<&str> = Some(expected).filter(|expected| !expected.is_empty()).into_iter().collect();
        assert_eq!(faults(&step(fields.clone())), expected, "{fields}");
    }
}

#[test]
fn messages_name_the_thing_and_what_may_be_meant() {
    let rows = [
        (
            json!({"steps": [{"id": "s1", "tool": "github.list_review", "args": {"number": 1}}]}),
            "there is no tool `github.list_review`; did you mean `github.list_reviews`",
        ),
        (json!({"steps": [{"id": "s1", "tool": "wiki.search"}]}), "server `wiki` cannot be had: the process exited"),
        (json!({"steps": [{"id": "s1", "toool": "x"}]}), "there is no field `toool`; did you mean `tool`"),
        (
            json!({"steps": [{"id": "s1", "tool": "github.list_pull_requests", "args": {"state": "opne"}}]}),
            "did you mean `open`?",
        ),
        (json!({"steps": [{"id": "s1", "tool": "orc.filtr"}]}), "did you mean `orc.filter`"),
    ];
    for (document, expected) in rows {
        let found = read(&document, &catalog()).unwrap_err();
        assert!(found[0].message.contains(expected), "{}", found[0].message);
        assert_eq!(found[0].message.contains("did you mean"), !found[0].suggestions.is_empty());
    }
}

#[test]
fn more_than_is_let_is_refused() {
    let step = |i: usize| json!({"id": format!("s{i}"), "tool": "slack.list_channels"});
    let steps: Vec<Value> = (1..=13).map(step).collect();
    let args: serde_json::Map<String, Value> = (0..65).map(|i| (format!("a{i}"), json!(i))).collect();
    let mut deep = json!(0);
    for _ in 0..70 {
        deep = json!([deep]);
    }
    let rows = [
        ("limit_exceeded - /steps", json!({ "steps": steps })),
        (
            "limit_exceeded s1 /steps/0/args",
            json!({"steps": [{"id": "s1", "tool": "slack.list_channels", "args": args}]}),
        ),
        ("limit_exceeded - ", json!({"steps": [{"id": "s1", "tool": "slack.list_channels", "args": {"x": deep}}]})),
        (
            "limit_exceeded - ",
            json!({"steps": [{"id": "s1", "tool": "sql.query", "args": {"sql": "x".repeat(300_000)}}]}),
        ),
        (
            "limit_exceeded s1 /steps/0/purpose",
            json!({"steps": [{"id": "s1", "tool": "slack.list_channels", "purpose": "x".repeat(401)}]}),
        ),
        ("bad_shape - ", json!({"outcome": "clarify", "question": 1}).pointer("/question").unwrap().clone()),
    ];
    for (expected, document) in rows {
        assert_eq!(faults(&document), [expected]);
    }
    let text = format!("{{\"steps\": []{}}}", " ".repeat(300_000));
    assert_eq!(line(&PlanDraft::parse(&text).unwrap_err()[0]), "limit_exceeded - ");
    assert_eq!(line(&PlanDraft::parse("{").unwrap_err()[0]), "bad_shape - ");
    let nested = "[".repeat(100_000);
    assert_eq!(line(&PlanDraft::parse(&nested).unwrap_err()[0]), "bad_shape - ");
}
