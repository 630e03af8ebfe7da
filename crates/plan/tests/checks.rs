//! What the validator works out: fitted literals, needed steps, the tools of
//! nested queries.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;

use catalog::ToolRef;
use concertmaster_plan::{CheckContext, check};
use fixture::{catalog, draft, faults, line, read};
use serde_json::{Value, json};

#[test]
fn a_nested_query_neither_nests_nor_leaves_its_tools() {
    let catalog = catalog();
    let nested = draft(&json!({"steps": [{"id": "s1", "query": "x"}]})).unwrap();
    let context = CheckContext { depth: 1, ..CheckContext::of(&catalog) };
    let found: Vec<String> = check(&nested, &context).unwrap_err().iter().map(line).collect();
    assert_eq!(found, ["limit_exceeded s1 /steps/0/op"]);

    let only = [ToolRef::new("slack", "search")];
    let context = CheckContext { only: Some(&only), ..CheckContext::of(&catalog) };
    let rows = [("slack.search", true), ("slack__search", true), ("github.search", false), ("orc.first", true)];
    for (tool, expected) in rows {
        let args = if tool.starts_with("orc") { json!({"a": 1}) } else { json!({"query": "x"}) };
        let other = draft(&json!({"steps": [{"id": "s1", "tool": tool, "args": args}]})).unwrap();
        assert_eq!(check(&other, &context).is_ok(), expected, "{tool}");
    }
}

#[test]
fn literals_are_fitted_and_what_needs_no_asking_is_filled() {
    let rows = [
        (json!({"tool": "github.get_pull_request", "args": {"number": "123"}}), json!({"number": 123})),
        (json!({"tool": "slack.search", "args": {"query": 7, "limit": null}}), json!({"query": "7"})),
        (json!({"tool": "github.search", "args": {"query": "x"}}), json!({"query": "x", "kind": "code"})),
        (json!({"tool": "sql.query", "args": {"sql": {"$lit": "{\"$ref\": 1}"}}}), json!({"sql": "{\"$ref\": 1}"})),
    ];
    for (mut step, expected) in rows {
        step["id"] = json!("s1");
        let plan = read(&json!({ "steps": [step] }), &catalog()).unwrap();
        assert_eq!(json!(plan)["steps"][0]["args"], expected);
    }
}

#[test]
fn every_step_that_nobody_needs_is_dead_at_once_and_side_effects_never_are() {
    let document = json!({"steps": [
        {"id": "s1", "tool": "github.list_pull_requests"},
        {"id": "s2", "tool": "orc.count", "args": {"items": {"$ref": "s1#/items"}}},
        {"id": "s3", "tool": "slack.post_message", "args": {"channel": "dev", "text": "x"}, "after": ["s2"]},
        {"id": "s4", "tool": "slack.list_channels"},
    ], "answer": {"uses": ["s4"]}});
    assert_eq!(faults(&document), ["dead_step s1 /steps/0", "dead_step s2 /steps/1"]);
}

#[test]
fn a_nested_query_of_a_servers_words_is_given_reading_tools_only() {
    let plan = |query: Value, tools: Value| {
        let document = json!({"steps": [{"id": "s1", "tool": "slack.search", "args": {"query": "x"}},
            {"id": "s2", "query": query, "tools": tools}], "answer": {"uses": ["s1", "s2"]}});
        json!(read(&document, &catalog()).unwrap())["steps"][1]["tools"].clone()
    };
    let own = json!("post it");
    let theirs = json!({"$ref": "s1"});
    let all = json!(["slack.list_channels", "slack.post_message", "slack.search"]);
    assert_eq!(plan(own, json!(["slack"])), all);
    assert_eq!(plan(theirs.clone(), json!(["slack"])), json!(["slack.list_channels", "slack.search"]));
    assert!(!plan(theirs, json!([])).to_string().contains("merge"));
}
