//! The gate: every row a call, and what policy says of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Annotations, Catalog, Effect, Entry, ServerId, ServerLabels, ServerListing, ToolListing};
use concertmaster_policy::{
    Answer, Approvals, ApprovedPlan, CallHash, PermittedCall, Policy, Rules, Verdict, Withheld,
};
use plan::{CheckContext, Observation, Observations, Output, Plan, PlanDraft, Proposal, StepIndex};
use query::{Budget, Deadline, Ledger, Moment, Principal, Query, QueryId};
use serde_json::{Value, json};

fn catalog(description: &str, effects: &[(&str, Effect)]) -> Catalog {
    let schema =
        json!({"type": "object", "properties": {"x": {"type": ["string", "integer"]}}, "additionalProperties": false});
    let tool = |(name, _): &(&str, Effect)| ToolListing {
        name: (*name).to_owned(),
        description: Some(description.to_owned()),
        input_schema: schema.clone(),
        annotations: Some(Annotations::default()),
        ..ToolListing::default()
    };
    let tools = effects.iter().map(tool).collect();
    let labels = ServerLabels {
        effects: effects.iter().map(|(name, effect)| ((*name).to_owned(), *effect)).collect(),
        ..ServerLabels::default()
    };
    let listing = ServerListing { id: ServerId::new("s"), title: None, instructions: None, tools };
    Catalog::new(1, vec![Entry::Ready(listing, labels)])
}

const TOOLS: [(&str, Effect); 4] = [
    ("reads", Effect::Read),
    ("fetches", Effect::Egress),
    ("adds", Effect::Additive),
    ("destroys", Effect::Destructive),
];

fn query(calls: u32) -> Query {
    Query {
        id: QueryId::new("q"),
        text: "".into(),
        principal: Principal::local(),
        asked: Moment::ORIGIN,
        deadline: Deadline::within(Duration::from_secs(1), Moment::ORIGIN),
        ledger: Ledger::new(Budget::of_calls(calls)),
        facts: Arc::new(BTreeMap::new()),
        depth: 0,
    }
}

fn plan(document: &Value, catalog: &Catalog) -> Plan {
    let Ok(Proposal::Plan(draft)) = PlanDraft::from_value(document) else { panic!("{document} is no draft") };
    plan::check(&draft, &CheckContext::of(catalog)).unwrap()
}

fn single(tool: &str, catalog: &Catalog) -> Plan {
    plan(&json!({"steps": [{"id": "s1", "tool": format!("s.{tool}"), "args": {"x": "word"}}]}), catalog)
}

/// A plan whose second step takes its argument from what the first yields.
fn fed(tool: &str, catalog: &Catalog) -> Plan {
    let steps = json!([
        {"id": "s1", "tool": "s.reads", "args": {"x": "word"}},
        {"id": "s2", "tool": format!("s.{tool}"), "args": {"x": {"$ref": "s1#/found"}}},
    ]);
    plan(&json!({ "steps": steps }), catalog)
}

fn approved(plan: Plan, policy: &Policy, query: &Query, approvals: &Approvals) -> ApprovedPlan {
    match policy.judge(plan, query, approvals) {
        Verdict::Approved(approved) => approved,
        other => panic!("not approved: {other:?}"),
    }
}

/// Binds the step as if the first one had found `found`, and asks the gate.
fn permit(
    policy: &Policy,
    plan: &ApprovedPlan,
    step: usize,
    found: &str,
    today: &Catalog,
) -> Result<PermittedCall, Withheld> {
    let mut seen = Observations::none_of(plan.plan().steps().len());
    seen.record(StepIndex(0), Observation::Output(Output::computed(json!({ "found": found }))));
    match plan.plan().bind(StepIndex(step), &seen) {
        Ok(plan::BoundStep::Call(call)) => policy.permit(plan.authority(), call, today),
        other => panic!("not a call: {other:?}"),
    }
}

fn word(judged: &Result<PermittedCall, Withheld>) -> &str {
    match judged {
        Ok(_) => "permit",
        Err(Withheld::Ask { .. }) => "ask",
        Err(Withheld::Deny(fault)) => &fault.code,
    }
}

#[test]
fn the_users_own_words_pass_unless_they_destroy() {
    let catalog = catalog("", &TOOLS);
    let policy = Policy::default();
    for (tool, expected) in [("reads", "approved"), ("fetches", "approved"), ("adds", "approved"), ("destroys", "ask")]
    {
        let verdict = match policy.judge(single(tool, &catalog), &query(9), &Approvals::none()) {
            Verdict::Approved(_) => "approved",
            Verdict::Ask(..) => "ask",
            Verdict::Denied(..) => "denied",
        };
        assert_eq!(verdict, expected, "{tool}");
    }
}

