//! A provider of each kind and the stand-in it asks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use concertmaster_providers::{Key, KeySource, Kind, Provider, ProviderConfig, ProxyChoice};
use model::{Completion, Model, ModelFault, OutputSchema, Prompt, Purpose, Request, Slot, Trouble};
use serde_json::{Value, json};
use standin::{Reply, Standin, Wire};

/// How long any test may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The key that is used everywhere.
pub(crate) const KEY: &str = "sk-0123456789abcdef";

/// Each kind and its format.
pub(crate) const KINDS: [(Kind, Wire); 4] = [
    (Kind::OpenAi, Wire::OpenAi),
    (Kind::Anthropic, Wire::Anthropic),
    (Kind::Gemini, Wire::Gemini),
    (Kind::Ollama, Wire::Ollama),
];

/// A stand-in that has these replies.
pub(crate) async fn standin(replies: impl IntoIterator<Item = Reply>) -> Standin {
    let standin = Standin::start().await.unwrap();
    for reply in replies {
        standin.queue(reply);
    }
    standin
}

/// How a kind is configured to ask a stand-in.
pub(crate) fn config(kind: Kind, wire: Wire, standin: &Standin) -> ProviderConfig {
    let mut config = ProviderConfig::new(kind, "test-model").at(standin.base_url(wire));
    config.key = KeySource::Given(Key::new(KEY).unwrap());
    config.proxy = ProxyChoice::Direct;
    config.max_retries = 0;
    config
}

/// A provider as configured.
pub(crate) fn provider(config: ProviderConfig) -> Provider {
    Provider::new(config, &|_| None).map_err(|faults| format!("{faults:?}")).unwrap()
}

/// A provider of a kind that asks a stand-in and never tries twice.
pub(crate) fn asking(kind: Kind, wire: Wire, standin: &Standin) -> Provider {
    provider(config(kind, wire, standin))
}

/// A request for text.
pub(crate) fn words() -> Request {
    let prompt = Prompt::new().system("Be brief.").slot(Slot::new("query", "What changed?"));
    Request::new(Purpose::Synthesize, prompt, PATIENCE).at_most(100)
}

/// A request for a value with one property.
pub(crate) fn shaped() -> Request {
    Request { purpose: Purpose::Plan, ..words().shaped(schema()) }
}

pub(crate) fn schema() -> OutputSchema {
    OutputSchema::strict("verdict", &verdict()).unwrap()
}

fn verdict() -> Value {
    json!({
        "type": "object",
        "properties": {"outcome": {"type": "string", "enum": ["plan", "clarify"]}, "count": {"type": "integer"}},
        "required": ["outcome", "count"],
        "additionalProperties": false,
    })
}

/// A value that conforms.
pub(crate) fn value() -> Value {
    json!({"outcome": "plan", "count": 12345678901234567_u64})
}

/// The completion, or the trouble.
pub(crate) async fn ask(provider: &Provider, request: Request) -> Result<Completion, Trouble> {
    complete(provider, request).await.map_err(|fault| fault.trouble)
}

/// The completion, or the fault, within the time a test may take.
pub(crate) async fn complete(provider: &Provider, request: Request) -> Result<Completion, ModelFault> {
    tokio::time::timeout(PATIENCE, provider.complete(request)).await.expect("it ends")
}

/// Pieces of a text, as they come.
#[derive(Clone, Default)]
pub(crate) struct Pieces(Arc<Mutex<Vec<String>>>);

impl Pieces {
    /// The same request, its pieces collected here.
    pub(crate) fn of(&self, request: Request) -> Request {
        let pieces = Arc::clone(&self.0);
        request.streaming(Arc::new(move |piece| pieces.lock().unwrap().push(piece.to_owned())))
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}
