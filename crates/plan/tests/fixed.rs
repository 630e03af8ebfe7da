//! Arguments that the operator fixed: in every call, in everything that is
//! shown and hashed of it, and nobody else's to give.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use catalog::{Catalog, Entry, ServerId, ServerLabels, ServerListing, Shaping, Tool, ToolListing};
use concertmaster_plan::{
    BoundCall, BoundStep, CheckContext, Observations, Plan, PlanDraft, Proposal, StepIndex, check, explain,
};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

/// Two servers with one tool; of the first, the owner is fixed.
fn catalog(owner: &str) -> Catalog {
    let schema = json!({
        "type": "object",
        "properties": {"query": {"type": "string"}, "owner": {"type": "string", "minLength": 2}},
        "required": ["query", "owner"],
    });
    let server = |id: &str, shaping: Shaping| {
        let tool = ToolListing { name: "find".into(), input_schema: schema.clone(), ..ToolListing::default() };
        let listing = ServerListing { id: ServerId::new(id), title: None, instructions: None, tools: vec![tool] };
        Entry::Ready(listing, ServerLabels { shaping, ..ServerLabels::default() })
    };
    let fixed = [("search".to_owned(), object(json!({"owner": owner})))].into();
    let rename = [("find".to_owned(), "search".to_owned())].into();
    Catalog::new(1, vec![server("a", Shaping { rename, fixed, ..Shaping::default() }), server("b", Shaping::default())])
}

fn tool(owner: &str, name: &str) -> Arc<Tool> {
    Arc::clone(catalog(owner).find(name).unwrap())
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

#[test]
fn a_clients_own_text_leaves_with_what_is_fixed_behind_it() {
    let rows = [
        (r#"{"query": "x" }"#, Ok(r#"{"query": "x","owner":"acme"}"#)),
        ("{ }", Ok(r#"{"owner":"acme"}"#)),
        (r#"{"query":"}","n":1.50}"#, Ok(r#"{"query":"}","n":1.50,"owner":"acme"}"#)),
        (r#"{"query":"x","owner":"evil"}"#, Err("`owner` of `a.search` is fixed by the operator")),
        (r#"{"owner":"acme"}"#, Err("`owner` of `a.search` is fixed by the operator")),
    ];
    for (text, expected) in rows {
        match (BoundCall::of_client(tool("acme", "a.search"), raw(text)), expected) {
            (Ok(call), Ok(expected)) => {
                assert_eq!(call.written.as_deref().unwrap().get(), expected);
                assert_eq!(call.arguments, serde_json::from_str::<Value>(expected).unwrap());
            }
            (Err(fault), Err(expected)) => assert!(fault.message.starts_with(expected), "{}", fault.message),
            (made, expected) => panic!("{text}: {made:?} is not {expected:?}"),
        }
    }
    // Where nothing is fixed, the same text leaves as it came.
    let call = BoundCall::of_client(tool("acme", "b.find"), raw(r#"{"query":"x", "owner":"evil"}"#)).unwrap();
    assert_eq!(call.written.as_deref().unwrap().get(), r#"{"query":"x", "owner":"evil"}"#);
}

fn planned(owner: &str, args: Value) -> Result<Plan, String> {
    let document = json!({"steps": [{"id": "s1", "tool": "a.search", "args": args}]});
    let catalog = catalog(owner);
    match PlanDraft::parse(&document.to_string()).unwrap() {
        Proposal::Plan(draft) => check(&draft, &CheckContext::of(&catalog))
            .map_err(|faults| faults.into_iter().map(|fault| fault.message).collect()),
        other => panic!("{other:?}"),
    }
}

fn bound(plan: &Plan) -> BoundCall {
    match plan.bind(StepIndex(0), &Observations::none_of(1)).unwrap() {
        BoundStep::Call(call) => call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_is_made_without_it_and_runs_with_it() {
    let plan = planned("acme", json!({"query": "x"})).unwrap();
    let call = bound(&plan);
    assert_eq!(call.arguments, json!({"query": "x", "owner": "acme"}));
    assert!(call.tool.check_arguments(&call.arguments).is_empty());
    assert!(explain(&plan).contains("owner = \"acme\" [fixed]"), "{}", explain(&plan));
    // With another value it is another tool, another plan and another call.
    let other = planned("other", json!({"query": "x"})).unwrap();
    assert_ne!(call.tool.fingerprint, bound(&other).tool.fingerprint);
    assert_ne!(call.fingerprint(), bound(&other).fingerprint());
    assert_ne!(plan.hash(), other.hash());
    assert_eq!(plan.hash(), planned("acme", json!({"query": "x"})).unwrap().hash());
    let given = planned("acme", json!({"query": "x", "owner": "evil"})).unwrap_err();
    assert!(given.starts_with("`owner` of `a.search` is fixed by the operator"), "{given}");
    // A value that its tool does not take is nobody's to mend but the operator's.
    let call = bound(&planned("a", json!({"query": "x"})).unwrap());
    assert_eq!(call.tool.check_arguments(&call.arguments).len(), 1);
}

#[test]
fn a_direct_call_that_gives_it_cannot_be_bound() {
    let plan = Plan::single_call(tool("acme", "a.search"), object(json!({"query": "x", "owner": "evil"})), 1);
    let fault = plan.bind(StepIndex(0), &Observations::none_of(1)).unwrap_err();
    assert!(fault.to_string().starts_with("`owner` of `a.search` is fixed by the operator"), "{fault}");
}

#[test]
fn what_is_fixed_stays_with_its_tool() {
    let (fixed, free) = (tool("acme", "a.search"), tool("acme", "b.find"));
    let call = BoundCall::of_client(Arc::clone(&free), raw(r#"{"query":"x","owner":"evil"}"#)).unwrap();
    assert!(call.rebound(&fixed).is_none(), "the other's own value is not given up");
    let call = BoundCall::of_client(Arc::clone(&fixed), raw(r#"{"query":"x"}"#)).unwrap();
    assert!(call.rebound(&free).is_none(), "the fixed value goes to no other tool");
    let twin = catalog("acme");
    let twin = twin.find("a.search").unwrap();
    assert_eq!(call.rebound(twin).unwrap().arguments, json!({"query": "x", "owner": "acme"}));
}
