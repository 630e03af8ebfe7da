//! The gate against a small model of it: every plan of up to three steps over
//! thirty tools, of every effect, on servers with every kind of readers.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Effect, Entry, Readers, ServerId, ServerLabels, ServerListing, ToolListing};
use concertmaster_policy::{Answer, Approvals, Authority, CallHash, Policy, Rules, Withheld};
use plan::{
    BoundCall, BoundStep, CheckContext, FaultCode, Observation, Observations, Output, Plan, PlanDraft, PlanFault,
    Proposal, StepIndex,
};
use query::{Budget, Deadline, Ledger, Moment, Principal, Query, QueryId};
use serde_json::{Value, json};

/// Six servers, and the places of those that may be told what each says;
/// `None` for all.
const SERVERS: [(&str, Option<&[usize]>); 6] = [
    ("open", None),
    ("private", Some(&[])),
    ("shared", Some(&[3])),
    ("friend", Some(&[2, 4])),
    ("third", Some(&[0, 1, 2, 3, 5])),
    ("last", Some(&[1])),
];

const EFFECTS: [Effect; 5] = [Effect::Pure, Effect::Read, Effect::Egress, Effect::Additive, Effect::Destructive];

/// Where a step gets its argument.
#[derive(Clone, Copy, Debug)]
enum Wire {
    /// It is in the plan.
    Literal,
    /// From the result of the step at that place.
    From(usize),
    /// It runs for each item of that result, and takes nothing of it.
    Each(usize),
    /// It is in the plan; the step runs if that step's result says so.
    If(usize),
}

use Wire::{Each, From, If, Literal};

/// How up to three steps hang together.
const WIRINGS: [&[Wire]; 8] = [
    &[Literal],
    &[Literal, Literal],
    &[Literal, From(0)],
    &[Literal, Each(0)],
    &[Literal, If(0)],
    &[Literal, From(0), From(1)],
    &[Literal, Each(0), From(1)],
    &[Literal, If(0), From(1)],
];

/// More ways for three steps; as many plans again, and more.
const FURTHER: [&[Wire]; 5] = [
    &[Literal, From(0), Each(1)],
    &[Literal, From(0), If(1)],
    &[Literal, Literal, From(0)],
    &[Literal, Literal, Each(1)],
    &[Literal, From(0), Literal],
];

const DEFAULT: Rules = Rules {
    additive: Answer::Permit,
    additive_from_results: Answer::Ask,
    destructive: Answer::Ask,
    private: Answer::Ask,
};
const STRICT: Rules = Rules {
    additive: Answer::Ask,
    additive_from_results: Answer::Deny,
    destructive: Answer::Ask,
    private: Answer::Deny,
};

/// What the gate should say of each step: which servers may know what goes
/// into it, and what comes out of it, are sets of bits.
fn modelled(tools: &[usize], wires: &[Wire], rules: Rules) -> Vec<Answer> {
    let mut known_out: Vec<u8> = Vec::new();
    let mut answers = Vec::new();
    for (tool, wire) in tools.iter().zip(wires) {
        let (server, effect) = (tool / EFFECTS.len(), EFFECTS[tool % EFFECTS.len()]);
        let (known_in, made_of_results) = match wire {
            Literal => (u8::MAX, false),
            From(step) | Each(step) => (known_out[*step], true),
            If(step) => (known_out[*step], false),
        };
        let by_effect = match (effect, made_of_results) {
            (Effect::Destructive, _) => rules.destructive,
            (Effect::Additive, true) => rules.additive_from_results,
            (Effect::Additive, false) => rules.additive,
            (Effect::Pure | Effect::Read | Effect::Egress, _) => Answer::Permit,
        };
        let may_be_told = known_in & 1 << server != 0;
        answers.push(if may_be_told { by_effect } else { by_effect.max(rules.private) });
        let own =
            SERVERS[server].1.map_or(u8::MAX, |readers| readers.iter().fold(1 << server, |set, at| set | 1 << at));
        known_out.push(known_in & own);
    }
    answers
}

