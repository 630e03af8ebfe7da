//! Chat completions.

use serde_json::{Value, json};

use super::{Answer, Complaint, End, Failure, Incoming, alone, event, invalid, only, pieces, text_of, turns};
use crate::{Counts, Demand, Shape};

const KNOWN: &[&str] = &[
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "model",
    "parallel_tool_calls",
    "reasoning_effort",
    "response_format",
    "seed",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
];

pub(super) fn read(incoming: &Incoming<'_>) -> Result<Demand, Complaint> {
    let body = incoming.body;
    only(body, KNOWN)?;
    if body.contains_key("max_tokens") && body.contains_key("max_completion_tokens") {
        return Err(invalid("max_tokens and max_completion_tokens exclude each other"));
    }
    let grammar = match body.get("response_format") {
        None => Shape::Free,
        Some(format) => match format["type"].as_str() {
            Some("text") => Shape::Free,
            Some("json_object") => Shape::Json,
            Some("json_schema") => {
                let wrapped = &format["json_schema"];
                name(&wrapped["name"])?;
                strict(wrapped)?;
                Shape::Schema(wrapped["schema"].clone())
            }
            _ => return Err(invalid("response_format.type must be text, json_object or json_schema")),
        },
    };
    let said = turns(body, &["system", "developer", "user", "assistant"])?;
    if grammar == Shape::Json && !said.iter().any(|(_, text)| text.to_lowercase().contains("json")) {
        return Err(invalid("'messages' must contain the word 'json' in some form to use 'response_format'"));
    }
    let tool = match body.get("tools") {
        None => None,
        Some(tools) => {
            let function = &tools[0]["function"];
            strict(function)?;
            if body.get("tool_choice").is_none_or(|choice| choice["function"]["name"] != function["name"]) {
                return Err(invalid("tool_choice names no tool"));
            }
            Some(Shape::Tool(name(&function["name"])?, function["parameters"].clone()))
        }
    };
    Ok(Demand {
        model: text_of(body.get("model"), "model")?,
        said,
        shape: alone(tool, grammar)?,
        streamed: body.get("stream").and_then(Value::as_bool).unwrap_or_default(),
    })
}

fn name(name: &Value) -> Result<String, Complaint> {
    let name = text_of(Some(name), "name")?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if plain && (1..=64).contains(&name.len()) { Ok(name) } else { Err(invalid("name does not match its pattern")) }
}

fn strict(wrapped: &Value) -> Result<(), Complaint> {
    if wrapped["strict"] == true { Ok(()) } else { Err(invalid("the stand-in takes strict schemas only")) }
}

pub(super) fn whole(answer: &Answer<'_>) -> Value {
    let message = match (&answer.demand.shape, answer.end) {
        (_, End::Refusal(words)) => json!({"role": "assistant", "content": null, "refusal": words}),
        (Shape::Tool(name, _), _) => json!({"role": "assistant", "content": null, "refusal": null, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": name, "arguments": answer.text}}
        ]}),
        _ => json!({"role": "assistant", "content": answer.text, "refusal": null}),
    };
    let mut body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": answer.demand.model,
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish(answer.end)}],
    });
    if let Some(usage) = answer.usage {
        body["usage"] = counts(usage);
    }
    body
}

pub(super) fn events(answer: &Answer<'_>) -> Vec<String> {
    let chunk = |delta: Value, finish: Value| {
        json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": answer.demand.model,
            "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}], "usage": null,
        })
    };
    let (member, text) = match answer.end {
        End::Refusal(words) => ("refusal", words),
        _ => ("content", answer.text),
    };
    let mut events = vec![event(&chunk(json!({"role": "assistant", "content": ""}), Value::Null))];
    events.extend(pieces(text).iter().map(|piece| event(&chunk(json!({member: piece}), Value::Null))));
    events.push(event(&chunk(json!({}), json!(finish(answer.end)))));
    if let Some(usage) = answer.usage {
        let mut last = chunk(json!({}), Value::Null);
        last["choices"] = json!([]);
        last["usage"] = counts(usage);
        events.push(event(&last));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

fn finish(end: End<'_>) -> &'static str {
    if end == End::Length { "length" } else { "stop" }
}

fn counts(usage: Counts) -> Value {
    json!({
        "prompt_tokens": usage.prompt, "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    })
}

pub(super) fn error(failure: &Failure<'_>) -> Value {
    let kind = match failure.status {
        429 => "rate_limit_exceeded",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    json!({"error": {"message": failure.message, "type": kind, "param": null, "code": failure.code}})
}
