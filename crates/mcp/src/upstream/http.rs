//! A server behind a Streamable HTTP endpoint.
//!
//! Every request is a POST of its own, answered with one JSON body or with a
//! stream of events that ends with the answer. In the modern era there is
//! nothing else; in the legacy era a session id ties requests together, a GET
//! opens a stream for what the server says by itself, and a stream that broke
//! is taken up again where it broke.

use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::ServerId;
use futures::future::{BoxFuture, Either, select};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::endpoint::{Endpoint, Parcel, SESSION};
use super::era::Era;
use super::hub::Hub;
use super::mirror::Mirrored;
use super::response::Response;
use super::sse::{Event, Events, Mark};
use super::wire::{LOG, PROGRESS, Request, TASK_STATUS, Trouble, Wire, WireFault, read_progress};
use crate::frame::{self, Answer, Frame, MAX_FRAME_BYTES};

/// Messages that wait to be posted and that nobody waits for: answers to a
/// server's questions, and cancellations; more are not posted.
const COURIER_MESSAGES: usize = 64;

/// How long posting one such message may take.
const COURIER_TIMEOUT: Duration = Duration::from_secs(5);

/// How often the answer to one request is taken up again after its stream
/// broke.
const MAX_RESUMPTIONS: usize = 32;

/// One endpoint.
pub(crate) struct HttpWire {
    endpoint: Endpoint,
    hub: Hub,
    over: CancellationToken,
    expired: AtomicBool,
    courier: mpsc::Sender<Vec<u8>>,
    /// Requests to be posted whose answers nobody waits for.
    recalls: mpsc::Sender<Recall>,
    /// The first stream of what the server says by itself, being opened.
    standing: Mutex<Option<oneshot::Receiver<Opened>>>,
    /// Whether that stream is open, or known to be none.
    attuned: watch::Sender<bool>,
    /// The courier, and whoever opens that stream; dropped with the wire.
    tasks: Mutex<JoinSet<()>>,
}

