//! Chat completions, as OpenAI and many others serve them.

use model::{Trouble, Usage};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Map, Value, json};

use super::{Ask, Delivery, Dialect, End, Mode, Reply, TOOL_PURPOSE, count, garbled};
use crate::Key;
use crate::status::within_success;

pub(super) struct OpenAi {
    /// Whether OpenAI itself is asked, whose newer models know the limit by
    /// another name than everybody else's.
    pub(super) is_at_home: bool,
}

/// The data of the event after the last.
const DONE: &str = "[DONE]";

impl Dialect for OpenAi {
    fn path(&self, _: &Ask<'_>) -> String {
        "/chat/completions".to_owned()
    }

    fn headers(&self, key: Option<&Key>) -> HeaderMap {
        key.and_then(|key| key.header("Bearer ")).map(|value| (AUTHORIZATION, value)).into_iter().collect()
    }

    fn body(&self, ask: &Ask<'_>) -> Map<String, Value> {
        let mut body = Map::new();
        let mut set = |member: &str, value: Value| drop(body.insert(member.to_owned(), value));
        set("model", json!(ask.model));
        match ask.mode {
            Mode::Free => {}
            Mode::Json => set("response_format", json!({"type": "json_object"})),
            Mode::Schema(shape) => {
                let schema = json!({"name": shape.name, "strict": true, "schema": shape.within});
                set("response_format", json!({"type": "json_schema", "json_schema": schema}));
            }
            Mode::Tool(shape) => {
                let function = json!({"name": shape.name, "description": TOOL_PURPOSE, "strict": true, "parameters": shape.within});
                set("tools", json!([{"type": "function", "function": function}]));
                set("tool_choice", json!({"type": "function", "function": {"name": shape.name}}));
                set("parallel_tool_calls", json!(false));
            }
        }
        let messages = ask.messages.iter().map(|said| json!({"role": said.voice.name(), "content": said.text}));
        set("messages", messages.collect());
        set(if self.is_at_home { "max_completion_tokens" } else { "max_tokens" }, json!(ask.max_output_tokens));
        if let Some(temperature) = ask.temperature {
            set("temperature", json!(temperature));
        }
        if let Some(seed) = ask.seed {
            set("seed", json!(seed));
        }
        if ask.delivery == Delivery::Streamed {
            set("stream", json!(true));
            set("stream_options", json!({"include_usage": true}));
        }
        body
    }

    fn read(&self, body: &Value) -> Result<Reply, Trouble> {
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            return Err(within_success(error));
        }
        let choice = body.pointer("/choices/0").ok_or_else(|| garbled("it has no `choices`"))?;
        let message = choice.get("message").ok_or_else(|| garbled("its choice has no `message`"))?;
        let called = message.pointer("/tool_calls/0/function/arguments").and_then(Value::as_str);
        Ok(Reply {
            text: called.map_or_else(|| content(message.get("content")), str::to_owned),
            end: Some(end(choice, message.get("refusal")).unwrap_or(End::Stop)),
            usage: usage(body),
            model: name(body),
        })
    }

    fn fold(&self, event: &Value, reply: &mut Reply) -> Result<(), Trouble> {
        if event == DONE {
            return Ok(());
        }
        if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
            return Err(within_success(error));
        }
        reply.usage = usage(event).or(reply.usage);
        reply.model = reply.model.take().or_else(|| name(event));
        let Some(choice) = event.pointer("/choices/0") else { return Ok(()) };
        let delta = choice.get("delta").unwrap_or(&Value::Null);
        reply.text.push_str(&content(delta.get("content")));
        if let Some(words) = delta.get("refusal").and_then(Value::as_str) {
            let said = match reply.end.take() {
                Some(End::Refused(said)) => said,
                _ => String::new(),
            };
            reply.end = Some(End::Refused(said + words));
        }
        if !matches!(reply.end, Some(End::Refused(_))) {
            reply.end = end(choice, None).or(reply.end.take());
        }
        Ok(())
    }
}

/// The text of a message: as it is, or in parts.
fn content(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
        _ => String::new(),
    }
}

fn end(choice: &Value, refusal: Option<&Value>) -> Option<End> {
    if let Some(words) = refusal.and_then(Value::as_str) {
        return Some(End::Refused(words.to_owned()));
    }
    match choice.get("finish_reason")?.as_str()? {
        "length" => Some(End::Length),
        "content_filter" => Some(End::Refused(String::new())),
        _ => Some(End::Stop),
    }
}

fn usage(body: &Value) -> Option<Usage> {
    let usage = body.get("usage").filter(|usage| !usage.is_null());
    Some(Usage {
        tokens_in: count(usage, "prompt_tokens")?,
        tokens_out: count(usage, "completion_tokens").unwrap_or_default(),
        cached_in: count(usage.and_then(|usage| usage.get("prompt_tokens_details")), "cached_tokens")
            .unwrap_or_default(),
        ..Usage::default()
    })
}

fn name(body: &Value) -> Option<String> {
    body.get("model")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}
