//! `generateContent`.

use serde_json::{Map, Value, json};

use super::{Answer, Complaint, End, Failure, Incoming, event, invalid, list_of, only, pieces, text_of};
use crate::{Counts, Demand, Shape};

const KNOWN: &[&str] = &["contents", "generationConfig", "safetySettings", "systemInstruction"];

const KNOWN_SETTINGS: &[&str] =
    &["maxOutputTokens", "responseJsonSchema", "responseMimeType", "seed", "temperature", "thinkingConfig"];

pub(super) fn read(incoming: &Incoming<'_>) -> Result<Demand, Complaint> {
    let body = incoming.body;
    only(body, KNOWN)?;
    let none = Map::new();
    let settings = body.get("generationConfig").and_then(Value::as_object).unwrap_or(&none);
    only(settings, KNOWN_SETTINGS)?;
    let mut said = Vec::new();
    if let Some(rules) = body.get("systemInstruction") {
        said.extend(parts(rules, "system")?);
    }
    for turn in list_of(body.get("contents"), "contents")? {
        let role = text_of(turn.get("role"), "role")?;
        if !["user", "model"].contains(&role.as_str()) {
            return Err(invalid("Please use a valid role: user, model."));
        }
        said.extend(parts(turn, &role)?);
    }
    let is_json = settings.get("responseMimeType").is_some_and(|kind| kind == "application/json");
    let shape = match (settings.get("responseJsonSchema"), is_json) {
        (Some(schema), true) => Shape::Schema(schema.clone()),
        (Some(_), false) => return Err(invalid("a response schema needs the MIME type application/json")),
        (None, true) => Shape::Json,
        (None, false) => Shape::Free,
    };
    let (path, query) = incoming.path.split_once('?').unwrap_or((incoming.path, ""));
    let (model, method) = path.trim_start_matches("/v1beta/models/").split_once(':').unwrap_or((path, ""));
    let streamed = method == "streamGenerateContent";
    if streamed && query != "alt=sse" {
        return Err(invalid("the stand-in streams events only: alt=sse"));
    }
    Ok(Demand { model: model.to_owned(), said, shape, streamed })
}

fn parts(turn: &Value, role: &str) -> Result<Vec<(String, String)>, Complaint> {
    let parts = list_of(turn.get("parts"), "parts")?;
    parts.iter().map(|part| Ok((role.to_owned(), text_of(part.get("text"), "text")?))).collect()
}

pub(super) fn whole(answer: &Answer<'_>) -> Value {
    chunk(answer, answer.text, Last::Yes)
}

pub(super) fn events(answer: &Answer<'_>) -> Vec<String> {
    let all = pieces(answer.text);
    let (last, first) = all.split_last().map_or(("", &[][..]), |(last, first)| (last.as_str(), first));
    let mut events: Vec<String> = first.iter().map(|piece| event(&chunk(answer, piece, Last::No))).collect();
    events.push(event(&chunk(answer, last, Last::Yes)));
    events
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Yes,
    No,
}

fn chunk(answer: &Answer<'_>, text: &str, last: Last) -> Value {
    let mut candidate = json!({"content": {"role": "model", "parts": [{"text": text}]}, "index": 0});
    if last == Last::Yes {
        candidate["finishReason"] = json!(match answer.end {
            End::Stop => "STOP",
            End::Length => "MAX_TOKENS",
            End::Refusal(_) => "SAFETY",
        });
    }
    if let End::Refusal(words) = answer.end {
        candidate["content"] = json!({});
        candidate["finishMessage"] = json!(words);
    }
    let mut body = json!({"candidates": [candidate], "modelVersion": answer.demand.model, "responseId": "response-1"});
    if let Some(usage) = answer.usage {
        body["usageMetadata"] = counts(usage);
    }
    body
}

fn counts(usage: Counts) -> Value {
    json!({
        "promptTokenCount": usage.prompt, "candidatesTokenCount": usage.completion,
        "cachedContentTokenCount": usage.cached, "totalTokenCount": usage.prompt + usage.completion,
    })
}

pub(super) fn error(failure: &Failure<'_>) -> Value {
    let status = match failure.status {
        400 => "INVALID_ARGUMENT",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    let details: Vec<Value> = failure.code.iter().map(|code| json!({"reason": code})).collect();
    json!({"error": {"code": failure.status, "message": failure.message, "status": status, "details": details}})
}
