//! What a model is told when it reads results, word for word.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod stage;

use std::sync::Arc;

use concertmaster_engine::Request;
use expect_test::{ExpectFile, expect_file};
use model::Prompt;
use serde_json::{Value, json};
use stage::{engine_with, ordinary, stage};
use testkit::ScriptedModel;

fn told(prompt: &Prompt) -> String {
    let messages = prompt.messages();
    messages.iter().map(|message| format!("=== {}\n{}\n", message.voice.name(), message.text)).collect()
}

/// The prompt of a step that reads the crates.
async fn reading(tool: &str, arguments: Value, expected: ExpectFile) {
    let stage = stage(ordinary);
    let model = Arc::new(ScriptedModel::in_turn([]));
    let mut args = json!({"from": {"$ref": "s1"}});
    args.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    let plan = json!({"steps": [{"id": "s1", "tool": "depot.list_crates"}, {"id": "s2", "tool": tool, "args": args}]});
    engine_with(&stage, Some(Arc::clone(&model) as _)).run(&plan.to_string(), Request::local()).await;
    expected.assert_eq(&told(&model.asked()[0].prompt));
}

#[tokio::test]
async fn the_extracting_prompt() {
    let schema = json!({"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"],
        "additionalProperties": false});
    let arguments = json!({"what": "the heaviest crate", "schema": schema});
    reading("llm.extract", arguments, expect_file!["./prompts/extracting.txt"]).await;
}

#[tokio::test]
async fn the_summarizing_prompts() {
    reading("llm.summarize", json!({"focus": "how many"}), expect_file!["./prompts/summarizing.txt"]).await;
    reading("llm.summarize", json!({}), expect_file!["./prompts/summarizing_all.txt"]).await;
}