/// A request whose answer nobody waits for: its method, its text and its
/// headers.
type Recall = (&'static str, Vec<u8>, Vec<Mirrored>);

/// A stream, or why there is none.
type Opened = Result<Response, WireFault>;

impl HttpWire {
    /// An endpoint, not yet spoken to.
    pub(crate) fn new(server: ServerId, endpoint: Endpoint) -> Self {
        let (courier, errands) = mpsc::channel(COURIER_MESSAGES);
        let mut tasks = JoinSet::new();
        tasks.spawn(run_errands(endpoint.clone(), errands));
        let (recalls, recalled) = mpsc::channel(COURIER_MESSAGES);
        tasks.spawn(run_recalls(endpoint.clone(), recalled));
        let (over, expired) = (CancellationToken::new(), AtomicBool::new(false));
        let (hub, standing, tasks) = (Hub::new(server), Mutex::default(), Mutex::new(tasks));
        Self { endpoint, hub, over, expired, courier, recalls, standing, attuned: watch::Sender::new(false), tasks }
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Box<RawValue>, WireFault> {
        let Request { id, method, message, mirrored, caller, leaving } = request;
        if let Some(leaving) = leaving {
            leaving();
        }
        let parcel = Parcel { method, mirrored };
        if self.endpoint.is_modern() || method == "initialize" {
            return self.noticed(self.converse(id, message, parcel, caller.as_ref()).await);
        }
        // In a session the server may say on one stream what belongs to
        // another.
        let entered = self.hub.pending.enter(id, caller.clone(), self.courier.clone());
        let Some(mut waiting) = entered else { return Err(WireFault::unsent(Trouble::Gone)) };
        let answered = {
            let own = pin!(self.converse(id, message, parcel, caller.as_ref()));
            let elsewhere = pin!(waiting.reply());
            match select(own, elsewhere).await {
                Either::Left((own, _)) => own,
                Either::Right((elsewhere, _)) => elsewhere,
            }
        };
        waiting.done();
        self.noticed(answered)
    }

    /// A session that the server forgot is over.
    fn noticed<T>(&self, outcome: Result<T, WireFault>) -> Result<T, WireFault> {
        if matches!(outcome, Err(WireFault { trouble: Trouble::Expired, .. })) {
            self.expired.store(true, Ordering::Relaxed);
            self.over.cancel();
        }
        outcome
    }

    async fn converse(
        &self,
        id: u64,
        message: Vec<u8>,
        parcel: Parcel<'_>,
        caller: Option<&Arc<Caller>>,
    ) -> Result<Box<RawValue>, WireFault> {
        let mut response = self.endpoint.post(message, parcel).await?;
        if parcel.method == "initialize" {
            self.endpoint.session.store(response.headers().get(SESSION).cloned().map(Into::into));
        }
        if response.is_stream() {
            return outcome_of(self.follow(id, response, caller).await?);
        }
        let body = response.bounded(MAX_FRAME_BYTES).await?;
        match Frame::parse(&body) {
            Some(Frame::Answer { id: Some(other), .. }) if other != id => {
                Err(WireFault::unknown(Trouble::Malformed("its answer is to another request")))
            }
            Some(Frame::Answer { outcome, .. }) => outcome_of(outcome),
            _ => Err(WireFault::unknown(Trouble::Malformed("its answer is no JSON-RPC response"))),
        }
    }

    /// Reads a stream until it brings the answer, also over several breaks.
    async fn follow(&self, id: u64, response: Response, caller: Option<&Arc<Caller>>) -> Result<Answer, WireFault> {
        let mut events = Events::new();
        let mut ended = self.read(id, response, &mut events, caller).await;
        for _ in 0..MAX_RESUMPTIONS {
            let mark = events.mark().clone();
            match (&ended, &mark.last_id) {
                (Ok(None) | Err(WireFault { trouble: Trouble::Cut, .. }), Some(_)) if !self.endpoint.is_modern() => {}
                _ => break,
            }
            sleep(mark.retry()).await;
            let Ok(response) = self.endpoint.get(mark.last_id.as_deref()).await else { continue };
            events = Events::after(mark);
            ended = self.read(id, response, &mut events, caller).await;
        }
        ended?.ok_or(WireFault::unknown(Trouble::Malformed("it ended its answer before the result")))
    }

    /// Reads a stream to the answer to this request, or to its end.
    async fn read(
        &self,
        id: u64,
        mut response: Response,
        events: &mut Events,
        caller: Option<&Arc<Caller>>,
    ) -> Result<Option<Answer>, WireFault> {
        while let Some(chunk) = response.chunk().await? {
            for Event { data, .. } in events.feed(&chunk).map_err(|_| WireFault::unknown(Trouble::TooLong))? {
                match self.take(&data, caller) {
                    Some((Some(other), outcome)) if other != id => self.hub.pending.answer(Some(other), outcome),
                    Some((_, outcome)) => return Ok(Some(outcome)),
                    None => {}
                }
            }
        }
        Ok(None)
    }

    /// Takes one message off a request's own stream; an answer is handed
    /// back.
    fn take(&self, data: &[u8], caller: Option<&Arc<Caller>>) -> Option<(Option<u64>, Answer)> {
        match Frame::parse(data) {
            Some(Frame::Answer { id, outcome }) => return Some((id, outcome)),
            Some(Frame::Notification { method, params }) => match (method.as_str(), params, caller) {
                (PROGRESS, Some(params), Some(caller)) => {
                    if let Some((_, progress)) = read_progress(params) {
                        (caller.progress)(progress);
                    }
                }
                (LOG, params, Some(caller)) => caller.log(self.hub.relay.server(), params),
                (TASK_STATUS, Some(params), _) => self.hub.pending.task_told(params),
                _ => drop(self.hub.announced.hear(&method, params)),
            },
            Some(Frame::Request { id, method, params }) => {
                self.hub.relay.take(id, &method, params, caller.cloned(), &self.courier);
            }
            // Events without data keep a connection alive.
            None if data.is_empty() => {}
            None => self.hub.noise(),
        }
        None
    }

    /// Opens the stream of what the server says by itself, so that it is there
    /// before the first call, without waiting for it.
    fn attune(&self) {
        let (sender, receiver) = oneshot::channel();
        let (endpoint, attuned) = (self.endpoint.clone(), self.attuned.clone());
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
            // Whoever would have listened may be gone.
            let _ = sender.send(endpoint.get(None).await);
            attuned.send_replace(true);
        });
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = Some(receiver);
    }

    /// The stream that is open already, or another, from a mark on.
    async fn stream(&self, mark: &Mark) -> Opened {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner).take();
        match standing {
            Some(opening) => opening.await.unwrap_or(Err(WireFault::unsent(Trouble::Gone))),
            None => self.endpoint.get(mark.last_id.as_deref()).await,
        }
    }

    /// Follows the stream of what the server says by itself, and takes it up
    /// again where it broke, until that is no longer possible.
    async fn listen(&self) {
        let mut mark = Mark::default();
        loop {
            let mut response = match self.noticed(self.stream(&mark).await) {
                Ok(response) => response,
                // It has no such stream, and will not have one in this session.
                Err(WireFault { trouble: Trouble::Status { code: 400..=499, .. }, .. }) => return pending().await,
                Err(WireFault { trouble: Trouble::Refused(_) | Trouble::Malformed(_), .. }) => return pending().await,
                Err(_) => return,
            };
            let mut events = Events::after(mark);
            while let Ok(Some(chunk)) = response.chunk().await {
                let Ok(messages) = events.feed(&chunk) else { return };
                for Event { data, .. } in messages.iter().filter(|event| !event.data.is_empty()) {
                    self.hub.hear(data, &self.courier);
                }
            }
            mark = events.mark().clone();
            if mark.last_id.is_none() {
                return;
            }
            sleep(mark.retry()).await;
        }
    }
}

