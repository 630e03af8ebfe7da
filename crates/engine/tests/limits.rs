//! What limits make of an answer: all of it is named.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use concertmaster_engine::{Engine, Preview, Request, Settings};
use policy::{Allowance, Policy, Rules, ServerTariff, Span, Speed, Tariff};
use query::Cost;
use serde_json::{Value, json};

use crate::stage::{Reply, Stage, engine_set, left, ordinary, shape, stage};

const SONGS: &str = r#"{"steps": [{"id": "s1", "tool": "radio.list_songs", "args": {}}]}"#;

fn limited(stage: &Arc<Stage>, radio: ServerTariff, settings: Settings) -> Engine {
    let tariff = Tariff { servers: [(ServerId::new("radio"), radio)].into(), ..Tariff::default() };
    engine_set(stage, None, Policy::new(Rules::default()).with_tariff(tariff), settings)
}

#[tokio::test(start_paused = true)]
async fn a_result_out_of_the_cache_says_so_and_how_old_it_is() {
    let stage = stage(ordinary);
    let engine = limited(&stage, ServerTariff::default(), Settings::default());
    engine.run(SONGS, Request::local()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = shape(&engine.run(SONGS, Request::local()).await);
    assert_eq!(left(&stage).len(), 1);
    let step = &told["steps"][0];
    assert_eq!((&step["cached"], &step["age_ms"], &step["attempts"]), (&json!(true), &json!(2000), &json!(0)));
    let cited = &told["answer"]["citations"][0];
    assert_eq!((&cited["cached"], &cited["age_ms"]), (&json!(true), &json!(2000)), "{told}");
    assert_eq!(told["usage"]["calls"], 0, "it was not called");
    engine.forget(&ServerId::new("radio"));
    engine.run(SONGS, Request::local()).await;
    assert_eq!(left(&stage).len(), 2, "what a server takes back is asked for again");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_says_why_and_when_to_come_again() {
    let day = Allowance { span: Span::Day, calls: 1, cost: Cost::UNLIMITED };
    let speed = Speed { calls: 1, within: Duration::from_secs(60), burst: 1 };
    let rows = [
        (ServerTariff { budgets: vec![day], ..ServerTariff::default() }, "over_budget", 86_400_000),
        (ServerTariff { rate: Some(speed), ..ServerTariff::default() }, "rate_limited", 60_000),
    ];
    for (radio, reason, most_ms) in rows {
        let stage = stage(ordinary);
        let mut settings = Settings::default();
        settings.limits.per_server.cache_ttl = Duration::ZERO;
        let engine = limited(&stage, radio, settings);
        assert_eq!(shape(&engine.run(SONGS, Request::local()).await)["outcome"], "answered");
        let told = shape(&engine.run(SONGS, Request::local()).await);
        assert_eq!((&told["outcome"], &told["reason"]), (&json!("refused"), &json!(reason)), "{told}");
        let wait = told["retry_after_ms"].as_u64().unwrap();
        assert!(wait > 0 && wait <= most_ms, "{wait}");
        assert_eq!(left(&stage).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_calls_cost_is_counted_and_held_to_the_querys_budget() {
    let stage = stage(ordinary);
    let radio = ServerTariff { price: Cost::from_units(0.4), ..ServerTariff::default() };
    let mut settings = Settings { cost_per_query: Cost::from_units(1.0), ..Settings::default() };
    settings.limits.per_server.cache_ttl = Duration::ZERO;
    let steps: Vec<Value> =
        (1..=3).map(|i| json!({"id": format!("s{i}"), "tool": "radio.list_songs", "args": {}})).collect();
    let told =
        shape(&limited(&stage, radio, settings).run(&json!({"steps": steps}).to_string(), Request::local()).await);
    assert_eq!(told["usage"]["cost"], json!(0.8), "{told}");
    let statuses: Vec<&str> = told["steps"].as_array().unwrap().iter().map(|s| s["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["ok", "ok", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_was_cut_leaves_a_partial_answer_and_is_read_on() {
    let stage =
        stage(|_, _| Reply::Yields(json!({"songs": (0..2000).map(|i| format!("song {i}")).collect::<Vec<_>>()})));
    let mut settings = Settings::default();
    settings.limits.caps.result_bytes = 8192;
    let engine = limited(&stage, ServerTariff::default(), settings);
    let told = shape(&engine.run(SONGS, Request::local()).await);
    let cut = &told["steps"][0]["cut"];
    assert_eq!((&told["status"], &cut["total"], &cut["truncated"]), (&json!("partial"), &json!(2000), &json!(true)));
    assert!(told["missing"].to_string().contains("cut to size"), "{told}");
    let from = usize::try_from(cut["next"].as_u64().unwrap()).unwrap();
    let page = engine.read_on(cut["handle"].as_str().unwrap(), from, &Request::local()).unwrap();
    assert_eq!((page.part[0].as_str(), page.total), (Some(format!("song {from}").as_str()), 2000));
    let other = Request::of(query::Principal::new("bob"));
    assert_eq!(engine.read_on(cut["handle"].as_str().unwrap(), from, &other).unwrap_err().code, "unknown_handle");
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_one_tool_alone_names_no_other() {
    let stage = stage(ordinary);
    let engine = limited(&stage, ServerTariff::default(), Settings::default());
    let Preview::Ready { explain, .. } = engine.plan("list the songs", Request::local()).await else {
        panic!("planned")
    };
    assert!(!explain.contains("served by"), "{explain}");
}
