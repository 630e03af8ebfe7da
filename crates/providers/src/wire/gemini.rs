//! Gemini `generateContent`.

use model::{Message, Trouble, Usage, Voice};
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::{Map, Value, json};

use super::{Ask, Delivery, Dialect, End, Mode, Reply, count, garbled};
use crate::Key;
use crate::status::within_success;

pub(super) struct Gemini;

const KEY: HeaderName = HeaderName::from_static("x-goog-api-key");

impl Dialect for Gemini {
    fn path(&self, ask: &Ask<'_>) -> String {
        match ask.delivery {
            Delivery::Whole => format!("/models/{}:generateContent", ask.model),
            Delivery::Streamed => format!("/models/{}:streamGenerateContent?alt=sse", ask.model),
        }
    }

    fn headers(&self, key: Option<&Key>) -> HeaderMap {
        key.and_then(|key| key.header("")).map(|value| (KEY, value)).into_iter().collect()
    }

    fn body(&self, ask: &Ask<'_>) -> Map<String, Value> {
        let mut body = Map::new();
        let (rules, turns): (Vec<&Message>, Vec<&Message>) =
            ask.messages.iter().partition(|said| said.voice == Voice::System);
        if !rules.is_empty() {
            let parts: Vec<Value> = rules.iter().map(|said| json!({"text": said.text})).collect();
            body.insert("systemInstruction".to_owned(), json!({"parts": parts}));
        }
        let turn = |said: &&Message| {
            let role = if said.voice == Voice::Assistant { "model" } else { "user" };
            json!({"role": role, "parts": [{"text": said.text}]})
        };
        body.insert("contents".to_owned(), turns.iter().map(turn).collect());
        let mut settings = Map::new();
        let mut set = |member: &str, value: Value| drop(settings.insert(member.to_owned(), value));
        match ask.mode {
            Mode::Free => {}
            Mode::Json => set("responseMimeType", json!("application/json")),
            // No configuration reaches a tool here; a schema says the same.
            Mode::Schema(shape) | Mode::Tool(shape) => {
                set("responseMimeType", json!("application/json"));
                set("responseJsonSchema", shape.within.clone());
            }
        }
        set("maxOutputTokens", json!(ask.max_output_tokens));
        if let Some(temperature) = ask.temperature {
            set("temperature", json!(temperature));
        }
        if let Some(seed) = ask.seed {
            // It takes 32 bits with a sign.
            set("seed", json!(seed & 0x7fff_ffff));
        }
        body.insert("generationConfig".to_owned(), Value::Object(settings));
        body
    }

    fn read(&self, body: &Value) -> Result<Reply, Trouble> {
        let mut reply = Reply::default();
        self.fold(body, &mut reply)?;
        if reply.end.is_none() && body.get("candidates").is_none() {
            return Err(garbled("it has no `candidates`"));
        }
        reply.end.get_or_insert(End::Stop);
        Ok(reply)
    }

    fn fold(&self, event: &Value, reply: &mut Reply) -> Result<(), Trouble> {
        if let Some(error) = event.get("error") {
            return Err(within_success(error));
        }
        reply.usage = usage(event).or(reply.usage);
        reply.model =
            reply.model.take().or_else(|| event.get("modelVersion").and_then(Value::as_str).map(str::to_owned));
        if let Some(reason) = event.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
            reply.end = Some(End::Refused(format!("the prompt was blocked ({reason})")));
            return Ok(());
        }
        let Some(candidate) = event.pointer("/candidates/0") else { return Ok(()) };
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
        let is_answer = |part: &&Value| part.get("thought").and_then(Value::as_bool) != Some(true);
        for text in parts.into_iter().flatten().filter(is_answer).filter_map(|part| part.get("text")?.as_str()) {
            reply.text.push_str(text);
        }
        reply.end = end(candidate).or(reply.end.take());
        Ok(())
    }
}

fn end(candidate: &Value) -> Option<End> {
    match candidate.get("finishReason")?.as_str()? {
        "STOP" | "FINISH_REASON_UNSPECIFIED" => Some(End::Stop),
        "MAX_TOKENS" => Some(End::Length),
        reason => {
            let words = candidate.get("finishMessage").and_then(Value::as_str);
            Some(End::Refused(words.map_or_else(|| format!("it stopped ({reason})"), str::to_owned)))
        }
    }
}

fn usage(body: &Value) -> Option<Usage> {
    let usage = body.get("usageMetadata");
    Some(Usage {
        tokens_in: count(usage, "promptTokenCount")?,
        tokens_out: count(usage, "candidatesTokenCount").unwrap_or_default()
            + count(usage, "thoughtsTokenCount").unwrap_or_default(),
        cached_in: count(usage, "cachedContentTokenCount").unwrap_or_default(),
        ..Usage::default()
    })
}
