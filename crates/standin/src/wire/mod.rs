//! The vendors' formats, from the provider's side.

mod anthropic;
mod gemini;
mod ollama;
mod openai;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Counts, Demand, Shape, subset};

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// Chat completions.
    OpenAi,
    /// Messages.
    Anthropic,
    /// `generateContent`.
    Gemini,
    /// Ollama chat.
    Ollama,
}

/// A request that the provider would refuse.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) status: u16,
    pub(crate) message: String,
}

/// An answer, before any format.
pub(crate) struct Answer<'a> {
    pub(crate) demand: &'a Demand,
    /// What the model writes.
    pub(crate) text: &'a str,
    pub(crate) end: End<'a>,
    /// None where no tokens are counted.
    pub(crate) usage: Option<Counts>,
}

/// Why an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End<'a> {
    Stop,
    Length,
    Refusal(&'a str),
}

/// An error, before any format.
pub(crate) struct Failure<'a> {
    pub(crate) status: u16,
    pub(crate) code: Option<&'a str>,
    pub(crate) message: &'a str,
}

/// Where a vendor's requests arrive and what they say.
pub(crate) struct Incoming<'a> {
    pub(crate) path: &'a str,
    pub(crate) headers: &'a BTreeMap<String, String>,
    pub(crate) body: &'a Map<String, Value>,
}

impl Wire {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::Ollama];

    /// What follows the address in a client's base URL.
    pub fn base_path(self) -> &'static str {
        match self {
            Self::OpenAi | Self::Anthropic => "/v1",
            Self::Gemini => "/v1beta",
            Self::Ollama => "",
        }
    }

    /// The format whose requests arrive at this path.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        match path {
            "/v1/chat/completions" => Some(Self::OpenAi),
            "/v1/messages" => Some(Self::Anthropic),
            "/api/chat" => Some(Self::Ollama),
            path => (path.starts_with("/v1beta/models/") && path.ends_with("enerateContent")).then_some(Self::Gemini),
        }
    }

    /// The key that a request brings.
    pub(crate) fn key(self, headers: &BTreeMap<String, String>) -> Option<&str> {
        let header = |name: &str| headers.get(name).map(String::as_str);
        match self {
            Self::OpenAi | Self::Ollama => header("authorization")?.strip_prefix("Bearer "),
            Self::Anthropic => header("x-api-key"),
            Self::Gemini => header("x-goog-api-key"),
        }
    }

    /// What a request asks for, or why it is refused.
    pub(crate) fn read(self, incoming: &Incoming<'_>) -> Result<Demand, Complaint> {
        let demand = match self {
            Self::OpenAi => openai::read(incoming),
            Self::Anthropic => anthropic::read(incoming),
            Self::Gemini => gemini::read(incoming),
            Self::Ollama => ollama::read(incoming),
        }?;
        if demand.said.iter().all(|(role, _)| role == "system") {
            return Err(invalid("at least one message is required"));
        }
        match demand.shape.schema().and_then(subset::complaint) {
            Some(wrong) => Err(invalid(format!("Invalid schema: {wrong}"))),
            None => Ok(demand),
        }
    }

    /// A whole reply.
    pub(crate) fn whole(self, answer: &Answer<'_>) -> Value {
        match self {
            Self::OpenAi => openai::whole(answer),
            Self::Anthropic => anthropic::whole(answer),
            Self::Gemini => gemini::whole(answer),
            Self::Ollama => ollama::whole(answer),
        }
    }

    /// The events of a streamed reply, as they are sent.
    pub(crate) fn events(self, answer: &Answer<'_>) -> Vec<String> {
        match self {
            Self::OpenAi => openai::events(answer),
            Self::Anthropic => anthropic::events(answer),
            Self::Gemini => gemini::events(answer),
            Self::Ollama => ollama::events(answer),
        }
    }

    /// The content type of a streamed reply.
    pub(crate) fn stream_type(self) -> &'static str {
        match self {
            Self::Ollama => "application/x-ndjson",
            Self::OpenAi | Self::Anthropic | Self::Gemini => "text/event-stream; charset=utf-8",
        }
    }

    /// The body of an error.
    pub(crate) fn error(self, failure: &Failure<'_>) -> Value {
        match self {
            Self::OpenAi => openai::error(failure),
            Self::Anthropic => anthropic::error(failure),
            Self::Gemini => gemini::error(failure),
            Self::Ollama => ollama::error(failure),
        }
    }

    /// An error told within a stream.
    pub(crate) fn error_event(self, failure: &Failure<'_>) -> String {
        match self {
            Self::Ollama => line(&self.error(failure)),
            Self::Anthropic => named("error", &self.error(failure)),
            Self::OpenAi | Self::Gemini => event(&self.error(failure)),
        }
    }
}