async fn run_errands(endpoint: Endpoint, mut errands: mpsc::Receiver<Vec<u8>>) {
    while let Some(message) = errands.recv().await {
        let parcel = Parcel { method: "notifications/cancelled", mirrored: &[] };
        // Nobody waits for it, and nothing depends on it.
        let _ = timeout(COURIER_TIMEOUT, endpoint.post(message, parcel)).await;
    }
}

async fn run_recalls(endpoint: Endpoint, mut recalls: mpsc::Receiver<Recall>) {
    while let Some((method, message, mirrored)) = recalls.recv().await {
        // Nobody waits for it, and nothing depends on it.
        let _ = timeout(COURIER_TIMEOUT, endpoint.post(message, Parcel { method, mirrored: &mirrored })).await;
    }
}

fn outcome_of(answer: Answer) -> Result<Box<RawValue>, WireFault> {
    match answer {
        Answer::Result(result) => Ok(result),
        Answer::Error(error) => Err(WireFault::refused(error)),
        Answer::Malformed => Err(WireFault::unknown(Trouble::Malformed("it holds neither one result nor one error"))),
    }
}

impl Wire for HttpWire {
    fn request<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Box<RawValue>, WireFault>> {
        Box::pin(self.exchange(request))
    }

    fn notify(&self, method: &'static str, params: Box<RawValue>) -> BoxFuture<'_, Result<(), WireFault>> {
        let message = frame::notification(method, &params);
        Box::pin(async move {
            self.endpoint.post(message, Parcel { method, mirrored: &[] }).await?;
            if method == "notifications/initialized" {
                self.attune();
            }
            Ok(())
        })
    }

    fn post(&self, request: Request<'_>) {
        // What finds no room is not said.
        let _ = self.recalls.try_send((request.method, request.message, request.mirrored.to_vec()));
    }

    fn agree(&self, era: &Era) {
        self.endpoint.era.store(Some(era.clone().into()));
    }

    fn hub(&self) -> &Hub {
        &self.hub
    }

    fn mirrors(&self) -> bool {
        true
    }

    fn overhear(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.listen())
    }

    fn attuned(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let mut attuned = self.attuned.subscribe();
            if !self.endpoint.is_modern() {
                // An error says that the wire is gone.
                let _ = attuned.wait_for(|attuned| *attuned).await;
            }
        })
    }

    fn ended(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.over.cancelled())
    }

    fn expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }

    fn hang_up(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.over.cancel();
            self.hub.pending.close();
            self.endpoint.delete().await;
        })
    }
}
