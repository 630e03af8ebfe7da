//! The journey over a scripted stage: what is asked, what leaves, what comes
//! back. Servers are scripts here; real ones are met in the testkit.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::time::Duration;

use concertmaster_engine::{Called, Decision, InputRequired, RefusalReason, Request};
use policy::Approvals;
use serde_json::{Map, Value, json};
use stage::{Reply, engine, left, ordinary, shape, stage};

#[tokio::test]
async fn two_servers_are_asked_and_both_are_cited() {
    let stage = stage(ordinary);
    let outcome = engine(&stage).ask("list the crates and list the songs", Request::local()).await;
    let told = shape(&outcome);
    assert_eq!((&told["outcome"], &told["status"]), (&json!("answered"), &json!("complete")), "{told}");
    let cited: Vec<&str> =
        told["answer"]["citations"].as_array().unwrap().iter().map(|c| c["tool"].as_str().unwrap()).collect();
    assert_eq!(cited, ["list_crates", "list_songs"]);
    assert_eq!(told["usage"]["calls"], 2);
}

#[tokio::test]
async fn what_one_server_cannot_do_leaves_the_rest_of_the_answer() {
    let stage = stage(|tool, arguments| match tool {
        "radio.list_songs" => Reply::Fails("the radio is broken"),
        _ => ordinary(tool, arguments),
    });
    let told = shape(&engine(&stage).ask("list the crates and list the songs", Request::local()).await);
    assert_eq!((&told["outcome"], &told["status"]), (&json!("answered"), &json!("partial")));
    assert_eq!(told["missing"][0]["server"], "radio");
    assert_eq!(told["steps"][1]["status"], "failed");
}

#[tokio::test]
async fn a_part_that_nothing_serves_is_said_beside_the_answer() {
    let stage = stage(ordinary);
    let told = shape(&engine(&stage).ask("list the crates and book me a flight to Oslo", Request::local()).await);
    assert_eq!((&told["outcome"], &told["status"]), (&json!("answered"), &json!("partial")));
    assert!(told["answer"]["text"].as_str().unwrap().contains("book me a flight to Oslo"), "{told}");
}

#[tokio::test]
async fn nothing_leaves_for_what_is_out_of_scope_or_unsaid() {
    let stage = stage(ordinary);
    let engine = engine(&stage);
    let rows = [("book me a flight to Oslo", "refused"), ("show me the crate", "input_required")];
    for (query, outcome) in rows {
        assert_eq!(shape(&engine.ask(query, Request::local()).await)["outcome"], outcome, "{query}");
    }
    assert!(left(&stage).is_empty());
}

