//! The only crate that knows a model vendor's HTTP.
//!
//! What comes in: a [`ModelsConfig`], then [`model::Request`]s. What goes
//! out: completions from an OpenAI-compatible endpoint, Anthropic, Gemini or
//! Ollama, or from a recording. It knows nothing of queries, plans or tools.
//!
//! Read in this order: [`ProviderConfig`] and [`KeySource`] (what the
//! operator says), [`Models`] (one model for each purpose), [`Provider`] (one
//! endpoint: time, retries, price), `wire` (each vendor's format),
//! `exchange` (one request and its reply over HTTP), `reading`, `shape` (JSON that
//! conforms, whoever enforced it), `lacking` (what an endpoint turns out not
//! to have), [`Recorder`] and [`Replayer`].

mod cassette;
mod client;
mod config;
mod exchange;
mod framing;
mod key;
mod lacking;
mod models;
mod provider;
mod reading;
mod retry;
mod shape;
mod status;
mod thinking;
mod validate;
mod wire;

pub use cassette::{MAX_RECORDING_BYTES, Recorder, RecordingError, Replayer};
pub use config::{
    DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, Kind, ProviderConfig, ProxyChoice, Structured,
};
pub use exchange::{MAX_ERROR_BYTES, MAX_REPLY_BYTES};
pub use framing::MAX_EVENT_BYTES;
pub use key::{Key, KeySource, MAX_KEY_BYTES};
pub use models::{Models, ModelsConfig};
pub use provider::Provider;
pub use reading::{Sent, read_reply};
pub use retry::{MAX_WAIT, RETRY_BASE};
