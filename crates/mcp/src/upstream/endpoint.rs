//! One address that messages are posted to.
//!
//! In: messages. Out: HTTP responses. It adds what every request must carry:
//! the operator's headers, the revision, the session. It reads no body but
//! that of a refusal.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use hyper::body::Bytes;
use query::{Blame, Fault};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, Method, StatusCode, Url};

use super::auth::{Authorizer, Challenge};
use super::era::{Era, LEGACY, MODERN};
use super::pool::{HttpPool, keeps_body};
use super::response::{EVENTS, Response};
use super::straight::{Straight, innermost};
use super::wire::{Trouble, WireFault};
use crate::frame::{Answer, Frame};

/// How much of the body of a failed request is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// The header with the session's id.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const REVISION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// What a POST may be answered with.
const EITHER: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Headers that a message has beside those that all have; a guess.
const MORE_LABELS: usize = 8;

/// How often one message is sent again with other permission.
const MAX_CHALLENGES: usize = 3;

/// What a message needs to get there. Clones share what both sides agreed on.
#[derive(Clone)]
pub(crate) struct Endpoint {
    client: Client,
    /// The straight way there, where there is one.
    straight: Option<Straight>,
    url: Url,
    /// What the operator wants with every request.
    headers: HeaderMap,
    /// The same, with what is said of every message.
    labels: HeaderMap,
    pub(crate) era: Arc<ArcSwapOption<Era>>,
    pub(crate) session: Arc<ArcSwapOption<HeaderValue>>,
    authorizer: Option<Arc<Authorizer>>,
}

/// What is posted.
#[derive(Clone, Copy)]
pub(crate) struct Parcel<'a> {
    pub(crate) method: &'static str,
    pub(crate) mirrored: &'a [(HeaderName, HeaderValue)],
}

