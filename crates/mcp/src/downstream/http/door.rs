//! One request over HTTP, from its head to its answer.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use query::Principal;
use tokio_util::sync::CancellationToken;

use super::body::{Answer, Room, Unread, read};
use super::fields::{REVISION, SESSION, single};
use super::guard::{Guard, Turned, admit_body, admit_stream};
use super::keyring::{Keyring, Stranger};
use super::limits::HttpLimits;
use super::mirror::{method, mismatch};
use super::server::ENDPOINT;
use super::sessions::Sessions;
use crate::downstream::client::Client;
use crate::downstream::desk::Desk;
use crate::downstream::drive::{Drive, Ended, Turn};
use crate::downstream::lane::Lane;
use crate::downstream::level::Level;
use crate::downstream::message::{self, Message, Params};
use crate::downstream::meta::Meta;
use crate::downstream::refusal::{HEADER_MISMATCH, INVALID_REQUEST, Refusal};
use crate::downstream::revision::Revision;
use crate::downstream::served::{Served, error};
use crate::downstream::visit::Visit;

/// When a client that was turned away may come back, in seconds.
const COME_BACK_SECONDS: HeaderValue = HeaderValue::from_static("5");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const FRESH: HeaderValue = HeaderValue::from_static("no-cache");
const METHODS: HeaderValue = HeaderValue::from_static("POST, GET, DELETE");
const POST_ONLY: HeaderValue = HeaderValue::from_static("POST");

/// The one endpoint.
pub(super) struct Door {
    pub(super) desk: Arc<Desk>,
    pub(super) sessions: Sessions,
    pub(super) limits: HttpLimits,
    guard: Guard,
    /// Whose token is whose; where nobody has one, whoever comes is the person
    /// at this machine.
    keyring: Keyring,
    room: Room,
}

impl Door {
    pub(super) fn new(desk: Arc<Desk>, guard: Guard, keyring: Keyring, limits: HttpLimits) -> Self {
        let room = Room::new(limits.bodies_bytes);
        let sessions = Sessions::new(!keyring.is_empty());
        Self { desk, sessions, limits, guard, keyring, room }
    }

    /// Ends what only waits for news.
    pub(super) fn close(&self) {
        self.sessions.hush();
    }

    /// Answers one request.
    pub(super) async fn handle(self: &Arc<Self>, request: Request<Incoming>) -> Response<Answer> {
        let (head, body) = request.into_parts();
        if let Err(turned) = self.guard.admit(&head.uri, &head.headers) {
            return turned_away(turned);
        }
        if head.uri.path() != ENDPOINT {
            return turned_away((StatusCode::NOT_FOUND, "there is nothing here; the endpoint is /mcp"));
        }
        let who = match self.who(&head.headers) {
            Ok(who) => who,
            Err(stranger) => return challenged(stranger),
        };
        match head.method {
            Method::POST => self.post(who, head.headers, body).await,
            Method::GET => self.stream(&who, &head.headers),
            Method::DELETE => self.leave(&who, &head.headers),
            _ => {
                let mut answer = turned_away((StatusCode::METHOD_NOT_ALLOWED, "POST, GET or DELETE"));
                answer.headers_mut().insert(ALLOW, METHODS);
                answer
            }
        }
    }

    /// On whose authority a request comes.
    fn who(&self, headers: &HeaderMap) -> Result<Principal, Stranger> {
        if self.keyring.is_empty() { Ok(Principal::local()) } else { self.keyring.whose(headers) }
    }

