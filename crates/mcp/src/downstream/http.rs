//! The front door over Streamable HTTP.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::desk::Desk;
use super::orchestra::Orchestra;
use super::sessions::Sessions;

/// The path of the one endpoint.
pub const ENDPOINT: &str = "/mcp";

/// The longest body of a request, in bytes; a longer one is refused.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// When a client that was turned away may come back, in seconds.
const COME_BACK_SECONDS: &str = "5";

/// After the drain time, how long connections have to close.
const CLOSE_GRACE: Duration = Duration::from_millis(500);

/// Where to listen, and whom to let in.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address; port 0 takes a free one. Must be a loopback address.
    pub address: SocketAddr,
    /// Names and addresses in the `Host` header that are accepted beside
    /// those of this machine, with or without a port: what a proxy in front
    /// passes on.
    pub allowed_hosts: Vec<String>,
    /// Web origins that may call, as `https://example.com:443`; none unless
    /// named. Clients that are no browser send no origin.
    pub allowed_origins: Vec<String>,
}

impl HttpConfig {
    /// Only clients on this machine, and no web page.
    pub fn local(address: SocketAddr) -> Self {
        Self { address, allowed_hosts: Vec::new(), allowed_origins: Vec::new() }
    }
}

/// Why the front door cannot open.
#[derive(Debug)]
pub enum ListenFault {
    /// Anybody on the network could call everything behind it.
    Exposed(SocketAddr),
    /// The address cannot be had.
    Unavailable(SocketAddr, io::Error),
}

impl fmt::Display for ListenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exposed(address) => write!(
                f,
                "will not listen on {address}: without authentication anybody who reaches it could call every tool; \
                 listen on 127.0.0.1, and put a proxy that authenticates in front of it"
            ),
            Self::Unavailable(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for ListenFault {}

/// An open front door; dropping it closes it.
pub struct HttpServer {
    address: SocketAddr,
    /// Cancelled: no new connection is taken.
    closing: CancellationToken,
    /// Cancelled: open streams and sessions end.
    ending: CancellationToken,
    tasks: JoinSet<()>,
}

/// Opens the front door at [`ENDPOINT`] of the given address.
pub async fn serve_http(orchestra: Arc<dyn Orchestra>, config: HttpConfig) -> Result<HttpServer, ListenFault> {
    if !config.address.ip().is_loopback() {
        return Err(ListenFault::Exposed(config.address));
    }
    let unavailable = |error| ListenFault::Unavailable(config.address, error);
    let listener = TcpListener::bind(config.address).await.map_err(unavailable)?;
    let address = listener.local_addr().map_err(unavailable)?;
    let (closing, ending) = (CancellationToken::new(), CancellationToken::new());
    let desk = Desk::new(orchestra).until(closing.clone());
    let router = router(desk.clone(), &config, ending.clone());
    let mut tasks = JoinSet::new();
    let until = closing.clone();
    tasks.spawn(async move {
        // What is closing has nothing to tell any more.
        let _ = until.run_until_cancelled_owned(desk.cry()).await;
    });
    let until = closing.clone();
    tasks.spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(until.cancelled_owned());
        // Accepting goes on over every error a single connection can cause.
        let _ = serving.await;
    });
    Ok(HttpServer { address, closing, ending, tasks })
}

fn router(desk: Desk, config: &HttpConfig, ending: CancellationToken) -> Router {
    let ours = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let settings = StreamableHttpServerConfig::default()
        .with_allowed_hosts(ours.into_iter().chain(config.allowed_hosts.iter().cloned()))
        .with_allowed_origins(config.allowed_origins.iter().cloned())
        .enforce_origin_validation()
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_BODY_BYTES)
        .with_cancellation_token(ending);
    let sessions = Arc::new(Sessions::default());
    let service = StreamableHttpService::new(move || Ok(desk.clone()), Arc::clone(&sessions), settings);
    Router::new().route_service(ENDPOINT, service).layer(from_fn_with_state(sessions, ask_to_come_back))
}

/// Tells a client for whose session there was no room to come back, where the
/// transport knows only of a failure.
async fn ask_to_come_back(State(sessions): State<Arc<Sessions>>, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    if answer.status() == StatusCode::INTERNAL_SERVER_ERROR && sessions.are_full().await {
        let headers = [(header::RETRY_AFTER, COME_BACK_SECONDS)];
        return (StatusCode::SERVICE_UNAVAILABLE, headers, "too many sessions are open").into_response();
    }
    answer
}

impl HttpServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the endpoint.
    pub fn url(&self) -> String {
        format!("http://{}{ENDPOINT}", self.address)
    }

    /// Waits until the door closes by itself, which it does not unless the
    /// runtime ends.
    pub async fn closed(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    /// Takes no new connection, lets what is being answered finish for
    /// `drain`, then ends the rest.
    pub async fn stop(mut self, drain: Duration) {
        self.closing.cancel();
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(drain, finished).await.is_ok() {
            return;
        }
        self.ending.cancel();
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(CLOSE_GRACE, finished).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}
