//! What is mended, what is not, and that mending ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;

use catalog::Catalog;
use concertmaster_plan::{CheckContext, PlanDraft, check, check_and_repair, repair};
use fixture::{catalog, draft, line, valid};
use serde_json::{Value, json};

/// What was mended, then what is still wrong.
fn mended(document: &Value, catalog: &Catalog) -> (Vec<String>, Vec<String>) {
    match check_and_repair(&draft(document).unwrap(), &CheckContext::of(catalog)) {
        Ok((_, repairs)) => (repairs.iter().map(ToString::to_string).collect(), Vec::new()),
        Err(left) => (left.repairs.iter().map(ToString::to_string).collect(), left.faults.iter().map(line).collect()),
    }
}

fn one(step: Value) -> Value {
    json!({ "steps": [step] })
}

fn rows() -> Vec<(Value, &'static [&'static str], &'static [&'static str])> {
    let list = json!({"id": "s1", "tool": "github.list_pull_requests"});
    vec![
        (
            one(json!({"id": "s1", "tool": "github/list-reviews", "args": {"number": 1}})),
            &["s1: `github/list-reviews` is taken to mean `github.list_reviews`"],
            &[],
        ),
        (
            one(json!({"id": "s1", "tool": "slack.get_pull_request", "args": {"number": 1}})),
            &["s1: `slack.get_pull_request` is taken to mean `github.get_pull_request`"],
            &[],
        ),
        (
            one(json!({"id": "s1", "tool": "github.list_review", "args": {"number": 1}})),
            &["s1: `github.list_review` is taken to mean `github.list_reviews`"],
            &[],
        ),
        (
            one(json!({"id": "s1", "tool": "count", "args": {"items": []}})),
            &["s1: `count` is taken to mean `orc.count`"],
            &[],
        ),
        // Two servers have a `search`; a destructive tool is not found by likeness.
        (one(json!({"id": "s1", "tool": "search", "args": {"query": "x"}})), &[], &["unknown_tool s1 /steps/0/tool"]),
        (
            one(json!({"id": "s1", "tool": "github.merge_pull_requests", "args": {"number": 1}})),
            &[],
            &["unknown_tool s1 /steps/0/tool"],
        ),
        (
            one(json!({"id": "s1", "tool": "github.list_pull_requests", "args": {"perPage": 5, "colour": 1}})),
            &[
                "s1: `perPage` is taken to mean `per_page`",
                "s1: left out `colour`, which `github.list_pull_requests` does not take",
            ],
            &[],
        ),
        (
            one(
                json!({"id": "s1", "tool": "slack.post_message", "args": {"Channel": "dev", "text": "x", "dry_run": true}}),
            ),
            &["s1: `Channel` is taken to mean `channel`"],
            &["unknown_argument s1 /steps/0/args/dry_run"],
        ),
        (
            one(json!({"id": "s1", "tool": "github.list_pull_requests", "args": {"state": "Open"}})),
            &["s1: `state`: `Open` is taken to mean `open`"],
            &[],
        ),
        (
            json!({"steps": [list, {"id": "s2", "tool": "slack.search", "args": {"query": {"$ref": "s1#/total"}}}]}),
            &["s2: `query` takes its text"],
            &[],
        ),
        (
            json!({"steps": [list, {"id": "s2", "tool": "slack.search", "args": {"query": {"$ref": "s1#/items"}}}]}),
            &[],
            &["reference_mismatch s2 /steps/1/args/query"],
        ),
        (
            json!({"steps": [list, {"id": "s2", "tool": "github.list_reviews",
                "args": {"number": {"$tmpl": "{{s1:/items/0/number}}"}}}]}),
            &["s2: `number` takes the value itself"],
            &[],
        ),
        (
            json!({"steps": [list, {"id": "s2", "tool": "github.list_reviews", "over": "s1#/items", "limit": 200,
                "args": {"number": {"$item": "/number"}}}]}),
            &["s2: lowered `limit` from 200 to 50"],
            &[],
        ),
        (
            json!({"steps": [{"id": "s2", "tool": "orc.count", "args": {"items": {"$ref": "s1#/items"}}}, list]}),
            &["put the steps into the order s1, s2"],
            &[],
        ),
        (
            json!({"steps": [list, {"id": "s2", "tool": "slack.list_channels"}], "answer": {"uses": []}}),
            &["the answer now tells every result that no other step reads"],
            &[],
        ),
        (
            json!({"steps": [list, {"id": "s2", "tool": "orc.count", "args": {"items": {"$ref": "s1#/items"}}},
                {"id": "s3", "tool": "slack.list_channels", "after": ["s2"]}], "answer": {"uses": ["s3"]}}),
            &[
                "s1: left out: neither the answer nor a needed step reads from it",
                "s2: left out: neither the answer nor a needed step reads from it",
            ],
            &[],
        ),
        (
            json!({"steps": [
                {"id": "s1", "tool": "slack.search", "args": {"query": {"$ref": "s2"}}},
                {"id": "s2", "tool": "slack.search", "args": {"query": {"$ref": "s1"}}}]}),
            &[],
            &["forward_reference s1 /steps/0/args/query"],
        ),
    ]
}

#[test]
fn what_has_one_meaning_is_mended_and_nothing_else() {
    for (document, repairs, faults) in rows() {
        let (made, left) = mended(&document, &catalog());
        assert_eq!(made, repairs, "{document}");
        assert_eq!(left, faults, "{document}");
    }
}

#[test]
fn mending_again_changes_nothing() {
    let catalog = catalog();
    let context = CheckContext::of(&catalog);
    for (document, ..) in rows() {
        let draft: PlanDraft = draft(&document).unwrap();
        let faults = check(&draft, &context).err().unwrap_or_default();
        let (once, _) = repair(&draft, &faults, &context);
        let (twice, more) = repair(&once, &faults, &context);
        assert_eq!(twice, once);
        assert_eq!(more, []);
    }
}

#[test]
fn a_valid_plan_is_left_as_it_is() {
    for (name, document) in valid() {
        assert_eq!(mended(&document, &catalog()), (vec![], vec![]), "{name}");
    }
}
