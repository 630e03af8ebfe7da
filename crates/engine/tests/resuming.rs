//! A query that asks, and goes on later: in another process, with the same
//! key and the same store, once, for the same principal, if nothing changed.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use concertmaster_engine::{Answer, Engine, Outcome, Request, Settings};
use policy::{Channel, Channels};
use query::Principal;
use serde_json::{Value, json};
use stage::{Reply, Stage, engine_on, left, ordinary, shape, stage, stage_where, twins};
use store::{ApprovalId, Embedded, Standing, Store, Voice, Wall, Word};

/// Two operators' keys.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER_KEY: &str = "ICECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn opened(directory: &Path) -> Arc<Embedded> {
    Arc::new(Embedded::open(directory, Wall::now()).unwrap())
}

fn engine(stage: &Arc<Stage>, store: &Arc<Embedded>) -> Engine {
    engine_on(stage, Arc::clone(store) as _, KEY, Settings::default())
}

fn memory() -> Arc<Embedded> {
    Arc::new(Embedded::in_memory())
}

/// The text to go on with, and the name of the question.
fn waiting(outcome: &Outcome) -> (String, ApprovalId) {
    let resume = outcome.resume.as_ref().unwrap_or_else(|| panic!("it cannot be resumed: {outcome:?}"));
    (resume.text.clone(), resume.approval.as_ref().unwrap().id.clone())
}

async fn says(store: &dyn Store, id: &ApprovalId, word: Word) {
    let voice = Voice { who: "operator".to_owned(), in_band: false };
    store.decide(id.clone(), word, voice, Wall::now()).await.unwrap();
}

/// The outcome, or the code of its first fault.
fn word(outcome: &Outcome) -> String {
    let told = shape(outcome);
    let word = told["faults"][0]["code"].as_str().or(told["outcome"].as_str());
    word.unwrap().to_owned()
}

async fn go_on(engine: &Engine, text: &str, answer: Answer) -> Outcome {
    engine.resume_sealed(text, answer, Request::local()).await
}