fn catalog(labelled: bool) -> Catalog {
    let server = |(name, readers): &(&str, Option<&[usize]>)| {
        let tool = |effect: &Effect| ToolListing {
            name: effect.to_string(),
            input_schema: json!({"type": "object", "properties": {"x": {"type": "string"}}}),
            ..ToolListing::default()
        };
        let readers = readers
            .filter(|_| labelled)
            .map_or(Readers::Everyone, |readers| Readers::only(readers.iter().map(|at| ServerId::new(SERVERS[*at].0))));
        let effects = EFFECTS.iter().map(|effect| (effect.to_string(), *effect)).collect();
        let labels = ServerLabels { readers, effects, ..ServerLabels::default() };
        let tools = EFFECTS.iter().map(tool).collect();
        Entry::Ready(ServerListing { id: ServerId::new(*name), title: None, instructions: None, tools }, labels)
    };
    Catalog::new(1, SERVERS.iter().map(server).collect())
}

/// The plan; none where what a server said would decide how often something
/// is destroyed: that is no valid plan.
fn plan(tools: &[usize], wires: &[Wire], catalog: &Catalog) -> Option<Plan> {
    let step = |(at, (tool, wire)): (usize, (&usize, &Wire))| {
        let (server, effect) = (SERVERS[tool / EFFECTS.len()].0, EFFECTS[tool % EFFECTS.len()]);
        let mut step =
            json!({"id": format!("s{}", at + 1), "tool": format!("{server}.{effect}"), "args": {"x": "word"}});
        match wire {
            Literal => {}
            From(from) => {
                let path = if matches!(wires[*from], Each(_)) { "/0/value/items/0/x" } else { "/items/0/x" };
                step["args"]["x"] = json!({"$ref": format!("s{}#{path}", from + 1)});
            }
            Each(over) => {
                step["op"] = json!("each");
                step["over"] = json!(format!("s{}#/items", over + 1));
            }
            If(subject) => step["when"] = json!({"ref": format!("s{}#/items", subject + 1), "is": "exists"}),
        }
        step
    };
    let steps: Vec<Value> = tools.iter().zip(wires).enumerate().map(step).collect();
    let Ok(Proposal::Plan(draft)) = PlanDraft::from_value(&json!({ "steps": steps })) else { panic!("{steps:?}") };
    match plan::check(&draft, &CheckContext::of(catalog)) {
        Ok(plan) => Some(plan),
        Err(faults) => {
            let steered = |fault: &PlanFault| fault.code == FaultCode::SideEffectSteered;
            assert!(faults.iter().all(steered), "{steps:?}: {faults:?}");
            None
        }
    }
}

fn authority(approvals: Approvals) -> Authority {
    let query = Query {
        id: QueryId::new("q"),
        text: "".into(),
        principal: Principal::local(),
        asked: Moment::ORIGIN,
        deadline: Deadline::within(Duration::from_secs(1), Moment::ORIGIN),
        ledger: Ledger::new(Budget::of_calls(9)),
        facts: Arc::new(BTreeMap::new()),
        depth: 0,
    };
    Authority { query, approvals }
}

/// The calls of each step, if every step yields a list of two.
fn calls(plan: &Plan) -> Vec<Vec<BoundCall>> {
    let mut seen = Observations::none_of(plan.steps().len());
    let calls_of = |(index, _): (StepIndex, _)| {
        let yields = json!({"items": [{"x": "a"}, {"x": "b"}]});
        let (calls, yields) = match plan.bind(index, &seen).unwrap() {
            BoundStep::Call(call) => (vec![call], yields),
            BoundStep::Each { calls, .. } => {
                (calls.into_iter().map(Result::unwrap).collect(), json!([{"i": 0, "ok": true, "value": yields}]))
            }
            BoundStep::Pure { .. } | BoundStep::Sub { .. } => panic!("only calls are planned here"),
        };
        seen.record(index, Observation::Output(Output::computed(yields)));
        calls
    };
    plan.indexed().map(calls_of).collect()
}

fn said(policy: &Policy, call: &BoundCall, authority: &Authority, today: &Catalog) -> Answer {
    match policy.judge_call(authority, call.clone(), today) {
        Ok(_) => Answer::Permit,
        Err(Withheld::Ask { .. }) => Answer::Ask,
        Err(Withheld::Deny(fault)) => {
            assert_eq!(fault.code, "denied");
            Answer::Deny
        }
    }
}

