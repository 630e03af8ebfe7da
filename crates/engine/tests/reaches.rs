//! What a principal does not reach is not there for them, and what an operator
//! fixed is in every call.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::sync::Arc;

use catalog::{Fetch, Glob, Reach, Reaches, ServerId, Shaping, Wanted};
use concertmaster_engine::{Called, Engine, Pass, Passed, Preview, Request, Settings};
use policy::Policy;
use query::Principal;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use stage::{Stage, engine, engine_set, left, ordinary, shape, stage, stage_shaped};

/// Ann reaches everything, Bob and Ben the songs, Cleo one tool of the depot.
fn reaching(stage: &Arc<Stage>) -> Engine {
    let globs = |names: &[&str]| Some(names.iter().map(|name| Glob::new(*name)).collect::<Vec<_>>());
    let songs = || Reach { servers: globs(&["radio"]), tools: None };
    let one = Reach { servers: None, tools: globs(&["depot.get_*"]) };
    let reaches = [("ann", Reach::default()), ("bob", songs()), ("ben", songs()), ("cleo", one)];
    let reaches = Reaches::of(reaches.map(|(name, reach)| (Principal::new(name), reach)));
    engine_set(stage, None, Policy::default(), Settings { reaches, ..Settings::default() })
}

fn of(who: &str) -> Request {
    Request::of(Principal::new(who))
}

fn pass(tool: &str, arguments: &str) -> Pass {
    let arguments = RawValue::from_string(arguments.to_owned()).unwrap();
    Pass { tool: tool.into(), arguments: arguments.into(), replies: None }
}

