//! What the operator says of one model.

use std::time::Duration;

use model::Rates;
use serde_json::{Map, Value};

use crate::KeySource;

/// How long making a connection may take.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one request may take, retries included, whatever the caller allows.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// How often a request is sent again after a rate limit, a failure of the
/// provider or a connection that could not be made.
pub const DEFAULT_MAX_RETRIES: u32 = 2;

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Chat completions, as OpenAI and many others serve them.
    OpenAi,
    /// Anthropic messages.
    Anthropic,
    /// Gemini `generateContent`.
    Gemini,
    /// Ollama chat.
    Ollama,
}

/// What makes a completion conform to a schema. Whatever it is, the
/// completion is checked here as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structured {
    /// The provider's own: it decodes within the schema.
    Schema,
    /// One strict tool that the model is made to call.
    Tool,
    /// The provider's JSON mode, with the schema in the prompt.
    Json,
    /// Nothing but the schema in the prompt.
    Text,
}

/// Which proxy stands between us and a provider.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum ProxyChoice {
    /// The one that the environment names, if any.
    #[default]
    Environment,
    /// None.
    Direct,
    /// This one.
    At(String),
}

/// One model at one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderConfig {
    /// How it speaks.
    pub kind: Kind,
    /// Where it is; the vendor's own address where none is set.
    pub base_url: Option<String>,
    /// The model, as the provider names it.
    pub model: String,
    /// Where its key is.
    pub key: KeySource,
    /// How to get there.
    pub proxy: ProxyChoice,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long one request may take, retries included.
    pub timeout: Duration,
    /// How often a request is sent again.
    pub max_retries: u32,
    /// What its tokens cost.
    pub rates: Option<Rates>,
    /// What makes its completions conform to a schema; the kind's best where
    /// none is set.
    pub structured: Option<Structured>,
    /// Whether it may be told how freely to choose words; some models refuse.
    /// Where it is not set, the vendors' own addresses of OpenAI and Anthropic
    /// are not told.
    pub sampling: Option<bool>,
    /// The longest prompt and completion together, in tokens. Ollama is told
    /// to make room for no more; the others know their own.
    pub context_tokens: Option<u32>,
    /// Members added to the body of every request, such as `reasoning_effort`.
    pub extra: Map<String, Value>,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::Ollama];

    /// The name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }

    /// The vendor's own address, without a slash at its end.
    pub fn usual_base_url(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta",
            Self::Ollama => "http://127.0.0.1:11434",
        }
    }

    /// The environment variable in which its users keep their key.
    pub fn usual_variable(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("OPENAI_API_KEY"),
            Self::Anthropic => Some("ANTHROPIC_API_KEY"),
            Self::Gemini => Some("GEMINI_API_KEY"),
            Self::Ollama => None,
        }
    }
}

impl Structured {
    /// Every mechanism, the strongest first.
    pub const ALL: [Self; 4] = [Self::Schema, Self::Tool, Self::Json, Self::Text];

    /// The name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Tool => "tool",
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

impl ProviderConfig {
    /// A model at the vendor's own address, with its usual key and limits.
    pub fn new(kind: Kind, model: impl Into<String>) -> Self {
        Self {
            kind,
            base_url: None,
            model: model.into(),
            key: KeySource::default(),
            proxy: ProxyChoice::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            timeout: DEFAULT_TIMEOUT,
            max_retries: DEFAULT_MAX_RETRIES,
            rates: None,
            structured: None,
            sampling: None,
            context_tokens: None,
            extra: Map::new(),
        }
    }

    /// The same at another address. Its key must then be named.
    #[must_use]
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Whether the vendor's own address is asked.
    pub(crate) fn is_at_home(&self) -> bool {
        self.base_url.as_ref().is_none_or(|url| url.trim_end_matches('/') == self.kind.usual_base_url())
    }

    /// The address, without a slash at its end.
    pub(crate) fn address(&self) -> &str {
        self.base_url.as_deref().unwrap_or(self.kind.usual_base_url()).trim_end_matches('/')
    }

    /// Whether it may be told how freely to choose words.
    pub(crate) fn takes_sampling(&self) -> bool {
        let refuses = self.is_at_home() && matches!(self.kind, Kind::OpenAi | Kind::Anthropic);
        self.sampling.unwrap_or(!refuses)
    }
}
