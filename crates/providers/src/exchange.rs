//! One request over HTTP and the reply to it, within bounds.
//!
//! In comes a body; out goes a [`Reply`] or what broke, and whether the same
//! request may be sent again. How long it may take is the caller's to say: a
//! dropped exchange closes its connection.

use std::str;

use model::{Deltas, Trouble};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

use crate::client::reason;
use crate::framing::{Events, Framing, MAX_EVENT_BYTES, TooLong};
use crate::status;
use crate::thinking::Thinking;
use crate::wire::{Dialect, Reply};

/// The longest reply, streamed or not, in bytes.
pub const MAX_REPLY_BYTES: usize = 4 * 1024 * 1024;

/// How much of the body of a failed request is read, in bytes.
pub const MAX_ERROR_BYTES: usize = 64 * 1024;

/// One request, ready to go.
pub(crate) struct Outgoing<'a> {
    pub(crate) client: &'a Client,
    pub(crate) url: &'a str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: &'a str,
    pub(crate) dialect: &'a dyn Dialect,
    pub(crate) deltas: Option<&'a Deltas>,
}

/// What broke.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) trouble: Trouble,
    /// Whether sending the request again may help: nothing was answered yet.
    pub(crate) again: Again,
}

/// Whether a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// It may.
    Yes,
    /// An answer had begun, or another try would end the same way.
    No,
}

impl From<Trouble> for Broken {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, again: Again::No }
    }
}

/// Sends a request and reads its reply.
pub(crate) async fn exchange(outgoing: Outgoing<'_>) -> Result<Reply, Broken> {
    let request = outgoing.client.post(outgoing.url).headers(outgoing.headers.clone());
    let request = request.header(CONTENT_TYPE, "application/json").body(outgoing.body.to_owned());
    let response = request.send().await.map_err(|error| Broken {
        trouble: Trouble::Unreachable { why: reason(&error) },
        again: if error.is_connect() { Again::Yes } else { Again::No },
    })?;
    let status = response.status();
    if !status.is_success() {
        return Err(failure(response, status).await);
    }
    match content_type(response.headers()).as_deref() {
        Some("text/event-stream") => streamed(response, &outgoing, Framing::Sse).await,
        Some("application/x-ndjson") => streamed(response, &outgoing, Framing::Lines).await,
        None | Some("application/json") => whole(response, &outgoing).await,
        Some(other) => Err(Trouble::Garbled { why: format!("its content type is `{other}`") }.into()),
    }
}

async fn failure(mut response: Response, status: StatusCode) -> Broken {
    let headers = response.headers().clone();
    let mut body = Vec::new();
    // What breaks off while it says what is wrong has said enough.
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_ERROR_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == MAX_ERROR_BYTES {
            break;
        }
    }
    let trouble = status::trouble(status, &headers, &body);
    Broken { again: worth_another_try(&trouble), trouble }
}

fn worth_another_try(trouble: &Trouble) -> Again {
    match trouble {
        Trouble::RateLimited { .. } | Trouble::Overloaded { .. } => Again::Yes,
        _ => Again::No,
    }
}

async fn whole(mut response: Response, outgoing: &Outgoing<'_>) -> Result<Reply, Broken> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broke_off(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_REPLY_BYTES {
            return Err(Trouble::TooLong { limit_bytes: MAX_REPLY_BYTES }.into());
        }
    }
    let reply = read_whole(&body, outgoing.dialect)?;
    Ear::new(outgoing.deltas).hear_all(&reply.text);
    Ok(reply)
}

/// A reply that came as one body.
pub(crate) fn read_whole(body: &[u8], dialect: &dyn Dialect) -> Result<Reply, Broken> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| Trouble::Garbled { why: format!("it is not JSON: {error}") })?;
    dialect.read(&body).map_err(|trouble| Broken { again: worth_another_try(&trouble), trouble })
}

