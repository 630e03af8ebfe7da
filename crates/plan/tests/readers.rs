//! Who may be told what: rows of a plan, and the readers of its last step's
//! inputs or outputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

use catalog::{Catalog, Effect, Entry, Readers, ServerId, ServerLabels, ServerListing, ToolListing};
use concertmaster_plan::{
    BoundStep, CheckContext, Observation, Observations, Output, Plan, PlanDraft, Proposal, StepIndex, check,
};
use serde_json::{Value, json};

/// `open` tells everybody, `half` tells `open`, `shut` tells nobody.
fn catalog() -> Catalog {
    let servers = [("open", None), ("half", Some(vec!["open"])), ("shut", Some(vec![]))];
    let entry = |(name, readers): (&str, Option<Vec<&str>>)| {
        let tool = ToolListing {
            name: "get".to_owned(),
            input_schema: json!({"type": "object", "properties": {"x": {}}}),
            ..ToolListing::default()
        };
        let labels = ServerLabels {
            effects: [("get".to_owned(), Effect::Read)].into(),
            readers: readers.map_or(Readers::Everyone, |readers| Readers::only(readers.into_iter().map(ServerId::new))),
            ..ServerLabels::default()
        };
        let id = ServerId::new(name);
        Entry::Ready(ServerListing { id, title: None, instructions: None, tools: vec![tool] }, labels)
    };
    Catalog::new(1, servers.map(entry).into())
}

fn plan(steps: &Value) -> Plan {
    let Ok(Proposal::Plan(draft)) = PlanDraft::from_value(&json!({ "steps": steps })) else { panic!("{steps}") };
    check(&draft, &CheckContext::of(&catalog())).unwrap_or_else(|faults| panic!("{steps}: {faults:?}"))
}

/// The servers that may be told, by their first letters.
fn letters(readers: &Readers) -> String {
    ["open", "half", "shut"]
        .into_iter()
        .filter(|name| readers.include(&ServerId::new(*name)))
        .map(|name| &name[..1])
        .collect()
}

fn get(id: &str, server: &str) -> Value {
    json!({"id": id, "tool": format!("{server}.get"), "args": {"x": 1}})
}

fn fed(id: &str, server: &str, from: &str) -> Value {
    json!({"id": id, "tool": format!("{server}.get"), "args": {"x": {"$ref": format!("{from}#/list")}}})
}

#[test]
fn what_a_step_yields_is_for_those_that_may_know_all_of_it() {
    let each = json!({"id": "s2", "op": "each", "tool": "open.get", "over": "s1#/list", "args": {"x": 1}});
    let guarded = json!({"id": "s2", "tool": "open.get", "args": {}, "when": {"ref": "s1#/list", "is": "exists"}});
    let counted = json!({"id": "s2", "tool": "orc.count", "args": {"items": {"$ref": "s1#/list"}}});
    let sub = |tools: Value| json!({"id": "s1", "op": "sub", "query": "look", "tools": tools});
    let rows = [
        (json!([get("s1", "open")]), "ohs"),
        (json!([get("s1", "half")]), "oh"),
        (json!([get("s1", "shut")]), "s"),
        (json!([get("s1", "half"), fed("s2", "open", "s1")]), "oh"),
        (json!([get("s1", "half"), fed("s2", "shut", "s1")]), ""),
        (json!([get("s1", "shut"), each]), "s"),
        (json!([get("s1", "shut"), guarded]), "s"),
        (json!([get("s1", "half"), counted]), "oh"),
        (json!([sub(json!(["open"]))]), "ohs"),
        (json!([sub(json!(["open", "half"]))]), "oh"),
        (json!([sub(json!(["half", "shut"]))]), ""),
    ];
    for (steps, expected) in rows {
        let plan = plan(&steps);
        let last = StepIndex(plan.steps().len() - 1);
        assert_eq!(letters(plan.readers_of(last)), expected, "{steps}");
    }
}

#[test]
fn a_call_is_labelled_with_all_that_it_tells() {
    let rows = [
        (fed("s2", "open", "s1"), "oh"),
        (json!({"id": "s2", "tool": "open.get", "args": {"x": {"$tmpl": "a {{s1:/list/0}} b"}}}), "oh"),
        (json!({"id": "s2", "tool": "open.get", "args": {"x": 1}, "when": {"ref": "s1#/list", "is": "exists"}}), "oh"),
        (json!({"id": "s2", "op": "each", "tool": "open.get", "over": "s1#/list", "args": {"x": 1}}), "oh"),
        (
            json!({"id": "s2", "op": "each", "tool": "open.get", "over": "s1#/list", "args": {"x": {"$item": "/a"}}}),
            "oh",
        ),
        (json!({"id": "s2", "tool": "open.get", "args": {"x": 1}, "after": ["s1"]}), "ohs"),
        (json!({"id": "s2", "op": "sub", "query": {"$tmpl": "find {{s1:/list/0}}"}, "tools": ["open"]}), "oh"),
    ];
    for (step, expected) in rows {
        let plan = plan(&json!([get("s1", "half"), step]));
        let mut seen = Observations::none_of(2);
        seen.record(StepIndex(0), Observation::Output(Output::computed(json!({"list": [{"a": 1}]}))));
        let label = match plan.bind(StepIndex(1), &seen).unwrap() {
            BoundStep::Call(call) => call.label(),
            BoundStep::Each { calls, .. } => calls.into_iter().next().unwrap().unwrap().label(),
            BoundStep::Sub { label, .. } => label,
            BoundStep::Pure { .. } => panic!("nothing is told by a computation"),
        };
        assert_eq!(letters(&label.readers), expected, "{step}");
    }
}