    async fn post(self: &Arc<Self>, who: Principal, headers: HeaderMap, body: Incoming) -> Response<Answer> {
        if let Err(turned) = admit_body(&headers) {
            return turned_away(turned);
        }
        let (body, place) = match read(body, &self.room, self.limits.body).await {
            Ok(body) => body,
            Err(Unread::TooLong) => return turned_away((StatusCode::PAYLOAD_TOO_LARGE, "the body is over the limit")),
            Err(Unread::TooSlow) => return turned_away((StatusCode::REQUEST_TIMEOUT, "the body took too long")),
            Err(Unread::NoRoom) => {
                return turned_away((StatusCode::SERVICE_UNAVAILABLE, "too many large bodies are held; try again"));
            }
            Err(Unread::Broken) => return turned_away((StatusCode::BAD_REQUEST, "the body broke off")),
        };
        let lane = Arc::new(Lane::default());
        let (door, said) = (Arc::clone(self), Arc::clone(&lane));
        let work = async move {
            let _place = place;
            door.answer(&who, &headers, &body, said).await
        };
        let mut drive = Drive::new(Box::pin(work), lane);
        // As long as it says nothing before its end, the answer is plain.
        match poll_fn(|context| drive.poll(context)).await {
            Turn::Ended(ended) => whole(ended),
            Turn::Message(first) => streamed(Answer::events(first, drive)),
        }
    }

    /// What comes of one body.
    async fn answer(&self, who: &Principal, headers: &HeaderMap, body: &[u8], lane: Arc<Lane>) -> Ended {
        if message::is_batch(body) {
            return self.batch(who, headers, body, lane).await;
        }
        match Message::read(body) {
            Err(malformed) => refused(malformed.id.as_deref(), &malformed.refusal, 400),
            Ok(Message::Request(request)) => self.request(who, headers, request, lane).await,
            Ok(Message::Notification(told)) => match self.is_stateless(headers, &told.params) {
                // A client of the newer era takes a request back by hanging up.
                true => match method(headers, &told.method) {
                    Ok(()) => Ended::silent(),
                    Err(why) => refused(None, &Refusal::new(HEADER_MISMATCH, why), 400),
                },
                false => self.told(who, headers, &told),
            },
            Ok(Message::Answer(answer)) => self.answered(who, headers, &answer),
        }
    }

    /// Whether a message stands for itself, rather than in a session.
    fn is_stateless(&self, headers: &HeaderMap, params: &Params<'_>) -> bool {
        let revision = headers.get(REVISION).map(|value| value.to_str().ok().and_then(Revision::named));
        // A revision that we do not know is newer than those with sessions.
        let newer = revision.is_some_and(|revision| revision.is_none_or(Revision::is_stateless));
        newer && !headers.contains_key(SESSION) || Meta::read(params.meta).is_ok_and(|meta| meta.version.is_some())
    }

    async fn request(
        &self,
        who: &Principal,
        headers: &HeaderMap,
        request: message::Request<'_>,
        lane: Arc<Lane>,
    ) -> Ended {
        let meta = match Meta::read(request.params.meta) {
            Ok(meta) => meta,
            Err(why) => return Served::Unfit(Refusal::params(why)).answer(request.id, Revision::Stateless),
        };
        let hello = request.method == "initialize" && meta.version.is_none();
        if hello && request.params.protocol_version.is_some() {
            return self.welcome(who, headers, &request);
        }
        if meta.version.is_none() && !self.is_stateless(headers, &request.params) {
            return self.in_session(who, headers, request, meta, lane).await;
        }
        let id = request.id;
        match self.client(who, headers, &request, &meta) {
            Ok(client) => {
                let message::Request { id, method, params } = request;
                let cancel = CancellationToken::new();
                let visit = Visit { id, method, params, meta, client, lane, cancel };
                self.desk.serve(&visit).await.answer(id, Revision::Stateless)
            }
            Err(served) => served.answer(id, Revision::Stateless),
        }
    }

