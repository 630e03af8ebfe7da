//! A person's own browser, which comes back to a port of this machine.
//!
//! In: an address to visit. Out: the address they came back to. What it means
//! is for whoever sent them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use mcp::upstream::Browser;
use query::{Blame, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::timeout;

use crate::render::clean_line;

/// Where the browser comes back to, below our own port.
const CALLBACK: &str = "/callback";

/// The longest request that is read, in bytes; a longer one is not ours.
const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// How long one connection may take to say what it wants.
const REQUEST_PATIENCE: Duration = Duration::from_secs(5);

/// Connections that are looked at before we give up: browsers open a few by
/// themselves.
const MAX_CONNECTIONS: usize = 256;

/// What the person sees in the end.
const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Concertmaster</title>\
    <p>Concertmaster has your answer. You can close this page.</p>";

/// The program that opens an address in the person's browser.
const OPENER: &[&str] = if cfg!(target_os = "macos") {
    &["open"]
} else if cfg!(windows) {
    &["rundll32", "url.dll,FileProtocolHandler"]
} else {
    &["xdg-open"]
};

/// Waits at a port of this machine for the person to come back.
pub(crate) struct Loopback {
    listener: TcpListener,
    address: SocketAddr,
    opens: bool,
}

impl Loopback {
    /// Listens at that port, or at any that is free. Unless `opens`, the
    /// person opens the address that is shown themselves.
    pub(crate) async fn listen(port: Option<u16>, opens: bool) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, opens })
    }

    /// Where the person comes back to.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{CALLBACK}", self.address)
    }

    /// Waits for the request that comes back.
    async fn came_back(&self) -> io::Result<String> {
        for _ in 0..MAX_CONNECTIONS {
            let (stream, _) = self.listener.accept().await?;
            // Whoever is slow, or speaks something else, is not the one.
            if let Ok(Ok(Some(target))) = timeout(REQUEST_PATIENCE, asked(stream)).await {
                return Ok(format!("http://{}{target}", self.address));
            }
        }
        Err(io::Error::other("nobody but strangers came"))
    }
}

impl Browser for Loopback {
    fn visit(&self, url: String) -> BoxFuture<'_, Result<String, Fault>> {
        async move {
            let shown = clean_line(&url);
            anstream::eprintln!("To give permission, open this address in a browser:\n\n  {shown}\n");
            if self.opens {
                open(&url);
            }
            let fault = |why: io::Error| Fault::lasting(Blame::Operator, "no_permission", why.to_string());
            self.came_back().await.map_err(fault)
        }
        .boxed()
    }
}

/// What a connection asks for, if it is the way back; it is answered.
async fn asked(mut stream: TcpStream) -> io::Result<Option<String>> {
    let mut read = Vec::new();
    // All of it, or closing would cut the answer off.
    while !read.ends_with(b"\r\n\r\n") && read.len() < MAX_REQUEST_BYTES {
        if stream.read_buf(&mut read).await? == 0 {
            break;
        }
    }
    let target = target(&read);
    let (status, page) = if target.is_some() { ("200 OK", PAGE) } else { ("404 Not Found", "") };
    let head = "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close";
    let answer = format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(target)
}

/// The path and query of a request that comes back.
fn target(request: &[u8]) -> Option<String> {
    let line = request.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let target = line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?;
    let query = target.strip_prefix(CALLBACK)?.strip_prefix('?')?;
    let plain = query.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| target.to_owned())
}

/// Opens the address, if there is something to open it with: it was shown as
/// well.
fn open(url: &str) {
    let Some((program, arguments)) = OPENER.split_first() else { return };
    let mut command = Command::new(program);
    command.args(arguments).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Its end does not matter, and the runtime reaps it.
    let _ = command.spawn();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_way_back_is_taken() {
        let rows = [
            ("GET /callback?code=c&state=s HTTP/1.1\r\n", Some("/callback?code=c&state=s")),
            ("GET /callback HTTP/1.1\r\n", None),
            ("GET /callbackx?code=c HTTP/1.1\r\n", None),
            ("GET /favicon.ico HTTP/1.1\r\n", None),
            ("POST /callback?code=c HTTP/1.1\r\n", None),
            ("GET /callback?code=\u{1} HTTP/1.1\r\n", None),
            ("", None),
        ];
        for (request, expected) in rows {
            assert_eq!(target(request.as_bytes()).as_deref(), expected, "{request:?}");
        }
    }
}
