//! What every transport to a server offers.
//!
//! In: a request of ours. Out: the result as the server wrote it, or what
//! went wrong and whether the request had left. A wire knows frames, not what
//! they mean.

use std::sync::Arc;

use catalog::ServerId;
use dispatch::{Progress, Sent};
use futures::future::BoxFuture;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::announced::Announced;
use super::caller::Caller;
use super::era::Era;
use super::hub::Hub;
use super::letter::Letter;
use crate::excerpt::excerpt;
use crate::frame::RpcError;

/// Where a request's progress goes.
pub(crate) type ProgressSink = Arc<dyn Fn(Progress) + Send + Sync>;

/// One request of ours.
pub(crate) struct Request<'a> {
    /// Unique on its wire; also its progress token.
    pub(crate) id: u64,
    /// What is asked.
    pub(crate) method: &'static str,
    /// The whole message.
    pub(crate) message: Vec<u8>,
    /// What a transport may show of it without its body, as header names and
    /// values; see [`Wire::mirrors`].
    pub(crate) mirrored: &'a [(HeaderName, HeaderValue)],
    /// Who waits for it, where that is anybody's call.
    pub(crate) caller: Option<Arc<Caller>>,
    /// Called right before its first byte leaves.
    pub(crate) leaving: Option<&'a mut (dyn FnMut() + Send)>,
}

impl Request<'_> {
    /// A request that is nobody's call.
    pub(crate) fn plain(id: u64, method: &'static str, letter: Letter) -> Self {
        Self { id, method, message: letter.finish(), mirrored: &[], caller: None, leaving: None }
    }
}

/// A connection to one server. What is given here holds where one stream
/// carries everything that the server says.
pub(crate) trait Wire: Send + Sync {
    /// Sends a request and waits for its result, without a bound of its own.
    /// Dropping the future tells the server that nobody waits any more; a
    /// late answer is dropped.
    fn request<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Box<RawValue>, WireFault>>;

    /// Sends a notification.
    fn notify(&self, method: &'static str, params: Box<RawValue>) -> BoxFuture<'_, Result<(), WireFault>>;

    /// Sends a request whose answer nobody waits for, if there is room for it;
    /// does not wait.
    fn post(&self, request: Request<'_>);

    /// What both sides agreed on; said once, before anything but the
    /// handshake is sent.
    fn agree(&self, era: &Era);

    /// Where what the server says comes together.
    fn hub(&self) -> &Hub;

    /// Whether requests must show parts of their body beside it.
    fn mirrors(&self) -> bool {
        false
    }

    /// Waits for what the server announces outside any request, where that
    /// takes a stream of its own; ends when that stream does.
    fn overhear(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }

    /// Resolves once the server can be heard outside any request, or is known
    /// not to be heard so: what it asks before that may be lost. The caller
    /// bounds the wait.
    fn attuned(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Whose wire it is.
    fn server(&self) -> &ServerId {
        self.hub().relay.server()
    }

    /// What the server announced.
    fn announced(&self) -> &Announced {
        &self.hub().announced
    }

    /// Resolves when the connection is over; pending while it lasts.
    fn ended(&self) -> BoxFuture<'_, ()>;

    /// Whether the connection ended because the server forgot the session.
    fn expired(&self) -> bool {
        false
    }

    /// Ends the connection, politely where the transport has a word for it;
    /// whoever waits on it is told so. The caller bounds the wait.
    fn hang_up(&self) -> BoxFuture<'_, ()>;

    /// Messages skipped because they were none.
    fn noise(&self) -> u64 {
        self.hub().noises()
    }
}

/// Why a request brought no result.
#[derive(Debug)]
pub(crate) struct WireFault {
    /// What went wrong.
    pub(crate) trouble: Trouble,
    /// Whether the server may have acted on it.
    pub(crate) sent: Sent,
}

/// What can go wrong on a wire.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The connection is over.
    Gone,
    /// The server no longer knows the session; a new one can be opened.
    Expired,
    /// No connection could be made.
    Unreachable(String),
    /// The answer broke off.
    Cut,
    /// The server refused, in its own words.
    Refused(RpcError),
    /// The answer is over the limit for a message.
    TooLong,
    /// The answer is none.
    Malformed(&'static str),
    /// There is no permission to use it, and why there is none.
    Unauthorized(String),
    /// The endpoint answered with an HTTP status that is no success.
    Status { code: u16, body: String, retry_after: Option<u64> },
}

impl WireFault {
    pub(crate) fn unsent(trouble: Trouble) -> Self {
        Self { trouble, sent: Sent::No }
    }

    pub(crate) fn unknown(trouble: Trouble) -> Self {
        Self { trouble, sent: Sent::Unknown }
    }

    /// The server refused: with the codes for what it cannot run, nothing was
    /// run.
    pub(crate) fn refused(error: RpcError) -> Self {
        let not_run = matches!(error.code, -32700 | -32602..=-32600 | -32022..=-32020);
        Self { trouble: Trouble::Refused(error), sent: if not_run { Sent::No } else { Sent::Unknown } }
    }
}

/// The parameters of `notifications/progress`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProgressParams {
    progress_token: serde_json::Value,
    progress: f64,
    #[serde(default)]
    total: Option<f64>,
    #[serde(default)]
    message: Option<String>,
}

/// The progress a notification speaks of, its words made fit to be shown, and
/// the id of its request.
pub(crate) fn read_progress(params: &RawValue) -> Option<(u64, Progress)> {
    let params: ProgressParams = serde_json::from_str(params.get()).ok()?;
    let id = params.progress_token.as_u64().or_else(|| params.progress_token.as_str()?.parse().ok())?;
    Some((
        id,
        Progress { progress: params.progress, total: params.total, message: params.message.as_deref().map(excerpt) },
    ))
}

/// The notification of something that a server logs.
pub(crate) const LOG: &str = "notifications/message";

/// The notification of a task's status.
pub(crate) const TASK_STATUS: &str = "notifications/tasks/status";

/// The notification of a request's progress.
pub(crate) const PROGRESS: &str = "notifications/progress";
