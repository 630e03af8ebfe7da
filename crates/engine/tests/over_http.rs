//! The journey with a model over real HTTP, in every wire format: planned
//! and written by a stand-in that is as strict as the strictest provider.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::sync::Arc;
use std::time::Duration;

use concertmaster_engine::{Engine, Request};
use model::Model;
use providers::{Key, KeySource, Kind, Models, ModelsConfig, ProviderConfig, ProxyChoice};
use serde_json::{Value, json};
use stage::{Stage, engine_with, ordinary, shape, stage};
use standin::{Reply, Standin, Trick, Wire};

const BOTH: &str = "list the crates and list the songs";

const KINDS: [(Kind, Wire); 4] = [
    (Kind::OpenAi, Wire::OpenAi),
    (Kind::Anthropic, Wire::Anthropic),
    (Kind::Gemini, Wire::Gemini),
    (Kind::Ollama, Wire::Ollama),
];

fn plan() -> Value {
    let step = |id: &str, tool: &str| {
        json!({"id": id, "op": "call", "tool": tool, "purpose": "", "over_step": "", "over_path": "", "limit": 0,
            "when_step": "", "when_path": "", "when_cmp": "always", "when_value": "", "after": [], "args": []})
    };
    json!({"outcome": "plan", "question": "", "reason": "", "confidence": "high",
        "steps": [step("s1", "depot.list_crates"), step("s2", "radio.list_songs")],
        "answer": {"style": "summary", "uses": ["s1", "s2"]}})
}

fn answer() -> Reply {
    Reply::text("The depot holds crates 4 and 7. [s1]\nThe radio plays Für Elise. [s2]")
}

fn engine(stage: &Arc<Stage>, kind: Kind, wire: Wire, standin: &Standin) -> Engine {
    let mut config = ProviderConfig::new(kind, "m1").at(standin.base_url(wire));
    config.proxy = ProxyChoice::Direct;
    config.key = KeySource::Given(Key::new("secret-1").unwrap());
    config.max_retries = 0;
    let models = Models::new(ModelsConfig::one(config), &|_| None).unwrap();
    engine_with(stage, Some(Arc::new(models) as Arc<dyn Model>))
}

#[tokio::test]
async fn every_wire_format_plans_and_writes_in_two_calls() {
    let stage = stage(ordinary);
    for (kind, wire) in KINDS {
        let standin = Standin::start().await.unwrap();
        standin.queue(Reply::json(plan()));
        standin.queue(answer());
        let told = shape(&engine(&stage, kind, wire, &standin).ask(BOTH, Request::local()).await);
        let text = told["answer"]["text"].as_str().unwrap_or_default();
        assert!(text.contains("The depot holds crates 4 and 7"), "{wire:?}: {told}");
        assert_eq!(told["drafting"]["author"], "model", "{wire:?}: {told}");
        assert_eq!(told["usage"]["model_calls"], 2, "{wire:?}: {told}");
        assert_eq!(standin.seen().len(), 2, "{wire:?}");
    }
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_wire_the_embedded_plan_answers() {
    let stage = stage(ordinary);
    let bad = || {
        vec![
            ("refusal", Reply::refusal("no")),
            ("rate limit", Reply::failing(429)),
            ("failure", Reply::failing(500)),
            ("truncated", Reply::text(&plan().to_string()[..200]).cut().with(Trick::OffSchema)),
            ("malformed", Reply::json(plan()).with(Trick::MalformedJson)),
            ("off schema", Reply::json(json!({"steps": "many"})).with(Trick::OffSchema)),
            ("broken off", Reply::json(plan()).with(Trick::BreakOff)),
        ]
    };
    for (kind, wire) in KINDS {
        for (name, reply) in bad() {
            let standin = Standin::start().await.unwrap();
            standin.queue(reply);
            let request = Request { within: Some(Duration::from_secs(20)), ..Request::local() };
            let told = shape(&engine(&stage, kind, wire, &standin).ask(BOTH, request).await);
            assert_eq!(
                (&told["outcome"], &told["status"]),
                (&json!("answered"), &json!("complete")),
                "{wire:?} {name}: {told}"
            );
            assert_eq!(told["drafting"]["author"], "embedded", "{wire:?} {name}: {told}");
            assert!(!told.to_string().contains("secret-1"), "{wire:?} {name}: the key stays out of the outcome");
        }
    }
}
