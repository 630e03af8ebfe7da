//! Listening, connections, and closing.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::attended::Attended;
use super::door::Door;
use super::guard::Guard;
use super::keyring::Keyring;
use super::limits::HttpLimits;
use crate::downstream::desk::Desk;
use crate::downstream::orchestra::Orchestra;

/// The path of the one endpoint.
pub const ENDPOINT: &str = "/mcp";

/// The longest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Header fields of one request, at most.
const MAX_FIELDS: usize = 100;

/// After an error in accepting, which is usually a lack of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// After the drain time, how long connections have to close.
const CLOSE_GRACE: Duration = Duration::from_millis(500);

/// Where to listen, and whom to let in.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address; port 0 takes a free one. Any but a loopback address needs
    /// a keyring that is not empty.
    pub address: SocketAddr,
    /// Names and addresses in the `Host` header that are accepted beside
    /// those of this machine, with or without a port: what a proxy in front
    /// passes on.
    pub allowed_hosts: Vec<String>,
    /// Web origins that may call, as `https://example.com:443`; none unless
    /// named, but pages of this very server. Clients that are no browser send
    /// no origin.
    pub allowed_origins: Vec<String>,
    /// How much clients may take.
    pub limits: HttpLimits,
    /// Who may come in, by what they show; empty for whoever reaches the
    /// address, who is then the person at this machine.
    pub keyring: Keyring,
}

impl HttpConfig {
    /// Only clients on this machine, and no web page.
    pub fn local(address: SocketAddr) -> Self {
        let (allowed_hosts, allowed_origins, keyring) = (Vec::new(), Vec::new(), Keyring::default());
        Self { address, allowed_hosts, allowed_origins, limits: HttpLimits::default(), keyring }
    }
}

/// Why the front door cannot open.
#[derive(Debug)]
pub enum ListenFault {
    /// Anybody on the network could call everything behind it.
    Exposed(SocketAddr),
    /// It is reached by other names than this machine's own, and none is said.
    Nameless(SocketAddr),
    /// The address cannot be had.
    Unavailable(SocketAddr, io::Error),
}

impl fmt::Display for ListenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exposed(address) => write!(
                f,
                "will not listen on {address}: without authentication anybody who reaches it could call every tool; \
                 give each client a `token` under [principals.NAME] in the configuration, or listen on 127.0.0.1"
            ),
            Self::Nameless(address) => write!(
                f,
                "{address} is every address of this machine, and the configuration does not say what clients call it: \
                 name them under `hosts` in [listen]"
            ),
            Self::Unavailable(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for ListenFault {}

/// An open front door; dropping it closes it.
pub struct HttpServer {
    address: SocketAddr,
    /// Cancelled: no new connection is taken, and open streams end.
    closing: CancellationToken,
    /// Cancelled: what is still being answered ends.
    ending: CancellationToken,
    tasks: JoinSet<()>,
}

/// Opens the front door at [`ENDPOINT`] of the given address.
pub async fn serve_http(orchestra: Arc<dyn Orchestra>, config: HttpConfig) -> Result<HttpServer, ListenFault> {
    if !config.address.ip().is_loopback() && config.keyring.is_empty() {
        return Err(ListenFault::Exposed(config.address));
    }
    if config.address.ip().is_unspecified() && config.allowed_hosts.is_empty() {
        return Err(ListenFault::Nameless(config.address));
    }
    let unavailable = |error| ListenFault::Unavailable(config.address, error);
    let listener = TcpListener::bind(config.address).await.map_err(unavailable)?;
    let address = listener.local_addr().map_err(unavailable)?;
    let (closing, ending) = (CancellationToken::new(), CancellationToken::new());
    let mut desk = Desk::new(orchestra, closing.clone());
    desk.shared = !config.keyring.is_empty();
    let desk = Arc::new(desk);
    let door = Arc::new(Door::new(Arc::clone(&desk), Guard::new(&config), config.keyring, config.limits));
    let mut tasks = JoinSet::new();
    let until = closing.clone();
    tasks.spawn(async move {
        // What is closing has nothing to tell any more.
        let _ = until.run_until_cancelled_owned(async move { desk.tend().await }).await;
    });
    tasks.spawn(accept(listener, door, closing.clone(), ending.clone()));
    Ok(HttpServer { address, closing, ending, tasks })
}

/// Takes connections until `closing`, then lets them finish.
async fn accept(listener: TcpListener, door: Arc<Door>, closing: CancellationToken, ending: CancellationToken) {
    let room = Arc::new(Semaphore::new(door.limits.connections_here()));
    let mut connections = JoinSet::new();
    let taking = async {
        loop {
            // The semaphore is never closed.
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            let Ok((stream, _)) = listener.accept().await else {
                sleep(ACCEPT_PAUSE).await;
                continue;
            };
            while connections.try_join_next().is_some() {}
            let (door, closing, ending) = (Arc::clone(&door), closing.clone(), ending.clone());
            connections.spawn(async move {
                connection(stream, door, closing, ending).await;
                drop(place);
            });
        }
    };
    let _ = closing.run_until_cancelled(taking).await;
    drop(listener);
    door.close();
    while connections.join_next().await.is_some() {}
}

/// Serves one connection; its faults are its client's.
async fn connection(stream: TcpStream, door: Arc<Door>, closing: CancellationToken, ending: CancellationToken) {
    // Answers are small and waited for.
    let _ = stream.set_nodelay(true);
    let limits = door.limits;
    let service = service_fn(|request| {
        let door = Arc::clone(&door);
        async move { Ok::<_, Infallible>(door.handle(request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_FIELDS)
        .serve_connection(TokioIo::new(Attended::new(stream, limits.unread)), service);
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        _ = serving.as_mut() => return,
        () = closing.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = serving => {}
        () = ending.cancelled() => {}
    }
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