#[test]
fn what_a_server_said_adds_nothing_unasked() {
    let catalog = catalog("", &TOOLS);
    let policy = Policy::default();
    for (tool, expected) in [("reads", "permit"), ("fetches", "permit"), ("adds", "ask"), ("destroys", "ask")] {
        let plan = approved(fed(tool, &catalog), &policy, &query(9), &Approvals::none());
        assert_eq!(word(&permit(&policy, &plan, 1, "word", &catalog)), expected, "{tool}");
    }
}

#[test]
fn an_approval_covers_one_tool_with_one_set_of_arguments() {
    let catalog = catalog("", &TOOLS);
    let policy = Policy::default();
    let query = query(9);
    let open = approved(fed("destroys", &catalog), &policy, &query, &Approvals::none());
    let Err(Withheld::Ask { hash, call, .. }) = permit(&policy, &open, 1, "alpha", &catalog) else {
        panic!("not asked")
    };
    assert_eq!(call.arguments, json!({"x": "alpha"}));
    assert_eq!(CallHash::parse(&hash.to_string()), Some(hash));

    let granted = approved(fed("destroys", &catalog), &policy, &query, &Approvals::of([hash]));
    assert_eq!(word(&permit(&policy, &granted, 1, "alpha", &catalog)), "permit");
    assert_eq!(word(&permit(&policy, &granted, 1, "alphA", &catalog)), "ask", "other arguments");
    let elsewhere = approved(fed("adds", &catalog), &policy, &query, &Approvals::of([hash]));
    assert_eq!(word(&permit(&policy, &elsewhere, 1, "alpha", &catalog)), "ask", "another tool");
}

#[test]
fn a_tool_that_changed_or_went_since_the_plan_is_not_called() {
    let then = catalog("as planned", &TOOLS);
    let policy = Policy::default();
    let plan = approved(single("reads", &then), &policy, &query(9), &Approvals::none());
    assert_eq!(word(&permit(&policy, &plan, 0, "", &then)), "permit");
    let redefined = catalog("something else", &TOOLS);
    assert_eq!(word(&permit(&policy, &plan, 0, "", &redefined)), "fingerprint_mismatch");
    let withdrawn = catalog("as planned", &TOOLS[1..]);
    assert_eq!(word(&permit(&policy, &plan, 0, "", &withdrawn)), "tool_gone");
}

#[test]
fn arguments_that_do_not_fit_never_leave() {
    let catalog = catalog("", &TOOLS);
    let policy = Policy::default();
    let tool = Arc::clone(catalog.find("s.reads").unwrap());
    let arguments = json!({"x": [1], "y": 2});
    let plan = Plan::single_call(tool, arguments.as_object().unwrap().clone(), 1);
    let plan = approved(plan, &policy, &query(9), &Approvals::none());
    assert_eq!(word(&permit(&policy, &plan, 0, "", &catalog)), "arguments_invalid");
}

#[test]
fn the_budget_is_reserved_spent_when_sent_and_refunded_when_not() {
    let catalog = catalog("", &TOOLS);
    let policy = Policy::default();
    let query = query(1);
    let plan = approved(single("reads", &catalog), &policy, &query, &Approvals::none());
    let held = permit(&policy, &plan, 0, "", &catalog);
    assert_eq!(word(&held), "permit");
    assert_eq!(word(&permit(&policy, &plan, 0, "", &catalog)), "over_budget");
    drop(held);
    let mut again = permit(&policy, &plan, 0, "", &catalog).unwrap();
    again.settle();
    drop(again);
    assert_eq!(word(&permit(&policy, &plan, 0, "", &catalog)), "over_budget");
    assert_eq!(query.ledger.spent_calls(), 1);
}

#[test]
fn what_the_operator_denies_is_denied_whoever_approves() {
    let catalog = catalog("", &TOOLS);
    let rules = Rules { destructive: Answer::Deny, additive_from_results: Answer::Deny, ..Rules::default() };
    let policy = Policy::new(rules);
    let Verdict::Ask(_, asked) = Policy::default().judge(single("destroys", &catalog), &query(9), &Approvals::none())
    else {
        panic!("not asked")
    };
    let approvals = Approvals::of(asked.calls.iter().map(|call| call.hash));
    assert!(matches!(policy.judge(single("destroys", &catalog), &query(9), &approvals), Verdict::Denied(..)));
    let plan = approved(fed("adds", &catalog), &policy, &query(9), &approvals);
    assert_eq!(word(&permit(&policy, &plan, 1, "word", &catalog)), "denied");
}
