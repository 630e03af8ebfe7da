//! The front door on a pair of streams: usually our own standard input and
//! output.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::desk::Desk;
use super::orchestra::Orchestra;

/// After a client closed its end, how long what it asked has to be answered;
/// then it is cancelled.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves one client over our standard input and output until it closes them
/// or `stop` is cancelled. Nothing else may read or write them meanwhile.
pub async fn serve_stdio(orchestra: Arc<dyn Orchestra>, stop: CancellationToken) -> Result<(), ClientFault> {
    let (input, output) = stdio_pipes();
    serve_streams(orchestra, input, output, stop).await
}

/// Serves one client over these streams until it closes them or `stop` is
/// cancelled.
pub async fn serve_streams(
    orchestra: Arc<dyn Orchestra>,
    input: impl AsyncRead + Unpin + Send + 'static,
    output: impl AsyncWrite + Unpin + Send + 'static,
    stop: CancellationToken,
) -> Result<(), ClientFault> {
    let left = CancellationToken::new();
    let desk = Desk::new(orchestra).until(left.clone());
    let input = Watched { input, left: left.clone() };
    let ending = stop.child_token();
    let serving = match desk.clone().serve_with_ct((input, output), ending.clone()).await {
        Ok(serving) => serving,
        // It left before it had introduced itself, or we were told to stop.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => return Ok(()),
        Err(fault) => return Err(ClientFault(fault.to_string())),
    };
    let mut ended = std::pin::pin!(serving.waiting());
    tokio::select! {
        _ = &mut ended => return Ok(()),
        () = desk.cry() => {}
        () = async { left.cancelled().await; sleep(FAREWELL).await } => {}
    }
    // What is still being answered is cancelled, and given a moment to end.
    ending.cancel();
    let _ = timeout(FAREWELL, ended).await;
    Ok(())
}

/// A stream that tells when it is over.
struct Watched<R> {
    input: R,
    left: CancellationToken,
}

impl<R: AsyncRead + Unpin> AsyncRead for Watched<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.input).poll_read(context, buffer);
        let over = matches!(&read, Poll::Ready(Ok(()))) && buffer.filled().len() == before && buffer.remaining() > 0;
        if over || matches!(&read, Poll::Ready(Err(_))) {
            self.left.cancel();
        }
        read
    }
}

/// A client did not keep to the protocol when it introduced itself.
#[derive(Debug)]
pub struct ClientFault(String);

impl std::fmt::Display for ClientFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the client did not introduce itself as MCP asks: {}", self.0)
    }
}

impl std::error::Error for ClientFault {}
