//! Arguments get their values, and say what is missing when they cannot.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;

use concertmaster_plan::{
    BindFault, BoundCall, BoundStep, Integrity, Observation, Observations, Output, Path, Plan, SkipReason, StepIndex,
};
use fixture::{catalog, read};
use serde_json::{Value, json};

const FIRST: StepIndex = StepIndex(0);
const SECOND: StepIndex = StepIndex(1);

/// A plan whose second step is this, after one that lists pull requests.
fn plan(second: Value) -> Plan {
    let document =
        json!({"steps": [{"id": "s1", "tool": "slack.list_channels"}, second], "answer": {"uses": ["s1", "s2"]}});
    read(&document, &catalog()).unwrap()
}

fn seen(first: Value) -> Observations {
    let mut seen = Observations::none_of(2);
    seen.record(FIRST, Observation::Output(Output::computed(first)));
    seen
}

fn call(bound: Result<BoundStep, BindFault>) -> BoundCall {
    match bound.unwrap() {
        BoundStep::Call(call) => call,
        other => panic!("no call: {other:?}"),
    }
}

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

#[test]
fn arguments_are_bound_to_values_or_left_out() {
    let rows = [
        (json!({"query": {"$ref": "s1#/a"}}), json!({"a": "x"}), Ok(json!({"query": "x"}))),
        (json!({"query": {"$ref": "s1#/a"}}), json!({"a": 7}), Ok(json!({"query": "7"}))),
        (
            json!({"query": {"$tmpl": "{{s1:/a}}, {{s1:/b}}!"}}),
            json!({"a": "x", "b": [1]}),
            Ok(json!({"query": "x, [1]!"})),
        ),
        (json!({"query": "x", "limit": {"$ref": "s1#/n"}}), json!({}), Ok(json!({"query": "x"}))),
        (json!({"query": "x", "limit": {"$ref": "s1#/n"}}), json!({"n": null}), Ok(json!({"query": "x"}))),
        (json!({"query": "x", "limit": {"$ref": "s1#/n"}}), json!({"n": "3"}), Ok(json!({"query": "x", "limit": 3}))),
        (
            json!({"query": "x", "tags": {"$ref": "s1#/*/t"}}),
            json!([{"t": 1}, {}]),
            Ok(json!({"query": "x", "tags": [1]})),
        ),
        (
            json!({"query": {"$ref": "s1#/a"}}),
            json!({}),
            Err(BindFault::NothingThere { argument: "query".into(), step: FIRST, path: path("/a") }),
        ),
        (
            json!({"query": {"$tmpl": "{{s1:/a}}"}}),
            json!("text"),
            Err(BindFault::NothingThere { argument: "query".into(), step: FIRST, path: path("/a") }),
        ),
    ];
    for (args, first, expected) in rows {
        let plan = plan(json!({"id": "s2", "tool": "slack.search", "args": args}));
        let bound = plan.bind(SECOND, &seen(first)).map(|bound| call(Ok(bound)).arguments);
        assert_eq!(bound, expected, "{args}");
    }
}

#[test]
fn a_step_without_result_keeps_its_readers_from_running() {
    let plan = plan(json!({"id": "s2", "tool": "slack.search", "args": {"query": "x", "limit": {"$ref": "s1#/n"}}}));
    let mut skipped = Observations::none_of(2);
    skipped.record(FIRST, Observation::Skipped(SkipReason::Guard));
    for seen in [Observations::none_of(2), skipped] {
        assert_eq!(plan.bind(SECOND, &seen).unwrap_err(), BindFault::NoResult(FIRST));
    }
}

#[test]
fn labels_say_where_values_came_from() {
    let plan = plan(json!({"id": "s2", "tool": "slack.post_message",
        "args": {"channel": "dev", "text": {"$tmpl": "now {{s1:/a}}"}}}));
    let call = call(plan.bind(SECOND, &seen(json!({"a": 1}))));
    assert_eq!(call.labels["channel"].integrity, Integrity::Trusted);
    assert_eq!(call.labels["text"].integrity, Integrity::Untrusted);
    assert_eq!(call.label().provenance.into_iter().collect::<Vec<_>>(), [FIRST]);
}

