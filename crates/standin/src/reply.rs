//! One scripted reply.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// What is sent back to one request.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// What the model writes.
    pub text: Option<String>,
    /// The same, as JSON. Where the request has a schema it must conform.
    pub json: Option<Value>,
    /// The model refuses, in these words.
    pub refusal: Option<String>,
    /// The limit came before the end.
    pub cut: bool,
    /// An HTTP status instead of a completion.
    pub status: Option<u16>,
    /// The code within the error, for instance `insufficient_quota`.
    pub code: Option<String>,
    /// The words of the error.
    pub message: Option<String>,
    /// How long the error asks to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// How long nothing happens before the first byte, in milliseconds.
    pub delay_ms: u64,
    /// How long nothing happens between two pieces, in milliseconds.
    pub between_ms: u64,
    /// The tokens that are said to have been used.
    pub usage: Option<Counts>,
    /// Bad manners.
    pub trick: Option<Trick>,
}

/// Tokens that are said to have been used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// The whole prompt.
    pub prompt: u64,
    /// Of the prompt, read from a cache.
    #[serde(default)]
    pub cached: u64,
    /// The completion.
    pub completion: u64,
}

/// Bad manners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trick {
    /// The body, or an event within the stream, is not JSON.
    MalformedJson,
    /// The body is sent as a web page.
    WrongContentType,
    /// The body, or an event, does not end.
    Oversize,
    /// The connection breaks within the reply.
    BreakOff,
    /// The stream ends, in good order, before the answer does.
    EndEarly,
    /// Nothing more comes after the beginning of the reply.
    Stall,
    /// No tokens are counted.
    NoUsage,
    /// The answer does not conform to the schema asked for.
    OffSchema,
    /// The stream has begun well, then tells an error.
    ErrorInStream,
}

impl Reply {
    /// The model writes a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// The model writes JSON.
    pub fn json(value: Value) -> Self {
        Self { json: Some(value), ..Self::default() }
    }

    /// The model refuses.
    pub fn refusal(words: impl Into<String>) -> Self {
        Self { refusal: Some(words.into()), ..Self::default() }
    }

    /// An error.
    pub fn failing(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// The same error, asking to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after_ms = Some(millis(wait));
        self
    }

    /// The same error, with a code and words.
    #[must_use]
    pub fn saying(mut self, code: &str, message: &str) -> Self {
        (self.code, self.message) = (Some(code.to_owned()), Some(message.to_owned()));
        self
    }

    /// The same, cut off by the limit.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.cut = true;
        self
    }

    /// The same, after a while.
    #[must_use]
    pub fn delayed(mut self, wait: Duration) -> Self {
        self.delay_ms = millis(wait);
        self
    }

    /// The same, with a wait between any two pieces.
    #[must_use]
    pub fn slowly(mut self, wait: Duration) -> Self {
        self.between_ms = millis(wait);
        self
    }

    /// The same, said to have used so many tokens.
    #[must_use]
    pub fn counting(mut self, usage: Counts) -> Self {
        self.usage = Some(usage);
        self
    }

    /// The same with bad manners.
    #[must_use]
    pub fn with(mut self, trick: Trick) -> Self {
        self.trick = Some(trick);
        self
    }

    /// What the model writes.
    pub(crate) fn written(&self) -> String {
        let json = || self.json.as_ref().map(Value::to_string);
        self.text.clone().or_else(json).unwrap_or_default()
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