#[tokio::test(start_paused = true)]
async fn what_is_out_of_reach_is_not_there() {
    let rows = [
        ("ann", "depot.get_crate", true),
        ("ann", "radio.list_songs", true),
        ("bob", "depot.get_crate", false),
        ("bob", "radio.list_songs", true),
        ("cleo", "depot.get_crate", true),
        ("cleo", "depot.list_crates", false),
        ("cleo", "radio.list_songs", false),
    ];
    for (who, tool, within) in rows {
        let stage = stage(ordinary);
        let engine = reaching(&stage);
        let arguments = if tool == "depot.get_crate" { r#"{"id":4}"# } else { "{}" };
        let told = |name: &str, passed: Passed| match passed {
            Passed::Result(_) => "result".to_owned(),
            Passed::Stopped(outcome) => shape(&outcome)["message"].to_string().replace(name, "NAME"),
            other => panic!("{other:?}"),
        };
        let passed = told(tool, engine.pass(pass(tool, arguments), of(who)).await);
        let nowhere = told("depot.nowhere", engine.pass(pass("depot.nowhere", arguments), of(who)).await);
        assert_eq!(passed, if within { "result".to_owned() } else { nowhere }, "{who} {tool}");
        let public = tool.replacen('.', "__", 1);
        assert_eq!(matches!(engine.pass(pass(&public, arguments), of(who)).await, Passed::Result(_)), within);
        let Value::Object(members) = serde_json::from_str(arguments).unwrap() else { panic!("an object") };
        assert_eq!(matches!(engine.call(tool, members, of(who)).await, Called::Result(_)), within, "{who} {tool}");
        let document =
            json!({"steps": [{"id": "s1", "tool": tool, "args": serde_json::from_str::<Value>(arguments).unwrap()}]});
        let ran = shape(&engine.run(&document.to_string(), of(who)).await);
        assert_eq!(ran["outcome"], if within { "answered" } else { "refused" }, "{who} {ran}");
        assert_eq!(left(&stage).is_empty(), !within, "{who} {tool}");
    }
}

#[tokio::test(start_paused = true)]
async fn words_find_what_is_within_reach() {
    let stage = stage(ordinary);
    let engine = reaching(&stage);
    let found = |who: &str| {
        let found = engine.find_tools(&Principal::new(who), "list the crates in the depot", 20);
        found.iter().any(|found| found.tool.server == ServerId::new("depot"))
    };
    assert_eq!(["ann", "bob", "cleo"].map(found), [true, false, true]);
    for (who, planned) in [("ann", true), ("bob", false)] {
        let preview = engine.plan("list the crates in the depot", of(who)).await;
        assert_eq!(matches!(preview, Preview::Ready { .. }), planned, "{who}");
    }
    let outcome = shape(&engine.ask("list the songs", of("bob")).await);
    assert_eq!(outcome["outcome"], "answered", "{outcome}");
}

#[tokio::test(start_paused = true)]
async fn the_gate_hands_out_nothing_beyond_a_reach() {
    let stage = stage(ordinary);
    let engine = reaching(&stage);
    let fetch =
        |server: &str| Fetch { server: ServerId::new(server), wanted: Wanted::Resource { uri: "x://1".into() } };
    let rows = [
        ("ann", "depot", "unknown_resource"),
        ("bob", "radio", "unknown_resource"),
        ("bob", "depot", "unknown_server"),
        ("bob", "nowhere", "unknown_server"),
        // One of its tools is not the server.
        ("cleo", "depot", "unknown_server"),
    ];
    for (who, server, code) in rows {
        let fault = engine.fetch(fetch(server), None, of(who)).await.unwrap_err();
        assert_eq!(fault.fault.code, code, "{who} {server}");
    }
}

#[test]
fn what_is_reached_is_worked_out_once() {
    let stage = stage(ordinary);
    let engine = reaching(&stage);
    let [ann, bob, ben, cleo] = ["ann", "bob", "ben", "cleo"].map(|who| engine.catalog_of(&Principal::new(who)));
    assert!(Arc::ptr_eq(&ann, &engine.catalog()), "who reaches everything sees the whole");
    assert!(Arc::ptr_eq(&bob, &ben) && !Arc::ptr_eq(&bob, &cleo));
    assert!(Arc::ptr_eq(&bob, &engine.catalog_of(&Principal::new("bob"))));
    assert!(Arc::ptr_eq(&ann, &engine.catalog_of(&Principal::local())));
}

#[tokio::test(start_paused = true)]
async fn what_is_fixed_waits_with_its_call_and_leaves_with_it() {
    let fixed = |id: Value| match json!({ "id": id }) {
        Value::Object(fixed) => ["burn_crate", "get_crate"].map(|tool| (tool.to_owned(), fixed.clone())).into(),
        other => panic!("{other}"),
    };
    let stage = stage_shaped(ordinary, |_| {}, &Shaping { fixed: fixed(json!(4)), ..Shaping::default() });
    let own = engine(&stage);
    assert!(matches!(own.pass(pass("depot.get_crate", "{ }"), Request::local()).await, Passed::Result(_)));
    assert_eq!(left(&stage), [r#"depot.get_crate {"id":4}"#]);
    let Passed::Failed(fault) = own.pass(pass("depot.get_crate", r#"{"id":7}"#), Request::local()).await else {
        panic!("what is fixed cannot be given")
    };
    assert_eq!(fault.code, "arguments_invalid");
    assert!(fault.message.contains("fixed by the operator"), "{}", fault.message);

    let Passed::Stopped(outcome) = own.pass(pass("depot.burn_crate", "{}"), Request::local()).await else {
        panic!("a human is asked")
    };
    let asked = shape(&outcome);
    assert_eq!(asked["options"][0]["arguments"], json!({"id": 4}), "{asked}");
    let suspension = outcome.suspension.unwrap();
    let hashes = suspension.hashes();
    let outcome = own.resume(suspension, &hashes, Request::local()).await;
    assert_eq!(shape(&outcome)["outcome"], json!("answered"));
    assert_eq!(left(&stage)[1..], [r#"depot.burn_crate {"id":4}"#]);

    // The same words over another value are another call.
    let other = stage_shaped(ordinary, |_| {}, &Shaping { fixed: fixed(json!(7)), ..Shaping::default() });
    let Passed::Stopped(outcome) = engine(&other).pass(pass("depot.burn_crate", "{}"), Request::local()).await else {
        panic!("a human is asked")
    };
    assert_ne!(outcome.suspension.unwrap().hashes(), hashes);
    // A value that its tool does not take never leaves.
    let wrong = stage_shaped(ordinary, |_| {}, &Shaping { fixed: fixed(json!("four")), ..Shaping::default() });
    let Passed::Failed(fault) = engine(&wrong).pass(pass("depot.get_crate", "{}"), Request::local()).await else {
        panic!("it is no number")
    };
    assert_eq!((fault.code.as_str(), left(&wrong).len()), ("arguments_invalid", 0));
}