#[tokio::test]
async fn a_call_that_is_let_through_beside_the_caller_is_made_once() {
    let directory = tempfile::tempdir().unwrap();
    let stage = stage(ordinary);
    let (text, id) = waiting(&engine(&stage, &opened(directory.path())).ask("burn crate 4", Request::local()).await);
    // Another process, after a restart.
    let store = opened(directory.path());
    let engine = engine(&stage, &store);
    let still = go_on(&engine, &text, Answer::GoOn).await;
    assert_eq!(word(&still), "input_required", "nobody said anything yet");
    assert_eq!(waiting(&still), (text.clone(), id.clone()), "and nothing was used");
    assert_eq!(shape(&still)["options"][0]["arguments"], json!({"id": 4}));
    says(&*store, &id, Word::Approve).await;
    assert!(left(&stage).is_empty());
    assert_eq!(word(&go_on(&engine, &text, Answer::GoOn).await), "answered");
    assert_eq!(left(&stage), [r#"depot.burn_crate {"id":4}"#]);
    assert_eq!(word(&go_on(&engine, &text, Answer::GoOn).await), "resume_used");
    assert_eq!(left(&stage).len(), 1);
}

#[tokio::test]
async fn a_caller_answers_for_a_human_only_where_the_operator_says_so() {
    let destructive = Channels { destructive: Channel::InBand, ..Channels::default() };
    let strict = Channels { additive: Channel::OutOfBand, ..Channels::default() };
    let tag = json!({"steps": [
        {"id": "s1", "tool": "depot.list_crates"},
        {"id": "s2", "tool": "depot.tag_crate", "args": {"id": {"$ref": "s1#/crates/0/id"}}},
    ]});
    let burn = json!({"steps": [{"id": "s1", "tool": "depot.burn_crate", "args": {"id": 4}}]});
    let rows = [
        (&burn, Channels::default(), Answer::Approve, "input_required", 0),
        (&burn, destructive, Answer::Approve, "answered", 1),
        (&burn, destructive, Answer::Deny, "denied", 0),
        (&burn, Channels::default(), Answer::Deny, "denied", 0),
        (&tag, Channels::default(), Answer::Approve, "answered", 2),
        (&tag, strict, Answer::Approve, "input_required", 1),
    ];
    for (plan, channels, answer, expected, calls) in rows {
        let stage = stage(ordinary);
        let engine = engine_on(&stage, memory(), KEY, Settings { channels, ..Settings::default() });
        let (text, _) = waiting(&engine.run(&plan.to_string(), Request::local()).await);
        assert_eq!(word(&go_on(&engine, &text, answer.clone()).await), expected, "{plan} {channels:?} {answer:?}");
        assert_eq!(left(&stage).len(), calls, "{plan} {channels:?} {answer:?}");
    }
}

#[tokio::test]
async fn a_state_is_good_for_nobody_else_and_nothing_else() {
    let settings = || Settings {
        channels: Channels { destructive: Channel::InBand, ..Channels::default() },
        ..Settings::default()
    };
    let (before, store) = (stage(ordinary), memory());
    let asked = |stage: &Arc<Stage>, settings: Settings| engine_on(stage, Arc::clone(&store) as _, KEY, settings);
    let (text, _) = waiting(&asked(&before, settings()).ask("burn crate 4", Request::local()).await);
    let redefined = stage_where(ordinary, |tool| tool.description = Some("Burns everything.".to_owned()));
    let gone = twins("list_songs", "List the songs.");
    let mut forged = text.clone().into_bytes();
    let last = forged.len() - 1;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let bob = Request::of(Principal::new("bob"));
    let other_key = engine_on(&before, Arc::clone(&store) as _, OTHER_KEY, settings());
    let other_store = engine_on(&before, memory(), KEY, settings());
    let rows = [
        ("another principal", asked(&before, settings()), text.as_str(), bob, "resume_unknown"),
        ("another key", other_key, &text, Request::local(), "resume_unknown"),
        ("another store", other_store, &text, Request::local(), "resume_unknown"),
        ("a forged text", asked(&before, settings()), &forged, Request::local(), "resume_unknown"),
        ("no text", asked(&before, settings()), "", Request::local(), "resume_unknown"),
        ("a redefined tool", asked(&redefined, settings()), &text, Request::local(), "plan_changed"),
        ("a tool that is gone", asked(&gone, settings()), &text, Request::local(), "plan_changed"),
    ];
    for (what, engine, text, request, expected) in rows {
        assert_eq!(word(&engine.resume_sealed(text, Answer::Approve, request).await), expected, "{what}");
    }
    for answer in [Answer::Choose(0), Answer::Fill(serde_json::Map::new())] {
        assert_eq!(word(&go_on(&asked(&before, settings()), &text, answer).await), "resume_misfit");
    }
    assert!(left(&before).is_empty() && left(&redefined).is_empty());
    // With all of it as it was, it is good.
    assert_eq!(word(&go_on(&asked(&before, settings()), &text, Answer::Approve).await), "answered");
    let brief = Settings { questions_wait: Duration::ZERO, ..settings() };
    let (text, _) = waiting(&asked(&before, brief).ask("burn crate 4", Request::local()).await);
    assert_eq!(word(&go_on(&asked(&before, settings()), &text, Answer::Approve).await), "resume_expired");
}

#[tokio::test]
async fn a_thousand_at_once_make_one_call() {
    let (stage, store) = (stage(ordinary), memory());
    let engine = engine(&stage, &store);
    let (text, id) = waiting(&engine.ask("burn crate 4", Request::local()).await);
    says(&*store, &id, Word::Approve).await;
    let all = (0..1_000).map(|_| go_on(&engine, &text, Answer::GoOn));
    let outcomes = futures::future::join_all(all).await;
    assert_eq!(outcomes.iter().filter(|outcome| word(outcome) == "answered").count(), 1);
    assert_eq!(left(&stage).len(), 1);
    // Without the store's word each of them would: the same call, approved
    // beforehand, is made as often as it is asked for.
    for _ in 0..3 {
        let approvals =
            policy::Approvals::of(engine.ask("burn crate 4", Request::local()).await.suspension.unwrap().hashes());
        engine.ask("burn crate 4", Request { approvals, ..Request::local() }).await;
    }
    assert_eq!(left(&stage).len(), 4);
}

#[tokio::test]
async fn what_was_done_before_the_question_is_not_done_again() {
    let plan = json!({"steps": [
        {"id": "s1", "tool": "depot.list_crates"},
        {"id": "s2", "tool": "depot.tag_crate", "args": {"id": 1}},
        {"id": "s3", "tool": "depot.burn_crate", "args": {"id": {"$ref": "s1#/crates/0/id"}}},
        {"id": "s4", "tool": "depot.get_crate", "args": {"id": 9}, "when": {"ref": "s1#/nothing", "is": "exists"}},
    ]});
    // Once as it is, and once with so large a result that the store keeps it.
    for padding in [0, 100_000] {
        let directory = tempfile::tempdir().unwrap();
        let script = if padding == 0 { ordinary } else { padded };
        let stage = stage(script);
        let first = engine(&stage, &opened(directory.path())).run(&plan.to_string(), Request::local()).await;
        let (text, id) = waiting(&first);
        assert!(text.len() < 90_000, "{}", text.len());
        let shown = &shape(&first)["options"][0];
        assert_eq!(shown["from"]["id"], "the result of s1 (`depot.list_crates`)", "{shown}");
        let store = opened(directory.path());
        let kept = store.approvals(None, Wall::now()).await.unwrap();
        assert_eq!(kept[0].ask.shown["calls"][0]["arguments"], json!({"id": 4}));
        assert_eq!(kept[0].standing, Standing::Waiting);
        says(&*store, &id, Word::Approve).await;
        let resumed = go_on(&engine(&stage, &store), &text, Answer::GoOn).await;
        assert_eq!(word(&resumed), "answered", "{resumed:?}");
        let mut calls = left(&stage);
        calls.sort();
        assert_eq!(calls, [r#"depot.burn_crate {"id":4}"#, "depot.list_crates {}", r#"depot.tag_crate {"id":1}"#]);
        assert_eq!(shape(&resumed)["steps"].as_array().unwrap().len(), 4);
    }
}

fn padded(tool: &str, arguments: &Value) -> Reply {
    match ordinary(tool, arguments) {
        Reply::Yields(mut value) => {
            value["padding"] = json!("x".repeat(100_000));
            Reply::Yields(value)
        }
        other => other,
    }
}

#[tokio::test]
async fn a_choice_and_a_form_are_answered_once() {
    let (stage, store) = (twins("list_songs", "List the songs on the radio."), memory());
    let engine = engine(&stage, &store);
    let asked = engine.ask("list the songs on the radio", Request::local()).await;
    let told = shape(&asked);
    assert_eq!(told["kind"], "clarify", "{told}");
    let second = told["options"][1]["tool"]
        .as_str()
        .map(str::to_owned)
        .unwrap_or_else(|| told["options"][1]["tool"].to_string());
    let text = asked.resume.unwrap().text;
    assert_eq!(word(&go_on(&engine, &text, Answer::Choose(9)).await), "resume_misfit");
    let answered = go_on(&engine, &text, Answer::Choose(1)).await;
    assert_eq!(word(&answered), "answered", "{answered:?}");
    let calls = left(&stage);
    assert_eq!(calls.len(), 1);
    assert!(second.contains(calls[0].split('.').next().unwrap()), "{second} {calls:?}");
    assert_eq!(word(&go_on(&engine, &text, Answer::Choose(0)).await), "resume_used");
}

#[tokio::test]
async fn a_form_fills_what_the_words_left_out() {
    let (stage, store) = (stage(ordinary), memory());
    let engine = engine(&stage, &store);
    let asked = engine.ask("show me the crate", Request::local()).await;
    assert_eq!(shape(&asked)["kind"], "argument");
    let text = asked.resume.unwrap().text;
    let filled = |values: Value| Answer::Fill(values.as_object().unwrap().clone());
    assert_eq!(word(&go_on(&engine, &text, filled(json!({}))).await), "resume_misfit");
    assert_eq!(word(&go_on(&engine, &text, filled(json!({"id": 4, "more": 1}))).await), "resume_misfit");
    let answered = go_on(&engine, &text, filled(json!({"id": 4}))).await;
    assert_eq!(word(&answered), "answered", "{answered:?}");
    assert_eq!(left(&stage), [r#"depot.get_crate {"id":4}"#]);
    assert_eq!(word(&go_on(&engine, &text, filled(json!({"id": 4}))).await), "resume_used");
}