fn invalid(message: impl Into<String>) -> Complaint {
    Complaint { status: 400, message: message.into() }
}

/// Refuses members that the vendor does not know.
fn only(body: &Map<String, Value>, known: &[&str]) -> Result<(), Complaint> {
    match body.keys().find(|member| !known.contains(&member.as_str())) {
        Some(unknown) => Err(invalid(format!("Unrecognized request argument supplied: {unknown}"))),
        None => Ok(()),
    }
}

fn text_of(value: Option<&Value>, what: &str) -> Result<String, Complaint> {
    value.and_then(Value::as_str).map(str::to_owned).ok_or_else(|| invalid(format!("{what} must be a string")))
}

fn list_of<'a>(value: Option<&'a Value>, what: &str) -> Result<&'a [Value], Complaint> {
    value.and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| invalid(format!("{what} must be a list")))
}

/// The turns of formats that have `role` and a `content` of plain text.
fn turns(body: &Map<String, Value>, roles: &[&str]) -> Result<Vec<(String, String)>, Complaint> {
    list_of(body.get("messages"), "messages")?
        .iter()
        .map(|turn| {
            let role = text_of(turn.get("role"), "role")?;
            if !roles.contains(&role.as_str()) {
                return Err(invalid(format!("unexpected role {role:?}")));
            }
            Ok((role, text_of(turn.get("content"), "content")?))
        })
        .collect()
}

/// A tool's arguments must be asked for alone.
fn alone(tool: Option<Shape>, grammar: Shape) -> Result<Shape, Complaint> {
    match (tool, grammar) {
        (Some(tool), Shape::Free) => Ok(tool),
        (Some(_), _) => Err(invalid("tools and a response format cannot be used together")),
        (None, grammar) => Ok(grammar),
    }
}

