//! The server.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::choose::Choice;
use crate::send::respond;
use crate::wire::{Complaint, Incoming};
use crate::{Demand, Reply, Rule, Script, Seen, When, Wire};

/// The largest request that is read, in bytes.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// Requests that are kept; later ones are answered but not kept.
pub const MAX_SEEN: usize = 10_000;

/// A stand-in, listening on loopback until it is dropped.
pub struct Standin {
    address: SocketAddr,
    stage: Arc<Stage>,
    server: JoinHandle<()>,
}

/// What the requests share.
#[derive(Default)]
struct Stage {
    choice: Mutex<Choice>,
    seen: Mutex<Vec<Seen>>,
    key: Mutex<Option<String>>,
    arrived: AtomicUsize,
    hang_ups: AtomicUsize,
    changed: Notify,
}

impl Standin {
    /// Starts one on any free port. Needs a runtime.
    pub async fn start() -> io::Result<Self> {
        Self::listen(0).await
    }

    /// Starts one on this port; 0 is any that is free.
    pub async fn listen(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let stage = Arc::new(Stage::default());
        let router = Router::new().fallback(handle).with_state(Arc::clone(&stage));
        let server = tokio::spawn(async move {
            // It serves until it is aborted; there is nobody to tell an error.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, stage, server })
    }

    /// The base URL for a client of this format.
    pub fn base_url(&self, wire: Wire) -> String {
        format!("http://{}{}", self.address, wire.base_path())
    }

    /// From now on, requests without this key get 401.
    pub fn require_key(&self, key: &str) {
        *lock(&self.stage.key) = Some(key.to_owned());
    }

    /// Adds a reply for the next request that no rule fits.
    pub fn queue(&self, reply: Reply) {
        lock(&self.stage.choice).queue.push_back(reply);
    }

    /// Adds a reply for every request that fits.
    pub fn when(&self, when: When, reply: Reply) {
        lock(&self.stage.choice).rules.push(Rule { when, reply, times: None });
    }

    /// Asks this function first, for every request.
    pub fn by(&self, reply: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) {
        lock(&self.stage.choice).by = Some(Box::new(reply));
    }

    /// Adds a script's rules and replies.
    pub fn play(&self, script: Script) {
        let mut choice = lock(&self.stage.choice);
        choice.rules.extend(script.rules);
        choice.queue.extend(script.queue);
    }

    /// The requests so far, those that were refused left out.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.stage.seen).clone()
    }

    /// How many requests came so far, those that were refused included.
    pub fn arrived(&self) -> usize {
        self.stage.arrived.load(Ordering::SeqCst)
    }

    /// Waits until so many requests came.
    pub async fn until_arrived(&self, count: usize) {
        self.until(|stage| stage.arrived.load(Ordering::SeqCst) >= count).await;
    }

    /// Waits until so many clients hung up before their reply was over.
    pub async fn until_hang_ups(&self, count: usize) {
        self.until(|stage| stage.hang_ups.load(Ordering::SeqCst) >= count).await;
    }

    async fn until(&self, holds: impl Fn(&Stage) -> bool) {
        loop {
            let changed = self.stage.changed.notified();
            if holds(&self.stage) {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A reply that is not over yet. Dropped before it is closed, somebody hung up.
pub(crate) struct Open {
    stage: Arc<Stage>,
    closed: bool,
}

impl Open {
    /// The reply is over.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.closed {
            self.stage.hang_ups.fetch_add(1, Ordering::SeqCst);
            self.stage.changed.notify_waiters();
        }
    }
}

async fn handle(State(stage): State<Arc<Stage>>, request: Request) -> Response<Body> {
    stage.arrived.fetch_add(1, Ordering::SeqCst);
    stage.changed.notify_waiters();
    let open = Open { stage: Arc::clone(&stage), closed: false };
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let wire = Wire::of_path(request.uri().path()).filter(|_| request.method() == Method::POST);
    let Some(wire) = wire else { return plain(StatusCode::NOT_FOUND, open) };
    let headers: BTreeMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let Ok(bytes) = to_bytes(request.into_body(), MAX_REQUEST_BYTES).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, open);
    };
    match read(&stage, wire, path, headers, &bytes) {
        Ok((seen, reply)) => {
            sleep(Duration::from_millis(reply.delay_ms)).await;
            respond(wire, &seen.demand, &reply, open)
        }
        Err(Complaint { status, message }) => {
            let reply = Reply { message: Some(message), ..Reply::failing(status) };
            respond(wire, &Demand::default(), &reply, open)
        }
    }
}

fn read(
    stage: &Stage,
    wire: Wire,
    path: String,
    headers: BTreeMap<String, String>,
    bytes: &[u8],
) -> Result<(Seen, Reply), Complaint> {
    let refuse = |status: u16, message: String| Complaint { status, message };
    if let Some(key) = lock(&stage.key).as_deref()
        && wire.key(&headers) != Some(key)
    {
        let told = wire.key(&headers).unwrap_or("none");
        return Err(refuse(401, format!("Incorrect API key provided: {told}")));
    }
    let body: Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|error| refuse(400, format!("the body is not a JSON object: {error}")))?;
    let demand = wire.read(&Incoming { path: &path, headers: &headers, body: &body })?;
    let seen = Seen { wire, path, headers, body: Value::Object(body), demand };
    let mut all = lock(&stage.seen);
    if all.len() < MAX_SEEN {
        all.push(seen.clone());
    }
    drop(all);
    let reply = lock(&stage.choice).reply(&seen);
    reply.map(|reply| (seen, reply)).ok_or_else(|| refuse(400, "the stand-in has no reply for this request".to_owned()))
}

fn plain(status: StatusCode, mut open: Open) -> Response<Body> {
    open.close();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// What is locked is whole after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
