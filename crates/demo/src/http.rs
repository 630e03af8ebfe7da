//! A demo server over Streamable HTTP, at `/mcp` of a loopback address. Serves
//! both the stateless revision and sessions of older ones.

use std::{net::SocketAddr, path::Path};

use axum::Router;
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{ServeError, Which, Workspace, filesystem, github, slack, sql};

/// A demo server that listens but does not answer before [`HttpServer::run`].
#[derive(Debug)]
pub struct HttpServer {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    stop: CancellationToken,
}

impl HttpServer {
    /// Where it listens; the real port when port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What an MCP client connects to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Answers requests until the future is dropped, which ends every session.
    ///
    /// # Errors
    ///
    /// When the listener fails.
    pub async fn run(self) -> Result<(), ServeError> {
        let Self { listener, address, router, stop } = self;
        let _ends_sessions = stop.drop_guard();
        axum::serve(listener, router).await.map_err(|source| ServeError::Listen { address, source })
    }
}

/// Listens on `address` for `which`.
///
/// # Errors
///
/// When `workspace` holds no demo workspace, or the address is taken.
pub async fn bind_http(which: Which, workspace: &Path, address: SocketAddr) -> Result<HttpServer, ServeError> {
    let workspace = Workspace::open(workspace)?;
    let refused = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    let stop = CancellationToken::new();
    let router = match which {
        Which::Filesystem => router(filesystem::server(&workspace), &stop),
        Which::Github => router(github::server(&workspace), &stop),
        Which::Sql => router(sql::server(&workspace), &stop),
        Which::Slack => router(slack::server(&workspace), &stop),
    };
    Ok(HttpServer { listener, address: bound, router, stop })
}

/// [`bind_http`] and [`HttpServer::run`] in one.
///
/// # Errors
///
/// As both of them.
pub async fn serve_http(which: Which, workspace: &Path, address: SocketAddr) -> Result<(), ServeError> {
    bind_http(which, workspace, address).await?.run().await
}

fn router<H: ServerHandler + Clone>(server: H, stop: &CancellationToken) -> Router {
    let config =
        StreamableHttpServerConfig::default().with_cancellation_token(stop.clone()).enforce_origin_validation();
    let service =
        StreamableHttpService::<H, LocalSessionManager>::new(move || Ok(server.clone()), Default::default(), config);
    Router::new().nest_service("/mcp", service)
}
