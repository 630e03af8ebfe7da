//! Connections to a server that is spoken to in the clear and without a proxy.
//!
//! In: requests. Out: responses, their bodies still to come. A connection is
//! looked after by the task whose request is on it, and by nobody while it is
//! idle: no second task has to be woken for a call, and a request that is
//! dropped takes its connection with it, which is how a server hears of it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper::http::response::Parts;
use hyper::{HeaderMap, Method, Request, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tower_service::Service;

/// How long one attempt to reach a server may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// Connections to one server kept while nobody uses them, at most.
const MAX_IDLE: usize = 256;

/// Read from one body before everybody else has a turn, in bytes: a server
/// that sends faster than it is read would keep a thread to itself.
const TURN_BYTES: usize = 256 * 1024;

type Outgoing = Request<Full<Bytes>>;

/// The way to one address. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Straight(Arc<Way>);

struct Way {
    address: Uri,
    /// The address as a request on a connection names it.
    path: Uri,
    host: HeaderValue,
    connector: HttpConnector,
    idle: Mutex<Idle>,
}

/// Connections on which nothing is asked, the newest last.
#[allow(clippy::vec_box, reason = "a call carries its connection, and its future is to stay small")]
type Idle = Vec<Box<Line>>;

/// One connection.
struct Line {
    sender: SendRequest<Full<Bytes>>,
    /// `None` once it is over.
    connection: Option<Connection<TokioIo<TcpStream>, Full<Bytes>>>,
    used: Instant,
}

/// A response over such a connection.
pub(crate) struct StraightResponse {
    /// Its status and headers.
    pub(crate) head: Parts,
    body: Incoming,
    /// `None` once the body has ended.
    line: Option<Box<Line>>,
    way: Arc<Way>,
    /// Read since everybody else had a turn.
    read: usize,
}

/// A request that brought no response.
#[derive(Debug)]
pub(crate) struct Lost {
    /// Whether nothing of it left.
    pub(crate) unsent: bool,
    /// Why, in words.
    pub(crate) why: String,
}

impl Straight {
    /// The way to a URL in the clear; `None` where there is none.
    pub(crate) fn to(url: &Url) -> Option<Self> {
        let address: Uri = url.as_str().parse().ok()?;
        let path = address.path_and_query()?.as_str().parse().ok()?;
        let host = HeaderValue::try_from(address.authority()?.as_str()).ok()?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Some(Self(Arc::new(Way { address, path, host, connector, idle: Mutex::default() })))
    }

    /// Sends a request and waits for the head of its response. The caller
    /// bounds the wait.
    pub(crate) async fn send(
        &self,
        method: Method,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<StraightResponse, Lost> {
        headers.insert(HOST, self.0.host.clone());
        let mut request = Request::new(Full::new(body));
        (*request.method_mut(), *request.uri_mut()) = (method, self.0.path.clone());
        *request.headers_mut() = headers;
        loop {
            let (mut line, fresh) = match self.0.taken() {
                Some(line) => (line, false),
                None => (self.0.connected().await?, true),
            };
            match line.exchange(request).await {
                Ok(response) => {
                    let (head, body) = response.into_parts();
                    return Ok(StraightResponse { head, body, line: Some(line), way: Arc::clone(&self.0), read: 0 });
                }
                Err(mut failed) => match failed.take_message() {
                    // Its server closed it while nobody used it.
                    Some(unsent) if !fresh => request = unsent,
                    unsent => return Err(Lost::of(unsent.is_some(), &failed.into_error())),
                },
            }
        }
    }
}

impl Way {
    /// A connection that stands already.
    fn taken(&self) -> Option<Box<Line>> {
        let line = self.idle().pop()?;
        if line.used.elapsed() < IDLE_TIMEOUT {
            return Some(line);
        }
        // Those below it were used before it.
        self.idle().clear();
        None
    }

    async fn connected(&self) -> Result<Box<Line>, Lost> {
        let stream = self.connector.clone().call(self.address.clone());
        let stream = stream.await.map_err(|error| Lost::of(true, &error))?;
        let (sender, connection) = handshake(stream).await.map_err(|error| Lost::of(true, &error))?;
        Ok(Box::new(Line { sender, connection: Some(connection), used: Instant::now() }))
    }

    /// Keeps a connection for the next request, if it can have one.
    fn keep(&self, mut line: Box<Line>) {
        line.used = Instant::now();
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push(line);
        }
    }

    /// Every change is made whole before the lock is let go.
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    async fn exchange(&mut self, request: Outgoing) -> Result<hyper::Response<Incoming>, TrySendError<Outgoing>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        poll_fn(|context| {
            look_after(&mut self.connection, context);
            answer.as_mut().poll(context)
        })
        .await
    }
}

/// Lets a connection read and write what it can. One that is over is dropped,
/// which tells whoever waits on it.
fn look_after(connection: &mut Option<Connection<TokioIo<TcpStream>, Full<Bytes>>>, context: &mut Context<'_>) {
    // What went wrong is told to whoever waits for the response or its body.
    if connection.as_mut().is_some_and(|connection| Pin::new(connection).poll(context).is_ready()) {
        *connection = None;
    }
}

impl StraightResponse {
    /// The next piece of the body; `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, hyper::Error> {
        if self.read >= TURN_BYTES {
            self.read = 0;
            yield_now().await;
        }
        let chunk = poll_fn(|context| self.poll_chunk(context)).await?;
        self.read += chunk.as_ref().map_or(0, Bytes::len);
        Ok(chunk)
    }

    /// How long the body is, where its head says so, in bytes.
    pub(crate) fn length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, hyper::Error>> {
        let mut looked_after = false;
        loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                // What is no data is a trailer, and nobody reads those.
                Poll::Ready(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    if self.body.is_end_stream() {
                        self.release(context);
                    }
                    return Poll::Ready(Ok(Some(data)));
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(None) => {
                    self.release(context);
                    return Poll::Ready(Ok(None));
                }
                Poll::Pending if looked_after => return Poll::Pending,
                Poll::Pending => {}
            }
            if let Some(line) = &mut self.line {
                look_after(&mut line.connection, context);
            }
            looked_after = true;
        }
    }

    /// The body has ended: the connection is free for the next request.
    fn release(&mut self, context: &mut Context<'_>) {
        let Some(mut line) = self.line.take() else { return };
        if !line.sender.is_ready() {
            look_after(&mut line.connection, context);
        }
        if line.connection.is_some() && line.sender.is_ready() {
            self.way.keep(line);
        }
    }
}

impl Lost {
    fn of(unsent: bool, error: &dyn std::error::Error) -> Self {
        Self { unsent, why: innermost(error) }
    }
}

/// What an error comes down to.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