impl Endpoint {
    /// An address, headers sent with every request to it, and what gets
    /// permission where it asks for that.
    pub(crate) fn new(
        pool: &HttpPool,
        url: &str,
        headers: &BTreeMap<String, String>,
        authorizer: Option<Arc<Authorizer>>,
    ) -> Result<Self, Fault> {
        let faulty = |message: String| Fault::lasting(Blame::Operator, "server_config", message);
        let url = Url::parse(url).map_err(|error| faulty(format!("`{url}` is no URL: {error}")))?;
        let no_tls = |why| Fault::lasting(Blame::Operator, "no_tls", format!("no HTTPS connection can be made: {why}"));
        let client = pool.client().map_err(no_tls)?;
        let straight = pool.straight(&url);
        let headers = headers.iter().map(|(name, value)| {
            let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value));
            let (Ok(name), Ok(mut value)) = parsed else { return Err(faulty(format!("`{name}` is no HTTP header"))) };
            value.set_sensitive(true);
            Ok((name, value))
        });
        let headers = headers.collect::<Result<HeaderMap, _>>()?;
        let mut labels = headers.clone();
        labels.extend([(ACCEPT, EITHER), (CONTENT_TYPE, JSON)]);
        // Room for what each message adds, so that no copy has to grow.
        labels.reserve(MORE_LABELS);
        let (era, session) = (Arc::default(), Arc::default());
        Ok(Self { client, straight, url, headers, labels, era, session, authorizer })
    }

    /// The same, at another address of the same origin; `None` when it is of
    /// another origin, or no address.
    pub(crate) fn beside(&self, reference: &str) -> Option<Self> {
        let url = self.url.join(reference).ok().filter(|url| url.origin() == self.url.origin())?;
        let straight = self.straight.as_ref().and_then(|_| Straight::to(&url));
        Some(Self { url, straight, ..self.clone() })
    }

    /// Whether each request stands by itself.
    pub(crate) fn is_modern(&self) -> bool {
        self.era.load().as_deref() == Some(&Era::Modern)
    }

    /// Posts a message; a response that is no success is a fault.
    pub(crate) async fn post(&self, message: Vec<u8>, parcel: Parcel<'_>) -> Result<Response, WireFault> {
        let message = Bytes::from(message);
        let Some(authorizer) = &self.authorizer else {
            let response = self.send(Method::POST, || self.labels(parcel), message).await?;
            return self.accepted(response).await;
        };
        for _ in 0..MAX_CHALLENGES {
            let used = authorizer.bearer();
            let response = self.send(Method::POST, || self.labels(parcel), message.clone()).await?;
            let Some(challenge) = challenge(&response) else { return self.accepted(response).await };
            let met = authorizer.meet(&challenge, used.as_deref()).await;
            if !met.map_err(|why| WireFault::unsent(Trouble::Unauthorized(why)))? {
                return self.accepted(response).await;
            }
        }
        Err(WireFault::unsent(Trouble::Unauthorized("it challenges again and again".to_owned())))
    }

    /// Asks for the stream of what the server says by itself, or, with the id
    /// of an event, for what came after that.
    pub(crate) async fn get(&self, last_event: Option<&str>) -> Result<Response, WireFault> {
        let headers = || {
            let mut headers = self.headed(&self.headers);
            headers.insert(ACCEPT, HeaderValue::from_static(EVENTS));
            if let Some(revision) = self.era.load().as_deref().and_then(revision) {
                headers.insert(REVISION, revision);
            }
            if let Some(id) = last_event.and_then(|id| HeaderValue::try_from(id).ok()) {
                headers.insert(LAST_EVENT, id);
            }
            headers
        };
        let response = self.send(Method::GET, headers, Bytes::new()).await?;
        let response = self.accepted(response).await?;
        if response.is_stream() {
            Ok(response)
        } else {
            Err(WireFault::unsent(Trouble::Malformed("it was asked for a stream of events and gave none")))
        }
    }

    /// Takes leave of the session, where there is one.
    pub(crate) async fn delete(&self) {
        if self.session.load().is_some() {
            // Whether the server cares is its own affair.
            let _ = self.send(Method::DELETE, || self.headed(&self.headers), Bytes::new()).await;
        }
    }

    async fn accepted(&self, response: Response) -> Result<Response, WireFault> {
        let status = response.status();
        if status == StatusCode::NOT_FOUND && self.session.load().is_some() {
            return Err(WireFault::unsent(Trouble::Expired));
        }
        if status.is_success() { Ok(response) } else { Err(refusal(response).await) }
    }

    /// The headers of a message.
    fn labels(&self, parcel: Parcel<'_>) -> HeaderMap {
        let mut headers = self.headed(&self.labels);
        let era = self.era.load();
        if let Some(era) = era.as_deref().filter(|_| parcel.method != "initialize") {
            headers.extend(revision(era).map(|revision| (REVISION, revision)));
            if *era == Era::Modern {
                headers.insert(METHOD, HeaderValue::from_static(parcel.method));
            }
        }
        headers.extend(parcel.mirrored.iter().cloned());
        headers
    }

    /// These headers, with what stands for the session and for permission.
    fn headed(&self, fixed: &HeaderMap) -> HeaderMap {
        let mut headers = fixed.clone();
        if let Some(session) = self.session.load().as_deref() {
            headers.insert(SESSION, session.clone());
        }
        if let Some(bearer) = self.authorizer.as_ref().and_then(|authorizer| authorizer.bearer()) {
            headers.insert(AUTHORIZATION, HeaderValue::clone(&bearer));
        }
        headers
    }

    async fn send(&self, method: Method, headers: impl Fn() -> HeaderMap, body: Bytes) -> Result<Response, WireFault> {
        if let Some(straight) = &self.straight {
            let response = straight.send(method.clone(), headers(), body.clone()).await;
            let response = response.map_err(|lost| unreachable(lost.unsent, lost.why))?;
            if !keeps_body(response.head.status) {
                return Ok(Response::Straight(Box::new(response)));
            }
        }
        let request = self.client.request(method, self.url.clone()).headers(headers()).body(body);
        let response = request.send().await;
        response
            .map(Response::Roundabout)
            .map_err(|error| unreachable(error.is_connect() || error.is_builder(), innermost(&error)))
    }
}

/// A revision as a header's value.
fn revision(era: &Era) -> Option<HeaderValue> {
    let known = std::iter::once(&MODERN).chain(LEGACY).find(|known| **known == era.revision());
    known.map(|known| HeaderValue::from_static(known))
}

/// What a server wants that refuses for want of permission.
fn challenge(response: &Response) -> Option<Challenge> {
    let all = response.headers().get_all(WWW_AUTHENTICATE);
    let named =
        all.iter().filter_map(|value| value.to_str().ok()).find(|value| value.to_ascii_lowercase().contains("bearer"));
    let challenge = named.map(Challenge::read).unwrap_or_default();
    match response.status() {
        StatusCode::UNAUTHORIZED => Some(challenge),
        StatusCode::FORBIDDEN if challenge.error.as_deref() == Some("insufficient_scope") => Some(challenge),
        _ => None,
    }
}

/// A request that failed by itself; nothing of it left if there was no
/// connection.
fn unreachable(unsent: bool, why: String) -> WireFault {
    let trouble = Trouble::Unreachable(why);
    if unsent { WireFault::unsent(trouble) } else { WireFault::unknown(trouble) }
}

async fn refusal(mut response: Response) -> WireFault {
    let status = response.status();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let body = response.bounded(MAX_ERROR_BYTES).await.unwrap_or_default();
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
