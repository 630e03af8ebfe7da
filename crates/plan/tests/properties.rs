//! What holds of every plan and of every text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;
#[path = "fixture/generate.rs"]
mod generate;

use catalog::Catalog;
use concertmaster_plan::{CheckContext, Plan, PlanDraft, Proposal, check, check_and_repair, explain, friendly_schema};
use fixture::{catalog, line, read};
use generate::{any_json, plans};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(catalog);
static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&friendly_schema()).unwrap());

fn valid_plan(document: &Value) -> Plan {
    read(document, &CATALOG).unwrap_or_else(|faults| panic!("{faults:?}\n{document:#}"))
}

/// Every place in a document, outermost first.
fn places(document: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut next = 0;
    while next < all.len() {
        let at = all[next].clone();
        next += 1;
        match document.pointer(&at) {
            Some(Value::Object(members)) => {
                all.extend(members.keys().map(|name| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))));
            }
            Some(Value::Array(items)) => all.extend((0..items.len()).map(|i| format!("{at}/{i}"))),
            _ => {}
        }
    }
    all
}

/// Everything that is done with a document that may be anything.
fn handle(document: &Value) {
    let draft = match PlanDraft::from_value(document) {
        Ok(Proposal::Plan(draft)) => draft,
        Ok(Proposal::Clarify { .. } | Proposal::OutOfScope { .. }) => return,
        Err(faults) => return each_has_a_place(document, &faults),
    };
    let context = CheckContext::of(&CATALOG);
    match check(&draft, &context) {
        Ok(plan) => survives_being_written(&plan),
        Err(faults) => each_has_a_place(document, &faults),
    }
    if let Ok((plan, _)) = check_and_repair(&draft, &context) {
        survives_being_written(&plan);
    }
}

fn each_has_a_place(document: &Value, faults: &[concertmaster_plan::PlanFault]) {
    assert!(!faults.is_empty());
    for fault in faults {
        let around = fault.pointer.rsplit_once('/').map_or("", |(around, _)| around);
        assert!(document.pointer(around).is_some(), "{}\n{document}", line(fault));
    }
}

fn survives_being_written(plan: &Plan) {
    let written = json!(plan);
    let again = valid_plan(&written);
    assert_eq!(again.hash(), plan.hash());
    assert_eq!(json!(again), written);
    assert_eq!(explain(&again), explain(plan));
    let drafted = check(&plan.draft(), &CheckContext::of(&CATALOG)).unwrap();
    assert_eq!(drafted.hash(), plan.hash());
    assert!(SCHEMA.is_valid(&written), "{written}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_valid_plan_survives_being_written_and_read(document in plans()) {
        prop_assert!(SCHEMA.is_valid(&document), "{document}");
        survives_being_written(&valid_plan(&document));
        let text = document.to_string();
        prop_assert!(PlanDraft::parse(&text).is_ok());
    }

    #[test]
    fn edges_point_backwards_and_explain_shows_every_step(document in plans()) {
        let plan = valid_plan(&document);
        prop_assert!(plan.edges().iter().all(|(from, to)| from < to));
        let text = explain(&plan);
        for step in plan.steps() {
            prop_assert_eq!(text.matches(&format!("─ {:<3} ", step.id.as_str())).count(), 1, "{}", text);
        }
    }

    #[test]
    fn any_json_is_read_or_refused_at_a_place(document in any_json()) {
        handle(&document);
        handle(&json!({"steps": document}));
        handle(&json!({"outcome": "plan", "steps": [document]}));
    }

    #[test]
    fn a_plan_with_anything_anywhere_is_read_or_refused(
        document in plans(), wire in any::<bool>(), at in any::<usize>(), other in any_json()
    ) {
        let mut document = if wire { fixture::valid().pop().unwrap().1 } else { document };
        let places = places(&document);
        let place = &places[at % places.len()];
        if let Some(target) = document.pointer_mut(place) {
            *target = other;
        }
        handle(&document);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), cut in any::<usize>(), document in plans()) {
        let _ = PlanDraft::parse(&text);
        let whole = document.to_string();
        let cut: String = whole.chars().take(cut % whole.chars().count()).collect();
        prop_assert!(PlanDraft::parse(&cut).is_err());
    }
}

#[test]
fn both_forms_of_one_plan_are_one_plan() {
    let catalog = catalog();
    let wire = fixture::valid().pop().unwrap().1;
    let wire = read(&wire, &catalog).unwrap();
    let friendly = json!({"steps": [
        {"id": "a", "tool": "github.list_pull_requests", "args": {"per_page": 10}, "purpose": "other words"},
        {"id": "b", "tool": "github.get_pull_request", "over": "a#/items", "limit": 5,
         "when": {"ref": "a#/total", "is": "gt", "value": 0}, "args": {"number": {"$item": "/number"}}},
        {"id": "c", "query": "what is new", "tools": ["slack"]},
    ], "answer": {"style": "table"}});
    assert_eq!(read(&friendly, &catalog).unwrap().hash(), wire.hash());
}

#[test]
fn whatever_a_step_does_is_in_the_hash_and_words_are_not() {
    let base = || {
        json!({"steps": [
            {"id": "s1", "tool": "slack.search", "args": {"query": "x", "limit": 3}},
            {"id": "s2", "tool": "slack.search", "args": {"query": "y"}},
            {"id": "s3", "tool": "slack.post_message", "args": {"channel": "dev", "text": {"$ref": "s1#/a"}},
             "when": {"ref": "s1#/n", "is": "gt", "value": 1}, "after": ["s2"]},
        ]})
    };
    let hash = |document: &Value| read(document, &catalog()).unwrap().hash();
    let changed = |pointer: &str, value: Value| {
        let mut document = base();
        *document.pointer_mut(pointer).unwrap() = value;
        hash(&document)
    };
    let same = [
        ("/steps/0/args", json!({"limit": 3, "query": "x"})),
        ("/steps/1/id", json!("s2")),
        ("/steps/2", {
            let mut step = base()["steps"][2].clone();
            step["purpose"] = json!("other words");
            step
        }),
    ];
    for (pointer, value) in same {
        assert_eq!(changed(pointer, value), hash(&base()), "{pointer}");
    }
    let different = [
        ("/steps/0/tool", json!("slack.list_channels")),
        ("/steps/0/args/limit", json!(4)),
        ("/steps/0/args/query", json!("X")),
        ("/steps/2/args/text", json!({"$ref": "s1#/b"})),
        ("/steps/2/args/text", json!({"$tmpl": "{{s1:/a}}"})),
        ("/steps/2/args/text", json!("{{s1:/a}}")),
        ("/steps/2/when/is", json!("ge")),
        ("/steps/2/when/value", json!(2)),
        ("/steps/2/after", json!([])),
        ("/steps/2/after", json!(["s1"])),
    ];
    for (pointer, value) in different {
        assert_ne!(changed(pointer, value.clone()), hash(&base()), "{pointer} {value}");
    }
    let redefined = fixture::catalog_where(|tool| tool.description = Some("new".into()));
    assert_ne!(read(&base(), &redefined).unwrap().hash(), hash(&base()));
}

#[test]
fn a_saved_plan_is_refused_once_a_tool_was_redefined() {
    let saved = json!(read(&fixture::valid()[0].1, &catalog()).unwrap());
    let redefined = fixture::catalog_where(|tool| tool.description = Some("new".into()));
    let found: Vec<String> = read(&saved, &redefined).unwrap_err().iter().map(line).collect();
    assert_eq!(found, ["fingerprint_mismatch s1 /steps/0/fingerprint"]);
}
