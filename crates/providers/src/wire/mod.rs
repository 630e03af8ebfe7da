//! The vendors' formats: from a question to a body, from a body to a reply.
//!
//! Pure: no dialect sends anything. A new vendor is one file and one line in
//! [`dialect`].

mod anthropic;
mod gemini;
mod ollama;
mod openai;

use model::{Message, Trouble, Usage};
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

use crate::{Key, Kind, ProviderConfig};

/// What is asked, in no vendor's words.
pub(crate) struct Ask<'a> {
    pub(crate) model: &'a str,
    pub(crate) messages: &'a [Message],
    pub(crate) mode: Mode<'a>,
    pub(crate) max_output_tokens: u32,
    pub(crate) temperature: Option<f64>,
    pub(crate) seed: Option<u64>,
    pub(crate) delivery: Delivery,
    /// Tokens that prompt and completion need together.
    pub(crate) room: u32,
}

/// What the provider is told of the shape. A tool and a grammar exclude each
/// other, so no request has both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode<'a> {
    /// Nothing.
    Free,
    /// The completion is JSON.
    Json,
    /// The completion conforms to a schema.
    Schema(Shape<'a>),
    /// The completion is a call of one tool.
    Tool(Shape<'a>),
}

/// What a completion conforms to, by name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape<'a> {
    pub(crate) name: &'a str,
    pub(crate) within: &'a Value,
}

/// How the reply comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As one body.
    Whole,
    /// Piece by piece.
    Streamed,
}

/// What came back, in no vendor's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reply {
    /// What the model wrote, or the arguments of the tool it called, as JSON.
    pub(crate) text: String,
    /// Why it ended; none before the end.
    pub(crate) end: Option<End>,
    /// What it used, where the provider counted.
    pub(crate) usage: Option<Usage>,
    /// The model that answered, where the provider says.
    pub(crate) model: Option<String>,
}

/// Why a reply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// There was no more to say.
    Stop,
    /// The limit was reached.
    Length,
    /// The model, or a filter, would not go on; its words, if any.
    Refused(String),
}

/// One vendor's format.
pub(crate) trait Dialect: Send + Sync {
    /// Where the request goes, after the base URL.
    fn path(&self, ask: &Ask<'_>) -> String;

    /// The headers of every request.
    fn headers(&self, key: Option<&Key>) -> HeaderMap;

    /// The body. Equal questions give equal bytes, what changes least coming
    /// first, so that providers' prompt caches hit.
    fn body(&self, ask: &Ask<'_>) -> Map<String, Value>;

    /// Reads a whole reply.
    fn read(&self, body: &Value) -> Result<Reply, Trouble>;

    /// Adds one event of a streamed reply to what came before.
    fn fold(&self, event: &Value, reply: &mut Reply) -> Result<(), Trouble>;
}

/// The format that a configuration names.
pub(crate) fn dialect(config: &ProviderConfig) -> Box<dyn Dialect> {
    match config.kind {
        Kind::OpenAi => Box::new(openai::OpenAi { is_at_home: config.is_at_home() }),
        Kind::Anthropic => Box::new(anthropic::Anthropic),
        Kind::Gemini => Box::new(gemini::Gemini),
        Kind::Ollama => Box::new(ollama::Ollama { context_tokens: config.context_tokens }),
    }
}

/// What the model is told of a tool that is nothing but a shape.
const TOOL_PURPOSE: &str = "Takes the answer. Call it once, with the whole answer as its arguments.";

fn garbled(why: impl Into<String>) -> Trouble {
    Trouble::Garbled { why: why.into() }
}

fn count(of: Option<&Value>, member: &str) -> Option<u64> {
    of?.get(member)?.as_u64()
}
