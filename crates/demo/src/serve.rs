//! A demo server on a pair of byte streams: in come the server's name, the
//! workspace and the streams; it serves until the client closes them.

use std::path::Path;

use rmcp::{RoleServer, ServerHandler, ServiceExt, service::ServerInitializeError};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Which, Workspace, WorkspaceError, filesystem, github, slack, sql};

/// Why a demo server did not start or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The directory holds no demo workspace.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The client closed the streams, or spoke something else, before the
    /// session had begun.
    #[error("the MCP session could not be started: {0}")]
    Start(#[source] Box<ServerInitializeError>),
    /// The task that serves the session ended abnormally.
    #[error("the MCP session ended abnormally: {0}")]
    Session(#[from] tokio::task::JoinError),
    /// The address cannot be listened on, or the listener failed.
    #[error("cannot serve HTTP on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: std::net::SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Serves `which` over the process's standard input and output, until the
/// client closes the input. Nothing else may write to the standard output.
///
/// # Errors
///
/// When `workspace` holds no demo workspace, or the session fails.
pub async fn serve_stdio(which: Which, workspace: &Path) -> Result<(), ServeError> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve_io(which, workspace, input, output).await
}

/// Serves `which` over any two byte streams, one message a line.
///
/// # Errors
///
/// When `workspace` holds no demo workspace, or the session fails.
pub async fn serve_io<R, W>(which: Which, workspace: &Path, input: R, output: W) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let workspace = Workspace::open(workspace)?;
    match which {
        Which::Filesystem => session(filesystem::server(&workspace), input, output).await,
        Which::Github => session(github::server(&workspace), input, output).await,
        Which::Sql => session(sql::server(&workspace), input, output).await,
        Which::Slack => session(slack::server(&workspace), input, output).await,
    }
}

async fn session<H, R, W>(server: H, input: R, output: W) -> Result<(), ServeError>
where
    H: ServerHandler,
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let running = ServiceExt::<RoleServer>::serve(server, (input, output))
        .await
        .map_err(|error| ServeError::Start(Box::new(error)))?;
    running.waiting().await?;
    Ok(())
}
