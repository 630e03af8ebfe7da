//! Ollama chat.

use serde_json::{Value, json};

use super::{Answer, Complaint, End, Failure, Incoming, line, only, pieces, text_of, turns};
use crate::{Demand, Shape};

const KNOWN: &[&str] = &["format", "keep_alive", "messages", "model", "options", "stream", "think"];

pub(super) fn read(incoming: &Incoming<'_>) -> Result<Demand, Complaint> {
    let body = incoming.body;
    only(body, KNOWN)?;
    let shape = match body.get("format") {
        None => Shape::Free,
        Some(format) if format == "json" => Shape::Json,
        Some(schema) => Shape::Schema(schema.clone()),
    };
    Ok(Demand {
        model: text_of(body.get("model"), "model")?,
        said: turns(body, &["system", "user", "assistant"])?,
        shape,
        streamed: body.get("stream").and_then(Value::as_bool).unwrap_or(true),
    })
}

pub(super) fn whole(answer: &Answer<'_>) -> Value {
    last(answer, words(answer))
}

pub(super) fn events(answer: &Answer<'_>) -> Vec<String> {
    let mut events: Vec<String> =
        pieces(words(answer)).iter().map(|piece| line(&message(answer, piece, json!(false)))).collect();
    events.push(line(&last(answer, "")));
    events
}

/// There is no refusal but in the model's own words.
fn words<'a>(answer: &Answer<'a>) -> &'a str {
    match answer.end {
        End::Refusal(words) => words,
        End::Stop | End::Length => answer.text,
    }
}

fn message(answer: &Answer<'_>, text: &str, done: Value) -> Value {
    json!({
        "model": answer.demand.model, "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text}, "done": done,
    })
}

fn last(answer: &Answer<'_>, text: &str) -> Value {
    let mut body = message(answer, text, json!(true));
    body["done_reason"] = json!(if answer.end == End::Length { "length" } else { "stop" });
    if let Some(usage) = answer.usage {
        body["prompt_eval_count"] = json!(usage.prompt);
        body["eval_count"] = json!(usage.completion);
    }
    body
}

pub(super) fn error(failure: &Failure<'_>) -> Value {
    json!({"error": failure.message})
}