async fn streamed(mut response: Response, outgoing: &Outgoing<'_>, framing: Framing) -> Result<Reply, Broken> {
    let mut stream = Stream::new(framing, outgoing.dialect, outgoing.deltas);
    while let Some(chunk) = response.chunk().await.map_err(|error| broke_off(&error))? {
        stream.feed(&chunk)?;
    }
    stream.finish()
}

/// A reply that comes piece by piece.
pub(crate) struct Stream<'a> {
    events: Events,
    dialect: &'a dyn Dialect,
    reply: Reply,
    ear: Ear<'a>,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(framing: Framing, dialect: &'a dyn Dialect, deltas: Option<&'a Deltas>) -> Self {
        Self { events: Events::new(framing), dialect, reply: Reply::default(), ear: Ear::new(deltas) }
    }

    /// Takes the next piece, however it was cut.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> Result<(), Broken> {
        fold(self.events.feed(chunk), self.dialect, &mut self.reply, &mut self.ear)
    }

    /// The whole reply, once nothing more comes.
    pub(crate) fn finish(mut self) -> Result<Reply, Broken> {
        fold(self.events.finish(), self.dialect, &mut self.reply, &mut self.ear)?;
        if self.reply.end.is_none() {
            return Err(Trouble::Garbled { why: "the stream ended before the answer did".to_owned() }.into());
        }
        self.ear.finish();
        Ok(self.reply)
    }
}

fn fold(
    events: Result<Vec<Vec<u8>>, TooLong>,
    dialect: &dyn Dialect,
    reply: &mut Reply,
    ear: &mut Ear<'_>,
) -> Result<(), Broken> {
    let events = events.map_err(|TooLong| Trouble::TooLong { limit_bytes: MAX_EVENT_BYTES })?;
    for event in events {
        let before = reply.text.len();
        dialect.fold(&parse(&event)?, reply).map_err(|trouble| Broken {
            again: if before == 0 { worth_another_try(&trouble) } else { Again::No },
            trouble,
        })?;
        if reply.text.len() > MAX_REPLY_BYTES {
            return Err(Trouble::TooLong { limit_bytes: MAX_REPLY_BYTES }.into());
        }
        ear.hear(&reply.text[before..]);
    }
    Ok(())
}

/// An event as JSON; one that is plain words, as a string.
fn parse(event: &[u8]) -> Result<Value, Trouble> {
    let text = str::from_utf8(event).map_err(|_| Trouble::Garbled { why: "an event is not UTF-8".to_owned() })?;
    if text.trim() == "[DONE]" {
        return Ok(Value::from("[DONE]"));
    }
    serde_json::from_str(text).map_err(|error| Trouble::Garbled { why: format!("an event is not JSON: {error}") })
}

fn broke_off(error: &reqwest::Error) -> Broken {
    Trouble::Unreachable { why: format!("the connection broke off within the answer ({})", reason(error)) }.into()
}

/// The type alone, in lower case; JSON of any kind is JSON.
fn content_type(headers: &HeaderMap) -> Option<String> {
    let full = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let kind = full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Some(if kind.ends_with("+json") { "application/json".to_owned() } else { kind })
}

/// Passes the answer on as it comes, without the thoughts before it.
struct Ear<'a> {
    deltas: Option<&'a Deltas>,
    thinking: Thinking,
}

impl<'a> Ear<'a> {
    fn new(deltas: Option<&'a Deltas>) -> Self {
        Self { deltas, thinking: Thinking::default() }
    }

    fn hear(&mut self, piece: &str) {
        if let Some(deltas) = self.deltas {
            tell(deltas, &self.thinking.feed(piece));
        }
    }

    fn finish(self) {
        if let Some(deltas) = self.deltas {
            tell(deltas, &self.thinking.finish());
        }
    }

    fn hear_all(mut self, text: &str) {
        self.hear(text);
        self.finish();
    }
}

fn tell(deltas: &Deltas, text: &str) {
    if !text.is_empty() {
        deltas(text);
    }
}
