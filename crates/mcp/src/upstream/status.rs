//! How each server stands, for people and for programs.

use std::time::Duration;

use catalog::ServerId;
use query::Fault;
use serde::Serialize;

/// How one server stands.
#[derive(Clone, Debug, Serialize)]
pub struct ServerStatus {
    /// The operator's name for it.
    pub id: ServerId,
    /// `stdio` or `http`.
    pub transport: &'static str,
    /// Whether it can be called.
    pub state: ServerState,
    /// How often it was started or connected to.
    pub starts: u32,
    /// The newest of what its process wrote to its standard error, at most
    /// 8 KiB; empty for HTTP servers. The server's own text.
    pub last_words: String,
}

/// Whether a server can be called.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ServerState {
    /// Not heard of yet.
    Starting,
    /// It can.
    Ready(ReadyServer),
    /// It cannot, and why.
    Failed(Fault),
}

/// What is known of a server that can be called. Its texts are its own.
#[derive(Clone, Debug, Serialize)]
pub struct ReadyServer {
    /// The protocol revision both sides agreed on, as its date.
    pub protocol: String,
    /// `modern` without a handshake, `legacy` with one.
    pub era: &'static str,
    /// The name it gives itself.
    pub name: Option<String>,
    /// The version it gives itself.
    pub version: Option<String>,
    /// How many tools it lists.
    pub tools: usize,
    /// How many of them are offered.
    pub offered: usize,
    /// What was left out of its list, and why.
    pub skipped: Vec<String>,
    /// From its start to its first list of tools.
    #[serde(rename = "took_ms", serialize_with = "milliseconds")]
    pub took: Duration,
    /// Messages of it that were none.
    pub noise: u64,
}

fn milliseconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
