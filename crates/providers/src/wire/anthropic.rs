//! Anthropic messages.

use model::{Message, Trouble, Usage, Voice};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::{Ask, Delivery, Dialect, End, Mode, Reply, TOOL_PURPOSE, count, garbled};
use crate::Key;
use crate::status::within_success;

pub(super) struct Anthropic;

const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("anthropic-version"), HeaderValue::from_static("2023-06-01"));
const KEY: HeaderName = HeaderName::from_static("x-api-key");

impl Dialect for Anthropic {
    fn path(&self, _: &Ask<'_>) -> String {
        "/messages".to_owned()
    }

    fn headers(&self, key: Option<&Key>) -> HeaderMap {
        let key = key.and_then(|key| key.header("")).map(|value| (KEY, value));
        [VERSION].into_iter().chain(key).collect()
    }

    fn body(&self, ask: &Ask<'_>) -> Map<String, Value> {
        let mut body = Map::new();
        let mut set = |member: &str, value: Value| drop(body.insert(member.to_owned(), value));
        set("model", json!(ask.model));
        set("max_tokens", json!(ask.max_output_tokens));
        match ask.mode {
            // There is no JSON mode: the prompt asks for it.
            Mode::Free | Mode::Json => {}
            Mode::Schema(shape) => {
                set("output_config", json!({"format": {"type": "json_schema", "schema": shape.within}}));
            }
            Mode::Tool(shape) => {
                let tool = json!({"name": shape.name, "description": TOOL_PURPOSE, "strict": true, "input_schema": shape.within});
                set("tools", json!([tool]));
                set("tool_choice", json!({"type": "tool", "name": shape.name, "disable_parallel_tool_use": true}));
            }
        }
        let (rules, turns): (Vec<&Message>, Vec<&Message>) =
            ask.messages.iter().partition(|said| said.voice == Voice::System);
        if !rules.is_empty() {
            // The rules are the part that stays the same: the mark lets the
            // provider keep all up to here. Too short a text is simply not kept.
            let block =
                |said: &&Message| json!({"type": "text", "text": said.text, "cache_control": {"type": "ephemeral"}});
            set("system", rules.iter().map(block).collect());
        }
        let turns = turns.iter().map(|said| json!({"role": said.voice.name(), "content": said.text}));
        set("messages", turns.collect());
        if let Some(temperature) = ask.temperature {
            set("temperature", json!(temperature.min(1.0)));
        }
        if ask.delivery == Delivery::Streamed {
            set("stream", json!(true));
        }
        body
    }

    fn read(&self, body: &Value) -> Result<Reply, Trouble> {
        if body.get("type").and_then(Value::as_str) == Some("error") {
            return Err(within_success(body.get("error").unwrap_or(&Value::Null)));
        }
        let blocks = body.get("content").and_then(Value::as_array).ok_or_else(|| garbled("it has no `content`"))?;
        let of_kind = |kind: &'static str| {
            blocks.iter().filter(move |block| block.get("type").and_then(Value::as_str) == Some(kind))
        };
        let text: String = of_kind("text").filter_map(|block| block.get("text")?.as_str()).collect();
        let called = of_kind("tool_use").find_map(|block| block.get("input"));
        let mut reply = Reply {
            text: called.map_or(text, Value::to_string),
            end: None,
            usage: None,
            model: body.get("model").and_then(Value::as_str).map(str::to_owned),
        };
        reply.end = Some(end(body).unwrap_or(End::Stop));
        add_usage(body.get("usage"), &mut reply);
        Ok(reply)
    }

    fn fold(&self, event: &Value, reply: &mut Reply) -> Result<(), Trouble> {
        match event.get("type").and_then(Value::as_str) {
            Some("message_start") => {
                reply.model = event.pointer("/message/model").and_then(Value::as_str).map(str::to_owned);
                add_usage(event.pointer("/message/usage"), reply);
            }
            Some("content_block_delta") => {
                if let Some(text) = event.pointer("/delta/text").and_then(Value::as_str) {
                    reply.text.push_str(text);
                }
            }
            Some("message_delta") => {
                reply.end = event.get("delta").and_then(end).or(reply.end.take());
                add_usage(event.get("usage"), reply);
            }
            Some("error") => return Err(within_success(event.get("error").unwrap_or(&Value::Null))),
            _ => {}
        }
        Ok(())
    }
}

fn end(of: &Value) -> Option<End> {
    match of.get("stop_reason")?.as_str()? {
        "max_tokens" | "model_context_window_exceeded" => Some(End::Length),
        "refusal" => {
            let said = of.pointer("/stop_details/explanation").and_then(Value::as_str).unwrap_or_default();
            Some(End::Refused(said.to_owned()))
        }
        _ => Some(End::Stop),
    }
}

/// Counts are cumulative within a stream, and a later one may leave out what
/// an earlier one said.
fn add_usage(counts: Option<&Value>, reply: &mut Reply) {
    let mut usage = reply.usage.unwrap_or_default();
    let cached = count(counts, "cache_read_input_tokens");
    let written = count(counts, "cache_creation_input_tokens");
    if let Some(fresh) = count(counts, "input_tokens") {
        usage.cached_in = cached.unwrap_or(usage.cached_in);
        usage.written_in = written.unwrap_or(usage.written_in);
        usage.tokens_in = fresh + usage.cached_in + usage.written_in;
    }
    usage.tokens_out = count(counts, "output_tokens").unwrap_or(usage.tokens_out);
    if usage != Usage::default() {
        reply.usage = Some(usage);
    }
}
