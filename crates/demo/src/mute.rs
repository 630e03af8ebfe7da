//! A demo server that lists its tools and never answers a call: what a server
//! that hangs looks like to those who rely on it.

use std::io;
use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream};

use crate::{ServeError, Which, serve_io};

/// Bytes on their way to the server; more wait.
const PIPE_BYTES: usize = 64 * 1024;

/// The longest message that is taken in, in bytes: 1 MiB. A longer one ends
/// the server.
const MAX_MESSAGE_BYTES: u64 = 1024 * 1024;

/// Serves `which` over the process's standard input and output until the
/// client closes the input. Calls of its tools are never answered.
///
/// # Errors
///
/// As [`serve_io`].
pub async fn serve_stdio_mute(which: Which, workspace: &Path) -> Result<(), ServeError> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve_mute(which, workspace, input, output).await
}

async fn serve_mute<R, W>(which: Which, workspace: &Path, input: R, output: W) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let (near, far) = tokio::io::duplex(PIPE_BYTES);
    tokio::select! {
        served = serve_io(which, workspace, far, output) => served,
        // Input that breaks and input that ends are the same here.
        _ = feed(input, near) => Ok(()),
    }
}

/// Passes messages on, but those that call a tool.
async fn feed(input: impl AsyncRead + Unpin, mut server: DuplexStream) -> io::Result<()> {
    let mut input = BufReader::new(input);
    let mut line = String::new();
    loop {
        line.clear();
        let read = (&mut input).take(MAX_MESSAGE_BYTES).read_line(&mut line).await?;
        if read == 0 || !line.ends_with('\n') {
            return Ok(());
        }
        if !line.contains(r#""tools/call""#) {
            server.write_all(line.as_bytes()).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everything_is_passed_on_but_calls() {
        let rows = [
            ("{\"a\":1}\n{\"method\":\"tools/call\"}\n{}\n", "{\"a\":1}\n{}\n"),
            ("{\"method\":\"tools/call\"}\n", ""),
            ("{}\nno end", "{}\n"),
            ("", ""),
        ];
        for (input, passed) in rows {
            let (near, mut far) = tokio::io::duplex(PIPE_BYTES);
            feed(input.as_bytes(), near).await.unwrap();
            let mut all = String::new();
            far.read_to_string(&mut all).await.unwrap();
            assert_eq!(all, passed, "{input:?}");
        }
    }
}
