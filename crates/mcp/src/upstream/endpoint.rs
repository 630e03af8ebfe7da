//! One address that messages are posted to.
//!
//! In: messages. Out: HTTP responses. It adds what every request must carry:
//! the operator's headers, the revision, the session. It reads no body but
//! that of a refusal.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use query::{Blame, Fault};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};

use super::auth::{Authorizer, Challenge};
use super::era::Era;
use super::wire::{Trouble, WireFault};
use crate::frame::{Answer, Frame};

/// How much of the body of a failed request is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// The header with the session's id.
pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const REVISION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// The type of a stream of events.
pub(crate) const EVENTS: &str = "text/event-stream";

/// How often one message is sent again with other permission.
const MAX_CHALLENGES: usize = 3;

/// What a message needs to get there. Clones share what both sides agreed on.
#[derive(Clone)]
pub(crate) struct Endpoint {
    client: Client,
    url: Url,
    headers: HeaderMap,
    pub(crate) era: Arc<ArcSwapOption<Era>>,
    pub(crate) session: Arc<ArcSwapOption<HeaderValue>>,
    authorizer: Option<Arc<Authorizer>>,
}

/// What is posted.
#[derive(Clone, Copy)]
pub(crate) struct Parcel<'a> {
    pub(crate) method: &'a str,
    pub(crate) mirrored: &'a [(String, String)],
}

impl Endpoint {
    /// An address, headers sent with every request to it, and what gets
    /// permission where it asks for that.
    pub(crate) fn new(
        client: Client,
        url: &str,
        headers: &BTreeMap<String, String>,
        authorizer: Option<Arc<Authorizer>>,
    ) -> Result<Self, Fault> {
        let faulty = |message: String| Fault::lasting(Blame::Operator, "server_config", message);
        let url = Url::parse(url).map_err(|error| faulty(format!("`{url}` is no URL: {error}")))?;
        let headers = headers.iter().map(|(name, value)| {
            let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value));
            let (Ok(name), Ok(mut value)) = parsed else { return Err(faulty(format!("`{name}` is no HTTP header"))) };
            value.set_sensitive(true);
            Ok((name, value))
        });
        let headers = headers.collect::<Result<_, _>>()?;
        Ok(Self { client, url, headers, era: Arc::default(), session: Arc::default(), authorizer })
    }

    /// The same, at another address of the same origin; `None` when it is of
    /// another origin, or no address.
    pub(crate) fn beside(&self, reference: &str) -> Option<Self> {
        let url = self.url.join(reference).ok().filter(|url| url.origin() == self.url.origin())?;
        Some(Self { url, ..self.clone() })
    }

    /// Whether each request stands by itself.
    pub(crate) fn is_modern(&self) -> bool {
        self.era.load().as_deref() == Some(&Era::Modern)
    }

    /// Posts a message; a response that is no success is a fault.
    pub(crate) async fn post(&self, message: Vec<u8>, parcel: Parcel<'_>) -> Result<Response, WireFault> {
        let Some(authorizer) = &self.authorizer else {
            let response = self.posting(message, parcel).send().await.map_err(unsent_or_unknown)?;
            return self.accepted(response).await;
        };
        for _ in 0..MAX_CHALLENGES {
            let used = authorizer.bearer();
            let response = self.posting(message.clone(), parcel).send().await.map_err(unsent_or_unknown)?;
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
        let mut get = self.headed(Method::GET).header(ACCEPT, EVENTS);
        if let Some(era) = self.era.load().as_deref() {
            get = get.header(REVISION, era.revision());
        }
        if let Some(id) = last_event {
            get = get.header(LAST_EVENT, id);
        }
        let response = get.send().await.map_err(unsent_or_unknown)?;
        let response = self.accepted(response).await?;
        if is_stream(&response) {
            Ok(response)
        } else {
            Err(WireFault::unsent(Trouble::Malformed("it was asked for a stream of events and gave none")))
        }
    }

    /// Takes leave of the session, where there is one.
    pub(crate) async fn delete(&self) {
        if self.session.load().is_some() {
            // Whether the server cares is its own affair.
            let _ = self.headed(Method::DELETE).send().await;
        }
    }

    async fn accepted(&self, response: Response) -> Result<Response, WireFault> {
        let status = response.status();
        if status == StatusCode::NOT_FOUND && self.session.load().is_some() {
            return Err(WireFault::unsent(Trouble::Expired));
        }
        if status.is_success() { Ok(response) } else { Err(refusal(response).await) }
    }

    fn posting(&self, message: Vec<u8>, parcel: Parcel<'_>) -> RequestBuilder {
        let mut request = self.headed(Method::POST);
        let era = self.era.load();
        if let Some(era) = era.as_deref().filter(|_| parcel.method != "initialize") {
            request = request.header(REVISION, era.revision());
            if *era == Era::Modern {
                request = request.header(METHOD, parcel.method);
            }
        }
        for (name, value) in parcel.mirrored {
            request = request.header(name, value);
        }
        let both = "application/json, text/event-stream";
        request.header(ACCEPT, both).header(CONTENT_TYPE, "application/json").body(message)
    }

    fn headed(&self, method: Method) -> RequestBuilder {
        let mut request = self.client.request(method, self.url.clone()).headers(self.headers.clone());
        if let Some(session) = self.session.load().as_deref() {
            request = request.header(SESSION, session.clone());
        }
        if let Some(bearer) = self.authorizer.as_ref().and_then(|authorizer| authorizer.bearer()) {
            request = request.header(AUTHORIZATION, HeaderValue::clone(&bearer));
        }
        request
    }
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

/// Whether a response is a stream of events.
pub(crate) fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with(EVENTS)
}

/// A whole body within the limit.
pub(crate) async fn bounded(response: &mut Response, limit: usize) -> Result<Vec<u8>, WireFault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| WireFault::unknown(Trouble::Cut))? {
        if body.len() + chunk.len() > limit {
            return Err(WireFault::unknown(Trouble::TooLong));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
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

async fn refusal(mut response: Response) -> WireFault {
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