    /// The client of a request that stands for itself, if all of it is as it
    /// has to be.
    fn client(
        &self,
        who: &Principal,
        headers: &HeaderMap,
        request: &message::Request<'_>,
        meta: &Meta<'_>,
    ) -> Result<Client, Served> {
        let mismatched = |why: String| Served::Refused(Refusal::new(HEADER_MISMATCH, why));
        let shown = single(headers, &REVISION).map_err(mismatched)?;
        let Some(shown) = shown else { return Err(mismatched("the `mcp-protocol-version` header is missing".into())) };
        if meta.version.as_deref().is_some_and(|version| version != shown) {
            return Err(mismatched("the `mcp-protocol-version` header is not what the body says".into()));
        }
        if !Revision::named(shown).is_some_and(Revision::is_stateless) {
            return Err(Served::Refused(Refusal::revision(shown)));
        }
        let unfit = |why: String| Served::Unfit(Refusal::params(why));
        if meta.version.is_none() {
            return Err(unfit(format!("`_meta` is to have `{}`", crate::downstream::meta::VERSION)));
        }
        let capabilities = meta.capabilities().map_err(unfit)?;
        mismatch(&self.desk, who, headers, request).map_err(mismatched)?;
        Ok(Client {
            principal: who.clone(),
            revision: Revision::Stateless,
            offers: capabilities.offers(true),
            level: meta.log_level.as_deref().and_then(Level::named),
            takes_tasks: capabilities.take_tasks(),
            session: None,
        })
    }

    /// The standing stream of a session.
    fn stream(&self, who: &Principal, headers: &HeaderMap) -> Response<Answer> {
        if let Err(turned) = admit_stream(headers) {
            return turned_away(turned);
        }
        match self.session(who, headers) {
            Some(Ok(session)) => {
                let lane = Arc::new(Lane::default());
                session.stand(Arc::clone(&lane));
                streamed(Answer::standing(lane))
            }
            Some(Err(())) => turned_away(NO_SESSION),
            None => no_sessions_here(),
        }
    }

    /// The end of a session.
    fn leave(&self, who: &Principal, headers: &HeaderMap) -> Response<Answer> {
        let Some(id) = headers.get(SESSION) else { return no_sessions_here() };
        let ended = id.to_str().is_ok_and(|id| self.sessions.end(id, who));
        if !ended {
            return turned_away(NO_SESSION);
        }
        answer(StatusCode::NO_CONTENT, Answer::Whole(None))
    }
}

const NO_SESSION: Turned = (StatusCode::NOT_FOUND, "there is no such session; open another with `initialize`");

/// What is asked for has no meaning outside a session.
fn no_sessions_here() -> Response<Answer> {
    let mut answer = turned_away((StatusCode::METHOD_NOT_ALLOWED, "without a session there is only POST"));
    answer.headers_mut().insert(ALLOW, POST_ONLY);
    answer
}

/// A refusal with its status.
pub(super) fn refused(id: Option<&serde_json::value::RawValue>, refusal: &Refusal, status: u16) -> Ended {
    Ended { status, ..Ended::with(error(id, refusal)) }
}

/// A request that is none in this place.
pub(super) fn invalid(id: Option<&serde_json::value::RawValue>, why: &str, status: u16) -> Ended {
    refused(id, &Refusal::new(INVALID_REQUEST, why), status)
}

fn answer(status: StatusCode, body: Answer) -> Response<Answer> {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer
}

fn turned_away((status, why): Turned) -> Response<Answer> {
    let mut answer = answer(status, Answer::whole(Bytes::from_static(why.as_bytes())));
    answer.headers_mut().insert(CONTENT_TYPE, PLAIN);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, COME_BACK_SECONDS);
    }
    answer
}

/// Who is not known is asked for a token, and told nothing else.
fn challenged(stranger: Stranger) -> Response<Answer> {
    let mut answer = turned_away((StatusCode::UNAUTHORIZED, "show who you are: Authorization: Bearer TOKEN"));
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(stranger.challenge()));
    answer
}

fn whole(ended: Ended) -> Response<Answer> {
    let status = StatusCode::from_u16(ended.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = answer(status, Answer::Whole(ended.answer));
    if !matches!(answer.body(), Answer::Whole(None)) {
        answer.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, COME_BACK_SECONDS);
    }
    if let Some(id) = ended.session.and_then(|id| HeaderValue::from_str(&id).ok()) {
        answer.headers_mut().insert(SESSION, id);
    }
    answer
}

fn streamed(body: Answer) -> Response<Answer> {
    let mut answer = answer(StatusCode::OK, body);
    answer.headers_mut().insert(CONTENT_TYPE, EVENTS);
    answer.headers_mut().insert(CACHE_CONTROL, FRESH);
    answer
}
