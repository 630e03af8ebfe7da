//! A server behind a Streamable HTTP endpoint.
//!
//! Every request is a POST of its own, answered with one JSON body or with a
//! stream of events that ends with the answer. In the modern era there is
//! nothing else; in the legacy era a session id ties requests together, and a
//! GET opens a stream for what the server announces by itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures::future::BoxFuture;
use query::{Blame, Fault};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde_json::value::RawValue;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::era::Era;
use super::sse::Events;
use super::wire::{PROGRESS, ProgressSink, Request, TOOLS_CHANGED, Trouble, Wire, WireFault, read_progress};
use crate::frame::{self, Answer, Frame, MAX_FRAME_BYTES};

/// How much of the body of a failed request is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Cancellations that wait to be posted to one legacy server; more are not
/// posted.
const COURIER_MESSAGES: usize = 32;

/// How long posting one message that nobody waits for may take.
const COURIER_TIMEOUT: Duration = Duration::from_secs(5);

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const REVISION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");

/// One endpoint.
pub(crate) struct HttpWire {
    endpoint: Endpoint,
    changes: Notify,
    noise: AtomicU64,
    over: CancellationToken,
    courier: mpsc::Sender<String>,
    /// Posts what nobody waits for; dropped with the wire.
    _tasks: JoinSet<()>,
}

/// What a message needs to get there.
#[derive(Clone)]
struct Endpoint {
    client: Client,
    url: Url,
    headers: HeaderMap,
    era: Arc<ArcSwapOption<Era>>,
    session: Arc<ArcSwapOption<HeaderValue>>,
}

impl HttpWire {
    /// An endpoint, not yet spoken to.
    pub(crate) fn new(client: Client, url: &str, headers: &BTreeMap<String, String>) -> Result<Self, Fault> {
        let faulty = |message: String| Fault::lasting(Blame::Operator, "server_config", message);
        let url = Url::parse(url).map_err(|error| faulty(format!("`{url}` is no URL: {error}")))?;
        let headers = headers.iter().map(|(name, value)| {
            let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value));
            let (Ok(name), Ok(mut value)) = parsed else { return Err(faulty(format!("`{name}` is no HTTP header"))) };
            value.set_sensitive(true);
            Ok((name, value))
        });
        let headers = headers.collect::<Result<_, _>>()?;
        let endpoint = Endpoint { client, url, headers, era: Default::default(), session: Default::default() };
        let (courier, errands) = mpsc::channel(COURIER_MESSAGES);
        let mut tasks = JoinSet::new();
        tasks.spawn(run_errands(endpoint.clone(), errands));
        let over = CancellationToken::new();
        Ok(Self { endpoint, changes: Notify::new(), noise: AtomicU64::new(0), over, courier, _tasks: tasks })
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Box<RawValue>, WireFault> {
        let body = frame::request(request.id, request.method, &request.params);
        let post = self.endpoint.post(body, request.method, &request.mirrored);
        let mut abandon = Abandon { wire: self, id: request.id, armed: request.method != "initialize" };
        if let Some(leaving) = request.leaving {
            leaving();
        }
        let answered = async {
            let response = post.send().await.map_err(unsent_or_unknown)?;
            self.read(response, request.method, request.progress).await
        };
        let result = answered.await;
        abandon.armed = false;
        result
    }

    async fn read(
        &self,
        mut response: Response,
        method: &'static str,
        progress: Option<ProgressSink>,
    ) -> Result<Box<RawValue>, WireFault> {
        let status = response.status();
        if status == StatusCode::NOT_FOUND && self.endpoint.session.load().is_some() {
            self.over.cancel();
            return Err(WireFault::unsent(Trouble::Gone));
        }
        if !status.is_success() {
            return Err(failure(response).await);
        }
        if method == "initialize" {
            self.endpoint.session.store(response.headers().get(SESSION).cloned().map(Into::into));
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("text/event-stream") {
            let body = bounded(&mut response, MAX_FRAME_BYTES).await?;
            return match Frame::parse(&body) {
                Some(Frame::Answer { outcome, .. }) => outcome_of(outcome),
                _ => Err(WireFault::unknown(Trouble::Malformed("its answer is no JSON-RPC response"))),
            };
        }
        let mut events = Events::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| WireFault::unknown(Trouble::Cut))? {
            for data in events.feed(&chunk).map_err(|_| WireFault::unknown(Trouble::TooLong))? {
                if let Some(outcome) = self.take(&data, progress.as_ref()).await {
                    return outcome_of(outcome);
                }
            }
        }
        Err(WireFault::unknown(Trouble::Malformed("it ended its answer before the result")))
    }

    /// Takes one message off a stream; an answer ends it.
    async fn take(&self, data: &[u8], progress: Option<&ProgressSink>) -> Option<Answer> {
        match Frame::parse(data) {
            Some(Frame::Answer { outcome, .. }) => return Some(outcome),
            Some(Frame::Notification { method, params }) => match (method.as_str(), params, progress) {
                (PROGRESS, Some(params), Some(sink)) => {
                    if let Some((_, progress)) = read_progress(params) {
                        sink(progress);
                    }
                }
                (TOOLS_CHANGED, ..) => self.changes.notify_one(),
                _ => {}
            },
            Some(Frame::Request { id, method }) => {
                let _ = self.courier.try_send(frame::reply(id, &method));
            }
            // Events without data keep a connection alive.
            None if data.is_empty() => {}
            None => {
                self.noise.fetch_add(1, Ordering::Relaxed);
            }
        }
        None
    }

    async fn listen(&self) {
        let get = self.endpoint.headed(Method::GET).header(ACCEPT, "text/event-stream");
        let Ok(mut response) = get.send().await else { return };
        if response.status().is_client_error() {
            // It has no such stream, and will not have one in this session.
            return std::future::pending().await;
        }
        let mut events = Events::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            let Ok(messages) = events.feed(&chunk) else { return };
            for data in messages {
                self.take(&data, None).await;
            }
        }
    }
}

