//! Ollama chat.

use model::{Trouble, Usage};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Map, Value, json};

use super::{Ask, Delivery, Dialect, End, Mode, Reply, count, garbled};
use crate::Key;
use crate::status::within_success;

/// The least room that is asked for, in tokens.
const MIN_ROOM: u32 = 8_192;

/// The most room that is asked for unless the operator says otherwise, in tokens.
const MAX_ROOM: u32 = 131_072;

pub(super) struct Ollama {
    /// The room that the operator grants, in tokens.
    pub(super) context_tokens: Option<u32>,
}

impl Ollama {
    /// The room to ask for. Without asking there are a few thousand tokens,
    /// and what exceeds them is dropped from the prompt without a word; a
    /// model is loaded anew when the room changes, so it grows in few steps.
    fn room(&self, needed: u32) -> u32 {
        self.context_tokens.unwrap_or_else(|| needed.clamp(MIN_ROOM, MAX_ROOM).next_power_of_two())
    }
}

impl Dialect for Ollama {
    fn path(&self, _: &Ask<'_>) -> String {
        "/api/chat".to_owned()
    }

    fn headers(&self, key: Option<&Key>) -> HeaderMap {
        key.and_then(|key| key.header("Bearer ")).map(|value| (AUTHORIZATION, value)).into_iter().collect()
    }

    fn body(&self, ask: &Ask<'_>) -> Map<String, Value> {
        let mut options = Map::new();
        options.insert("num_ctx".to_owned(), json!(self.room(ask.room)));
        options.insert("num_predict".to_owned(), json!(ask.max_output_tokens));
        if let Some(temperature) = ask.temperature {
            options.insert("temperature".to_owned(), json!(temperature));
        }
        if let Some(seed) = ask.seed {
            options.insert("seed".to_owned(), json!(seed));
        }
        let mut body = Map::new();
        let mut set = |member: &str, value: Value| drop(body.insert(member.to_owned(), value));
        set("model", json!(ask.model));
        match ask.mode {
            Mode::Free => {}
            Mode::Json => set("format", json!("json")),
            // No configuration reaches a tool here; a schema says the same.
            Mode::Schema(shape) | Mode::Tool(shape) => set("format", shape.within.clone()),
        }
        let messages = ask.messages.iter().map(|said| json!({"role": said.voice.name(), "content": said.text}));
        set("messages", messages.collect());
        set("options", Value::Object(options));
        set("stream", json!(ask.delivery == Delivery::Streamed));
        body
    }

    fn read(&self, body: &Value) -> Result<Reply, Trouble> {
        let mut reply = Reply::default();
        self.fold(body, &mut reply)?;
        if body.get("message").is_none() {
            return Err(garbled("it has no `message`"));
        }
        reply.end.get_or_insert(End::Stop);
        Ok(reply)
    }

    fn fold(&self, event: &Value, reply: &mut Reply) -> Result<(), Trouble> {
        if let Some(error) = event.get("error") {
            return Err(within_success(error));
        }
        reply.model = reply.model.take().or_else(|| event.get("model").and_then(Value::as_str).map(str::to_owned));
        if let Some(text) = event.pointer("/message/content").and_then(Value::as_str) {
            reply.text.push_str(text);
        }
        if event.get("done").and_then(Value::as_bool) == Some(true) {
            let cut = event.get("done_reason").and_then(Value::as_str) == Some("length");
            reply.end = Some(if cut { End::Length } else { End::Stop });
            reply.usage = usage(event);
        }
        Ok(())
    }
}

fn usage(event: &Value) -> Option<Usage> {
    Some(Usage {
        tokens_in: count(Some(event), "prompt_eval_count")?,
        tokens_out: count(Some(event), "eval_count").unwrap_or_default(),
        ..Usage::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_grows_in_steps_unless_the_operator_grants_it() {
        let rows = [(None, 100, 8_192), (None, 8_193, 16_384), (None, 9_999_999, 131_072), (Some(4_000), 9_000, 4_000)];
        for (context_tokens, needed, room) in rows {
            assert_eq!(Ollama { context_tokens }.room(needed), room);
        }
    }
}
