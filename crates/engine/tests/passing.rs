//! A client's own call, handed through.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::time::Duration;

use concertmaster_engine::{Pass, Passed, Request};
use serde_json::json;
use serde_json::value::RawValue;

use crate::stage::{Reply, engine, left, ordinary, shape, stage};

fn pass(tool: &str, arguments: &str) -> Pass {
    let arguments = RawValue::from_string(arguments.to_owned()).unwrap();
    Pass { tool: tool.into(), arguments: arguments.into(), replies: None }
}

/// What became of it, in a word.
fn word(passed: &Passed) -> String {
    match passed {
        Passed::Result(output) => output.value().to_string(),
        Passed::Asks(_) => "asks".to_owned(),
        Passed::Stopped(outcome) => shape(outcome)["outcome"].as_str().unwrap().to_owned(),
        Passed::Failed(fault) => fault.code.clone(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_leaves_as_it_was_written_or_not_at_all() {
    let rows = [
        ("depot.get_crate", r#"{ "id" : 4 }"#, r#"{"done":true}"#, Some(r#"depot.get_crate { "id" : 4 }"#)),
        ("depot__get_crate", r#"{"id":4,"note":1e400}"#, "arguments_invalid", None),
        ("depot.get_crate", r#"{"id":4,"id":5}"#, "arguments_invalid", None),
        ("depot.get_crate", r#"{"id":"four"}"#, "arguments_invalid", None),
        ("depot.get_crate", "[]", "arguments_invalid", None),
        ("depot.burn_crate", r#"{"id":4}"#, "input_required", None),
        ("depot.no_such_tool", "{}", "refused", None),
        ("depot.no_such_tool", "[]", "arguments_invalid", None),
    ];
    for (tool, arguments, expected, gone) in rows {
        let stage = stage(ordinary);
        let passed = engine(&stage).pass(pass(tool, arguments), Request::local()).await;
        assert_eq!(word(&passed), expected, "{tool} {arguments}");
        assert_eq!(left(&stage), gone.into_iter().map(str::to_owned).collect::<Vec<_>>(), "{tool} {arguments}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_for_a_human_goes_on_when_it_is_approved() {
    let stage = stage(ordinary);
    let engine = engine(&stage);
    let Passed::Stopped(outcome) = engine.pass(pass("depot.burn_crate", r#"{"id": 4}"#), Request::local()).await else {
        panic!("a human is asked")
    };
    let suspension = outcome.suspension.unwrap();
    let hashes = suspension.hashes();
    let outcome = engine.resume(suspension, &hashes, Request::local()).await;
    assert_eq!(shape(&outcome)["outcome"], json!("answered"));
    assert_eq!(left(&stage), [r#"depot.burn_crate {"id":4}"#]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_or_is_cancelled_fails_as_that() {
    let stage = stage(|_, _| Reply::NeverAnswers);
    let engine = engine(&stage);
    let late = Request { within: Some(Duration::from_millis(300)), ..Request::local() };
    assert_eq!(word(&engine.pass(pass("depot.get_crate", r#"{"id":4}"#), late).await), "timed_out");
    let request = Request::local();
    let cancel = request.cancel.clone();
    let hangs = engine.pass(pass("depot.get_crate", r#"{"id":4}"#), request);
    let (passed, ()) = tokio::join!(hangs, async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    });
    assert_eq!(word(&passed), "cancelled");
}
