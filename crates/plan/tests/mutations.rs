//! A fault put into any valid plan is found there.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fixture;
#[path = "fixture/generate.rs"]
mod generate;

use concertmaster_plan::FaultCode;
use fixture::faults;
use generate::plans;
use proptest::prelude::*;
use serde_json::{Value, json};

/// How one kind of fault is put into a step of a plan; `None` where that step
/// has no place for it.
type Injection = fn(&mut Value, usize) -> Option<()>;

const INJECTIONS: &[(FaultCode, Injection)] = &[
    (FaultCode::BadShape, |plan, at| {
        plan["steps"][at]["porpoise"] = json!("x");
        Some(())
    }),
    (FaultCode::BadPath, |plan, at| {
        plan["steps"][at]["when"] = json!({"ref": first_before(plan, at)? + "#no/slash", "is": "exists"});
        Some(())
    }),
    (FaultCode::BadTemplate, |plan, at| {
        *text_argument(plan, at)? = json!({"$tmpl": "{{open"});
        Some(())
    }),
    (FaultCode::UnknownTool, |plan, at| {
        *plan["steps"][at].get_mut("tool")? = json!("github.none");
        Some(())
    }),
    (FaultCode::DuplicateStep, |plan, at| {
        plan["steps"][at]["id"] = json!(first_before(plan, at)?);
        Some(())
    }),
    (FaultCode::ForwardReference, |plan, at| {
        plan["steps"][at]["after"] = json!([plan["steps"][at]["id"]]);
        Some(())
    }),
    (FaultCode::MissingStep, |plan, at| {
        plan["steps"][at]["when"] = json!({"ref": "nobody", "is": "ok"});
        Some(())
    }),
    (FaultCode::MissingArgument, |plan, at| {
        let required = ["query", "text", "number", "items"];
        let args = plan["steps"][at]["args"].as_object_mut()?;
        required.iter().find_map(|name| args.shift_remove(*name)).map(|_| ())
    }),
    (FaultCode::UnknownArgument, |plan, at| {
        let open = plan["steps"][at]["tool"] == "slack.list_channels";
        plan["steps"][at]["args"].as_object_mut().filter(|_| !open)?.insert("colour".into(), json!("red"));
        Some(())
    }),
    (FaultCode::LiteralMismatch, |plan, at| {
        *plan["steps"][at].pointer_mut("/args/number").filter(|number| number.is_number())? = json!([1]);
        Some(())
    }),
    (FaultCode::ReferenceMismatch, |plan, at| {
        let list = earlier(plan, at, "github.list_pull_requests")?;
        *text_argument(plan, at)? = json!({"$ref": format!("{list}#/items")});
        Some(())
    }),
    (FaultCode::ItemOutsideEach, |plan, at| {
        *text_argument(plan, at)? = json!({"$item": "/name"});
        Some(())
    }),
    (FaultCode::LimitExceeded, |plan, at| {
        *plan["steps"][at].get_mut("limit")? = json!(51);
        Some(())
    }),
    (FaultCode::MalformedGuard, |plan, at| {
        plan["steps"][at]["when"] = json!({"ref": first_before(plan, at)?, "is": "resembles", "value": 1});
        Some(())
    }),
    (FaultCode::EmptyAnswer, |plan, _| {
        plan["answer"] = json!({"uses": []});
        Some(())
    }),
    (FaultCode::DeadStep, |plan, at| {
        let steps = plan["steps"].as_array_mut().filter(|steps| steps.len() < 12)?;
        let others: Vec<Value> = steps.iter().map(|step| step["id"].clone()).collect();
        steps.insert(at, json!({"id": "unread", "tool": "slack.list_channels"}));
        plan["answer"] = json!({ "uses": others });
        Some(())
    }),
    (FaultCode::SideEffectSteered, |plan, at| {
        let step = plan["steps"][at].as_object_mut().filter(|step| step.contains_key("over"))?;
        step.insert("tool".into(), json!("github.merge_pull_request"));
        Some(())
    }),
    (FaultCode::FingerprintMismatch, |plan, at| {
        let tool = plan["steps"][at]["tool"].as_str()?;
        if tool.starts_with("orc.") {
            return None;
        }
        plan["steps"][at]["fingerprint"] = json!("ab".repeat(32));
        Some(())
    }),
];

fn first_before(plan: &Value, at: usize) -> Option<String> {
    (at > 0).then(|| plan["steps"][0]["id"].as_str().map(str::to_owned))?
}

fn earlier(plan: &Value, at: usize, tool: &str) -> Option<String> {
    let steps = plan["steps"].as_array()?;
    steps[..at].iter().find(|step| step["tool"] == tool)?["id"].as_str().map(str::to_owned)
}

fn text_argument(plan: &mut Value, at: usize) -> Option<&mut Value> {
    let step = &mut plan["steps"][at];
    let name = if step.get("args").is_some_and(|args| args.get("text").is_some()) { "text" } else { "query" };
    step.get_mut("args")?.get_mut(name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_injected_fault_is_found_and_a_valid_plan_has_none(valid in plans(), at in any::<usize>()) {
        prop_assert_eq!(faults(&valid), Vec::<String>::new());
        let at = at % valid["steps"].as_array().unwrap().len();
        for (code, inject) in INJECTIONS {
            let mut plan = valid.clone();
            if inject(&mut plan, at).is_some() {
                let found = faults(&plan);
                prop_assert!(found.iter().any(|line| line.starts_with(code.as_str())), "{}: {:?}\n{:#}", code, found, plan);
            }
        }
    }
}

/// Every injection finds a place in some plan, so none of them is idle.
#[test]
fn every_kind_of_fault_is_injected_somewhere() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut injected = vec![0; INJECTIONS.len()];
    for _ in 0..200 {
        let valid = plans().new_tree(&mut runner).unwrap().current();
        for at in 0..valid["steps"].as_array().unwrap().len() {
            for (count, (_, inject)) in injected.iter_mut().zip(INJECTIONS) {
                *count += usize::from(inject(&mut valid.clone(), at).is_some());
            }
        }
    }
    assert_eq!(INJECTIONS.iter().map(|(code, _)| *code).collect::<Vec<_>>(), FaultCode::ALL);
    assert!(injected.iter().all(|count| *count >= 20), "{injected:?}");
}