#[test]
fn each_item_is_bound_by_itself_and_fails_alone() {
    let plan = plan(json!({"id": "s2", "tool": "slack.search", "over": "s1#/items", "limit": 4,
        "args": {"query": {"$tmpl": "{{item:/name}} in {{s1:/in}}"}, "limit": {"$item": "/n"}}}));
    let first = json!({"in": "dev", "items": [{"name": "a", "n": 1}, {"n": 2}, {"name": "c"}, "d", {"name": "e"}]});
    let BoundStep::Each { calls, left_out } = plan.bind(SECOND, &seen(first)).unwrap() else { panic!() };
    let missing = || Err(BindFault::NothingInItem { argument: "query".into(), path: path("/name") });
    let expected =
        [Ok(json!({"query": "a in dev", "limit": 1})), missing(), Ok(json!({"query": "c in dev"})), missing()];
    let items: Vec<Option<usize>> = calls.iter().map(|call| call.as_ref().ok().and_then(|call| call.item)).collect();
    let found: Vec<_> = calls.into_iter().map(|call| call.map(|call| call.arguments)).collect();
    assert_eq!(found, expected);
    assert_eq!(items, [Some(0), None, Some(2), None]);
    assert_eq!(left_out, 1);
}

#[test]
fn how_often_a_result_makes_a_call_is_not_the_principals_word() {
    let plan = plan(json!({"id": "s2", "tool": "slack.post_message", "over": "s1#/items",
        "args": {"channel": "dev", "text": "ping"}}));
    let BoundStep::Each { calls, .. } = plan.bind(SECOND, &seen(json!({"items": [1, 2]}))).unwrap() else { panic!() };
    for call in calls {
        assert_eq!(call.unwrap().label().integrity, Integrity::Untrusted);
    }
}

#[test]
fn an_each_needs_an_array() {
    let plan = plan(json!({"id": "s2", "tool": "slack.search", "over": "s1#/items", "args": {"query": {"$item": ""}}}));
    let rows = [
        (json!({"items": []}), Ok(0)),
        (json!({"items": ["a", "b"]}), Ok(2)),
        (json!({"items": "a"}), Err(BindFault::NotAnArray { step: FIRST, path: path("/items") })),
        (json!({}), Err(BindFault::NothingThere { argument: "over".into(), step: FIRST, path: path("/items") })),
    ];
    for (first, expected) in rows {
        let bound = plan.bind(SECOND, &seen(first.clone()));
        let found = bound.map(|bound| match bound {
            BoundStep::Each { calls, .. } => calls.len(),
            other => panic!("no each: {other:?}"),
        });
        assert_eq!(found, expected, "{first}");
    }
}

#[test]
fn the_first_of_guarded_branches_does_without_the_other() {
    let document = json!({"steps": [
        {"id": "s1", "tool": "slack.list_channels"},
        {"id": "s2", "tool": "slack.search", "args": {"query": "then"}, "when": {"ref": "s1", "is": "ok"}},
        {"id": "s3", "tool": "slack.search", "args": {"query": "else"}, "when": {"ref": "s1", "is": "failed"}},
        {"id": "s4", "tool": "orc.first", "args": {"a": {"$ref": "s2#/hit"}, "b": {"$ref": "s3#/hit"}}},
        {"id": "s5", "tool": "orc.concat", "args": {"a": {"$ref": "s2#/hit"}, "b": {"$ref": "s3#/hit"}}},
    ]});
    let plan = read(&document, &catalog()).unwrap();
    let output = |value: Value| Observation::Output(Output::computed(value));
    let mut seen = Observations::none_of(5);
    seen.record(StepIndex(1), Observation::Skipped(SkipReason::Guard));
    seen.record(StepIndex(2), output(json!({"hit": "found"})));
    let BoundStep::Pure { operator, arguments } = plan.bind(StepIndex(3), &seen).unwrap() else { panic!() };
    assert_eq!(json!(arguments), json!({"b": "found"}));
    assert_eq!(operator.apply(&arguments), Ok(json!("found")));
    assert_eq!(plan.bind(StepIndex(4), &seen).unwrap_err(), BindFault::NoResult(StepIndex(1)));
}

#[test]
fn a_nested_query_is_bound_to_its_words_and_their_origin() {
    let plan = plan(json!({"id": "s2", "query": {"$tmpl": "who is {{s1:/who}}?"}, "tools": ["github.search"]}));
    let BoundStep::Sub { text, label, tools } = plan.bind(SECOND, &seen(json!({"who": "Ada"}))).unwrap() else {
        panic!()
    };
    assert_eq!(text, "who is Ada?");
    assert_eq!(label.integrity, Integrity::Untrusted);
    assert_eq!(json!(tools), json!(["github.search"]));
}