impl Endpoint {
    fn headed(&self, method: Method) -> RequestBuilder {
        let mut request = self.client.request(method, self.url.clone()).headers(self.headers.clone());
        if let Some(session) = self.session.load().as_deref() {
            request = request.header(SESSION, session.clone());
        }
        request
    }

    fn post(&self, body: String, method: &str, mirrored: &[(String, String)]) -> RequestBuilder {
        let mut request = self.headed(Method::POST);
        let era = self.era.load();
        if let Some(era) = era.as_deref().filter(|_| method != "initialize") {
            request = request.header(REVISION, era.revision());
            if *era == Era::Modern {
                request = request.header(METHOD, method);
            }
        }
        for (name, value) in mirrored {
            request = request.header(name, value);
        }
        request
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(body)
    }
}

async fn run_errands(endpoint: Endpoint, mut errands: mpsc::Receiver<String>) {
    while let Some(message) = errands.recv().await {
        // Nobody waits for it, and nothing depends on it.
        let _ = timeout(COURIER_TIMEOUT, endpoint.post(message, "notifications/cancelled", &[]).send()).await;
    }
}

/// Dropped while armed, it tells a legacy server that nobody waits any more;
/// a modern one learns it from the closed connection.
struct Abandon<'a> {
    wire: &'a HttpWire,
    id: u64,
    armed: bool,
}

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        let legacy = matches!(self.wire.endpoint.era.load().as_deref(), Some(Era::Legacy(_)));
        if self.armed && legacy {
            let _ = self.wire.courier.try_send(frame::cancelled(self.id));
        }
    }
}

fn outcome_of(answer: Answer) -> Result<Box<RawValue>, WireFault> {
    match answer {
        Answer::Result(result) => Ok(result),
        Answer::Error(error) => Err(WireFault::refused(error)),
        Answer::Malformed => Err(WireFault::unknown(Trouble::Malformed("it holds neither one result nor one error"))),
    }
}

/// A request that failed by itself; nothing of it left if there was no
/// connection.
fn unsent_or_unknown(error: reqwest::Error) -> WireFault {
    let sent_nothing = error.is_connect() || error.is_builder();
    let trouble = Trouble::Unreachable(innermost(&error));
    if sent_nothing { WireFault::unsent(trouble) } else { WireFault::unknown(trouble) }
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

async fn failure(mut response: Response) -> WireFault {
    let status = response.status();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let body = bounded(&mut response, MAX_ERROR_BYTES).await.unwrap_or_default();
    let unauthorized = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    if let Some(Frame::Answer { outcome: Answer::Error(error), .. }) = Frame::parse(&body)
        && !unauthorized
    {
        return WireFault::refused(error);
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    let trouble = Trouble::Status { code: status.as_u16(), body, retry_after };
    if status.is_client_error() { WireFault::unsent(trouble) } else { WireFault::unknown(trouble) }
}

/// A whole body within the limit.
async fn bounded(response: &mut Response, limit: usize) -> Result<Vec<u8>, WireFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| WireFault::unknown(Trouble::Cut))? {
        if body.len() + chunk.len() > limit {
            return Err(WireFault::unknown(Trouble::TooLong));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Wire for HttpWire {
    fn request<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Box<RawValue>, WireFault>> {
        Box::pin(self.exchange(request))
    }

    fn notify(&self, method: &'static str, params: Box<RawValue>) -> BoxFuture<'_, Result<(), WireFault>> {
        let post = self.endpoint.post(frame::notification(method, &params), method, &[]);
        Box::pin(async move { post.send().await.map(drop).map_err(unsent_or_unknown) })
    }

    fn agree(&self, era: &Era) {
        self.endpoint.era.store(Some(era.clone().into()));
    }

    fn mirrors(&self) -> bool {
        true
    }

    fn overhear(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.listen())
    }

    fn changes(&self) -> &Notify {
        &self.changes
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.over.cancelled())
    }

    fn hang_up(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.over.cancel();
            if self.endpoint.session.load().is_some() {
                let _ = self.endpoint.headed(Method::DELETE).send().await;
            }
        })
    }

    fn noise(&self) -> u64 {
        self.noise.load(Ordering::Relaxed)
    }
}