/// The pieces in which a text is streamed.
fn pieces(text: &str) -> Vec<String> {
    /// About two tokens.
    const PIECE_CHARS: usize = 8;
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(PIECE_CHARS).map(|piece| piece.iter().collect()).collect()
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn named(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn line(data: &Value) -> String {
    format!("{data}\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a vendor says to a body: `ok`, or its complaint.
    fn told(wire: Wire, path: &str, body: &Value) -> String {
        let headers = BTreeMap::from([("anthropic-version".to_owned(), "2023-06-01".to_owned())]);
        let incoming = Incoming { path, headers: &headers, body: body.as_object().unwrap() };
        wire.read(&incoming).map_or_else(|complaint| complaint.message, |_| "ok".to_owned())
    }

    #[test]
    fn each_vendor_refuses_what_it_would() {
        let user = json!([{"role": "user", "content": "give me json"}]);
        let system = json!([{"role": "system", "content": "x"}]);
        let schema = json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
        let format = |schema: &Value| json!({"type": "json_schema", "json_schema": {"name": "x", "strict": true, "schema": schema}});
        let tools = json!([{"type": "function", "function": {"name": "t", "strict": true, "parameters": schema}}]);
        let choice = json!({"type": "function", "function": {"name": "t"}});
        let tool = json!([{"name": "t", "strict": true, "input_schema": schema}]);
        let turn = json!([{"role": "user", "parts": [{"text": "x"}]}]);
        let gemini = "/v1beta/models/m:generateContent";
        let rows = [
            (Wire::OpenAi, "", json!({"model": "m", "messages": user, "response_format": format(&schema)}), "ok"),
            (
                Wire::OpenAi,
                "",
                json!({"model": "m", "messages": user, "n": 2}),
                "Unrecognized request argument supplied: n",
            ),
            (Wire::OpenAi, "", json!({"messages": user}), "model must be a string"),
            (Wire::OpenAi, "", json!({"model": "m", "messages": []}), "at least one message is required"),
            (
                Wire::OpenAi,
                "",
                json!({"model": "m", "messages": [{"role": "robot", "content": "x"}]}),
                "unexpected role \"robot\"",
            ),
            (
                Wire::OpenAi,
                "",
                json!({"model": "m", "messages": user, "response_format": format(&json!({"type": "object"}))}),
                "Invalid schema: 'additionalProperties' is required to be supplied and to be false",
            ),
            (
                Wire::OpenAi,
                "",
                json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json_object"}}),
                "'messages' must contain the word 'json' in some form to use 'response_format'",
            ),
            (
                Wire::OpenAi,
                "",
                json!({"model": "m", "messages": user, "tools": tools, "tool_choice": choice, "response_format": format(&schema)}),
                "tools and a response format cannot be used together",
            ),
            (
                Wire::OpenAi,
                "",
                json!({"model": "m", "messages": user, "max_tokens": 1, "max_completion_tokens": 1}),
                "max_tokens and max_completion_tokens exclude each other",
            ),
            (Wire::Anthropic, "", json!({"model": "m", "max_tokens": 1, "messages": user}), "ok"),
            (Wire::Anthropic, "", json!({"model": "m", "messages": user}), "max_tokens: field required"),
            (
                Wire::Anthropic,
                "",
                json!({"model": "m", "max_tokens": 1, "messages": system}),
                "unexpected role \"system\"",
            ),
            (
                Wire::Anthropic,
                "",
                json!({"model": "m", "max_tokens": 1, "messages": [{"role": "assistant", "content": "x"}]}),
                "messages: first message must use the \"user\" role",
            ),
            (
                Wire::Anthropic,
                "",
                json!({"model": "m", "max_tokens": 1, "messages": user, "tools": tool}),
                "tool_choice names no tool",
            ),
            (Wire::Gemini, gemini, json!({"contents": turn}), "ok"),
            (
                Wire::Gemini,
                gemini,
                json!({"contents": [{"role": "assistant", "parts": []}]}),
                "Please use a valid role: user, model.",
            ),
            (
                Wire::Gemini,
                gemini,
                json!({"contents": turn, "generationConfig": {"responseJsonSchema": schema}}),
                "a response schema needs the MIME type application/json",
            ),
            (
                Wire::Gemini,
                "/v1beta/models/m:streamGenerateContent",
                json!({"contents": turn}),
                "the stand-in streams events only: alt=sse",
            ),
            (Wire::Ollama, "", json!({"model": "m", "messages": user, "format": schema}), "ok"),
            (
                Wire::Ollama,
                "",
                json!({"model": "m", "messages": user, "temperature": 0}),
                "Unrecognized request argument supplied: temperature",
            ),
        ];
        for (wire, path, body, expected) in rows {
            assert_eq!(told(wire, path, &body), expected, "{wire:?} {body}");
        }
        let none = BTreeMap::new();
        let body = json!({"model": "m", "max_tokens": 1, "messages": user});
        let bare = Incoming { path: "", headers: &none, body: body.as_object().unwrap() };
        assert_eq!(Wire::Anthropic.read(&bare).unwrap_err().message, "anthropic-version: header is required");
    }
}