/// Every way to take that many of the thirty tools.
fn tools(count: usize) -> impl Iterator<Item = Vec<usize>> {
    let all = SERVERS.len() * EFFECTS.len();
    (0..all.pow(u32::try_from(count).unwrap())).map(move |mut number| {
        let mut digit = || (number % all, number /= all).0;
        (0..count).map(|_| digit()).collect()
    })
}

/// Plans tried, and calls of which the gate says something else than the model.
fn compared(labelled: bool, wirings: &[&[Wire]]) -> (usize, usize) {
    let (today, authority) = (catalog(labelled), authority(Approvals::none()));
    let policies = [DEFAULT, STRICT].map(|rules| (rules, Policy::new(rules)));
    let (mut plans, mut differences) = (0, 0);
    for wires in wirings {
        for tools in tools(wires.len()) {
            plans += 1;
            let destroys = |(tool, wire): (&usize, &Wire)| {
                matches!(wire, Each(_)) && EFFECTS[tool % EFFECTS.len()] == Effect::Destructive
            };
            let Some(plan) = plan(&tools, wires, &today) else {
                differences += usize::from(!tools.iter().zip(*wires).any(destroys));
                continue;
            };
            differences += usize::from(tools.iter().zip(*wires).any(destroys));
            let calls = calls(&plan);
            for (rules, policy) in &policies {
                for (calls, expected) in calls.iter().zip(modelled(&tools, wires, *rules)) {
                    let differs = |call: &&BoundCall| said(policy, call, &authority, &today) != expected;
                    differences += calls.iter().filter(differs).count();
                }
            }
        }
    }
    (plans, differences)
}

/// The same, on two threads.
fn all_compared(wirings: &'static [&'static [Wire]]) -> (usize, usize) {
    let halves: Vec<(usize, usize)> = std::thread::scope(|scope| {
        let (one, other) = wirings.split_at(wirings.len() - wirings.len() / 3);
        let halves = [one, other].map(|half| scope.spawn(move || compared(true, half)));
        halves.into_iter().map(|half| half.join().unwrap()).collect()
    });
    halves.into_iter().fold((0, 0), |(plans, differences), half| (plans + half.0, differences + half.1))
}

#[test]
fn the_gate_is_the_model_for_every_plan() {
    assert_eq!(all_compared(&WIRINGS), (30 + 4 * 30 * 30 + 3 * 30 * 30 * 30, 0));
}

#[test]
#[ignore = "135,000 plans more; a minute on two free cores"]
fn the_gate_is_the_model_for_every_other_plan() {
    assert_eq!(all_compared(&FURTHER), (5 * 30 * 30 * 30, 0));
}

#[test]
fn without_labels_the_gate_is_not_the_model() {
    let (_, differences) = compared(false, &WIRINGS[2..3]);
    assert!(differences > 100, "{differences}");
}

#[test]
fn a_value_is_let_through_by_itself() {
    let today = catalog(true);
    // `private.read`, then `open.read` for each item, told nothing but that
    // there is one.
    let plan = plan(&[6, 1], &[Literal, Each(0)], &today).unwrap();
    let calls = &calls(&plan)[1];
    let policy = Policy::default();
    let asked = |approvals| -> Vec<Answer> {
        let authority = authority(approvals);
        calls.iter().map(|call| said(&policy, call, &authority, &today)).collect()
    };
    assert_eq!(asked(Approvals::none()), [Answer::Ask, Answer::Ask]);
    let fed = self::plan(&[6, 1], &[Literal, From(0)], &today).unwrap();
    let fed = &self::calls(&fed)[1][0];
    let authority = authority(Approvals::of([CallHash::of(fed)]));
    assert_eq!(said(&policy, fed, &authority, &today), Answer::Permit, "the value that was shown");
    let mut other = fed.clone();
    other.arguments = json!({"x": "b"});
    assert_eq!(said(&policy, &other, &authority, &today), Answer::Ask, "and no other");
}