#[tokio::test]
async fn a_destructive_call_waits_and_then_is_made_once() {
    let stage = stage(ordinary);
    let engine = engine(&stage);
    let mut outcome = engine.ask("burn crate 4", Request::local()).await;
    let Decision::InputRequired(InputRequired::Approve { calls, .. }) = &outcome.decision else {
        panic!("{outcome:?}")
    };
    assert_eq!(calls[0].call.arguments, json!({"id": 4}));
    assert!(left(&stage).is_empty(), "nothing before a human said so");
    let suspended = outcome.suspension.take().unwrap();
    let hashes = suspended.hashes();
    let resumed = engine.resume(suspended, &hashes, Request::local()).await;
    assert_eq!(shape(&resumed)["outcome"], "answered");
    assert_eq!(left(&stage), [r#"depot.burn_crate {"id":4}"#]);
}

#[tokio::test]
async fn going_on_repeats_nothing_that_was_done() {
    let plan = json!({"steps": [
        {"id": "s1", "tool": "depot.list_crates"},
        {"id": "s2", "tool": "depot.tag_crate", "args": {"id": 1}},
        {"id": "s3", "tool": "depot.burn_crate", "args": {"id": {"$ref": "s1#/crates/0/id"}}},
    ]});
    let stage = stage(ordinary);
    let engine = engine(&stage);
    let mut outcome = engine.run(&plan.to_string(), Request::local()).await;
    let suspended = outcome.suspension.take().unwrap_or_else(|| panic!("not suspended: {outcome:?}"));
    assert!(suspended.has_acted(), "the tag is on");
    assert_eq!(suspended.asked()[0].call.arguments, json!({"id": 4}), "shown with its argument resolved");
    let hashes = suspended.hashes();
    let resumed = engine.resume(suspended, &hashes, Request::local()).await;
    assert_eq!(shape(&resumed)["outcome"], "answered", "{resumed:?}");
    let mut calls = left(&stage);
    calls.sort();
    assert_eq!(calls, [r#"depot.burn_crate {"id":4}"#, "depot.list_crates {}", r#"depot.tag_crate {"id":1}"#]);
}

#[tokio::test]
async fn an_approval_of_another_call_opens_nothing() {
    let stage = stage(ordinary);
    let engine = engine(&stage);
    let first = engine.ask("burn crate 4", Request::local()).await;
    let approvals = Approvals::of(first.suspension.unwrap().hashes());
    let second = engine.ask("burn crate 7", Request { approvals, ..Request::local() }).await;
    assert!(matches!(second.decision, Decision::InputRequired(InputRequired::Approve { .. })));
    assert!(left(&stage).is_empty());
}

#[tokio::test]
async fn a_direct_call_passes_the_same_gate() {
    let stage = stage(ordinary);
    let engine = engine(&stage);
    let arguments = |id: i64| json!({ "id": id }).as_object().unwrap().clone();
    assert!(matches!(engine.call("depot.get_crate", arguments(4), Request::local()).await, Called::Result(_)));
    assert!(matches!(engine.call("depot__get_crate", arguments(4), Request::local()).await, Called::Result(_)));
    for (tool, given, expected) in [
        ("depot.burn_crate", arguments(4), "input_required"),
        ("depot.get_crate", Map::new(), "refused"),
        ("depot.get_crat", arguments(4), "refused"),
    ] {
        let Called::Stopped(outcome) = engine.call(tool, given, Request::local()).await else {
            panic!("{tool} was called")
        };
        assert_eq!(shape(&outcome)["outcome"], expected, "{tool}");
    }
    assert_eq!(left(&stage).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_query_whatever_its_servers_do() {
    let stage = stage(|tool, arguments| match tool {
        "radio.list_songs" => Reply::NeverAnswers,
        _ => ordinary(tool, arguments),
    });
    let engine = engine(&stage);
    let request = Request { within: Some(Duration::from_secs(2)), ..Request::local() };
    let asked = tokio::time::Instant::now();
    let told = shape(&engine.ask("list the crates and list the songs", request.clone()).await);
    assert!(asked.elapsed() <= Duration::from_millis(2250), "{:?}", asked.elapsed());
    assert_eq!((&told["outcome"], &told["status"]), (&json!("answered"), &json!("partial")));
    let alone = engine.ask("list the songs", request).await;
    let Decision::Refused(refusal) = alone.decision else { panic!("{alone:?}") };
    assert_eq!(refusal.reason, RefusalReason::TimedOut);
}

#[tokio::test]
async fn a_nested_query_reads_and_its_own_nesting_is_refused() {
    let nested = |tools: Value| {
        json!({"steps": [{"id": "s1", "op": "sub", "query": "list the songs", "tools": tools}]}).to_string()
    };
    let stage = stage(ordinary);
    let told = shape(&engine(&stage).run(&nested(json!(["radio"])), Request::local()).await);
    assert_eq!(told["outcome"], "answered", "{told}");
    assert_eq!(left(&stage), ["radio.list_songs {}"]);
    let blind = shape(&engine(&stage).run(&nested(json!(["depot"])), Request::local()).await);
    assert_eq!(blind["outcome"], "refused", "a nested query sees no more than it was given: {blind}");
}

#[tokio::test]
async fn a_faulty_plan_is_refused_with_all_its_faults() {
    let plan = json!({"steps": [
        {"id": "s1", "tool": "depot.get_crat", "args": {"id": 1}},
        {"id": "s1", "tool": "depot.get_crate", "args": {"weight": 1}},
        {"id": "s3", "tool": "depot.get_crate", "args": {"id": {"$ref": "s9#/id"}}},
    ]});
    let stage = stage(ordinary);
    let told = shape(&engine(&stage).run(&plan.to_string(), Request::local()).await);
    let codes: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    for code in ["unknown_tool", "duplicate_step", "unknown_argument", "missing_argument", "missing_step"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert!(left(&stage).is_empty());
}
