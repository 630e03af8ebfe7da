//! Messages.

use serde_json::{Value, json};

use super::{Answer, Complaint, End, Failure, Incoming, alone, invalid, list_of, named, only, pieces, text_of, turns};
use crate::{Counts, Demand, Shape};

const KNOWN: &[&str] = &[
    "max_tokens",
    "messages",
    "model",
    "output_config",
    "stream",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
];

pub(super) fn read(incoming: &Incoming<'_>) -> Result<Demand, Complaint> {
    let body = incoming.body;
    if incoming.headers.get("anthropic-version").is_none_or(|version| version != "2023-06-01") {
        return Err(invalid("anthropic-version: header is required"));
    }
    only(body, KNOWN)?;
    if body.get("max_tokens").and_then(Value::as_u64).is_none_or(|most| most == 0) {
        return Err(invalid("max_tokens: field required"));
    }
    let mut said = Vec::new();
    match body.get("system") {
        None => {}
        Some(Value::String(rules)) => said.push(("system".to_owned(), rules.clone())),
        Some(blocks) => {
            for block in list_of(Some(blocks), "system")? {
                said.push(("system".to_owned(), text_of(block.get("text"), "system.text")?));
            }
        }
    }
    let turns = turns(body, &["user", "assistant"])?;
    if turns.first().is_some_and(|(role, _)| role != "user") {
        return Err(invalid("messages: first message must use the \"user\" role"));
    }
    said.extend(turns);
    let grammar = match body.get("output_config").and_then(|config| config.get("format")) {
        None => Shape::Free,
        Some(format) if format["type"] == "json_schema" => Shape::Schema(format["schema"].clone()),
        Some(_) => return Err(invalid("output_config.format.type must be json_schema")),
    };
    let tool = match body.get("tools") {
        None => None,
        Some(tools) => {
            let tool = &tools[0];
            if body.get("tool_choice").is_none_or(|choice| choice["type"] != "tool" || choice["name"] != tool["name"]) {
                return Err(invalid("tool_choice names no tool"));
            }
            if tool["strict"] != true {
                return Err(invalid("the stand-in takes strict tools only"));
            }
            Some(Shape::Tool(text_of(tool.get("name"), "tools.name")?, tool["input_schema"].clone()))
        }
    };
    Ok(Demand {
        model: text_of(body.get("model"), "model")?,
        said,
        shape: alone(tool, grammar)?,
        streamed: body.get("stream").and_then(Value::as_bool).unwrap_or_default(),
    })
}

pub(super) fn whole(answer: &Answer<'_>) -> Value {
    let content = match (&answer.demand.shape, answer.end) {
        (_, End::Refusal(_)) => json!([]),
        (Shape::Tool(name, _), _) => {
            let input: Value = serde_json::from_str(answer.text).unwrap_or_else(|_| json!({}));
            json!([{"type": "tool_use", "id": "toolu_1", "name": name, "input": input}])
        }
        _ => json!([{"type": "text", "text": answer.text, "citations": null}]),
    };
    let mut body = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": answer.demand.model,
        "content": content, "stop_reason": stop(answer), "stop_sequence": null,
    });
    if let End::Refusal(words) = answer.end {
        body["stop_details"] = json!({"type": "refusal", "explanation": words});
    }
    if let Some(usage) = answer.usage {
        body["usage"] = prompt_counts(usage);
        body["usage"]["output_tokens"] = json!(usage.completion);
    }
    body
}

pub(super) fn events(answer: &Answer<'_>) -> Vec<String> {
    let usage = |counts: fn(Counts) -> Value| answer.usage.map_or(json!({}), counts);
    let start = json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": answer.demand.model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage(prompt_counts),
    }});
    let block = json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}});
    let mut events = vec![
        named("message_start", &start),
        named("content_block_start", &block),
        named("ping", &json!({"type": "ping"})),
    ];
    events.extend(pieces(answer.text).iter().map(|piece| {
        let delta = json!({"type": "text_delta", "text": piece});
        named("content_block_delta", &json!({"type": "content_block_delta", "index": 0, "delta": delta}))
    }));
    events.push(named("content_block_stop", &json!({"type": "content_block_stop", "index": 0})));
    let mut delta = json!({"stop_reason": stop(answer), "stop_sequence": null});
    if let End::Refusal(words) = answer.end {
        delta["stop_details"] = json!({"type": "refusal", "explanation": words});
    }
    let counts = usage(|usage| json!({"output_tokens": usage.completion}));
    events.push(named("message_delta", &json!({"type": "message_delta", "delta": delta, "usage": counts})));
    events.push(named("message_stop", &json!({"type": "message_stop"})));
    events
}

fn stop(answer: &Answer<'_>) -> &'static str {
    match (answer.end, &answer.demand.shape) {
        (End::Refusal(_), _) => "refusal",
        (End::Length, _) => "max_tokens",
        (End::Stop, Shape::Tool(..)) => "tool_use",
        (End::Stop, _) => "end_turn",
    }
}

/// Here the prompt's count leaves out what was read from a cache.
fn prompt_counts(usage: Counts) -> Value {
    json!({
        "input_tokens": usage.prompt - usage.cached, "cache_read_input_tokens": usage.cached,
        "cache_creation_input_tokens": 0, "output_tokens": 1,
    })
}

pub(super) fn error(failure: &Failure<'_>) -> Value {
    let kind = match failure.status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    };
    let details = failure.code.map(|code| json!({"error_code": code}));
    json!({
        "type": "error", "error": {"type": kind, "message": failure.message, "details": details},
        "request_id": "req_1",
    })
}
