//! The test server's pipes, reached over HTTP.
//!
//! In: requests of either HTTP transport. Out: what the process says, on the
//! stream where it belongs: a request's own, or the one there is.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::TEST_UPSTREAM;

/// Where one process's messages go.
struct Pipe {
    input: UnboundedSender<String>,
    /// The streams of requests, by their ids.
    streams: Mutex<BTreeMap<String, UnboundedSender<String>>>,
    /// The one stream of the first revision's transport.
    standing: Mutex<Option<UnboundedSender<String>>>,
    /// Ends with the test.
    _child: Mutex<Child>,
}

type Shared = State<Arc<Pipe>>;

/// The server over Streamable HTTP; its address.
pub(crate) async fn over_http(arguments: &[&str]) -> String {
    let router = Router::new().route("/mcp", post(exchanged)).with_state(Pipe::start(arguments));
    format!("http://{}/mcp", served(router).await)
}

/// The server over the first revision's transport; its address.
pub(crate) async fn over_events(arguments: &[&str]) -> String {
    let router = Router::new().route("/sse", get(standing)).route("/inbox", post(taken));
    format!("http://{}/sse", served(router.with_state(Pipe::start(arguments))).await)
}

async fn served(router: Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Small events wait for nothing.
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

impl Pipe {
    fn start(arguments: &[&str]) -> Arc<Self> {
        let mut command = Command::new(TEST_UPSTREAM);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (input, mut lines) = unbounded::<String>();
        tokio::spawn(async move {
            while let Some(line) = lines.next().await {
                if stdin.write_all(format!("{line}\n").as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        let pipe = Self { input, streams: Mutex::default(), standing: Mutex::default(), _child: Mutex::new(child) };
        let pipe = Arc::new(pipe);
        let told = Arc::downgrade(&pipe);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let Some(pipe) = told.upgrade() else { return };
                pipe.tell(&line);
            }
        });
        pipe
    }

    /// Puts what the process says where it belongs.
    fn tell(&self, line: &str) {
        let event = format!("event: message\ndata: {line}\n\n");
        if let Some(standing) = &*self.standing.lock().unwrap() {
            let _ = standing.unbounded_send(event);
            return;
        }
        let message: Value = serde_json::from_str(line).unwrap();
        let mut streams = self.streams.lock().unwrap();
        let asked = message["id"].as_str().and_then(|id| id.strip_prefix("ask "));
        let request = match (asked, message["method"].is_string()) {
            (Some(request), _) => request.to_owned(),
            (None, true) => message["params"]["progressToken"].to_string(),
            (None, false) => message["id"].to_string(),
        };
        if message["method"].is_string() {
            if let Some(stream) = streams.get(&request) {
                let _ = stream.unbounded_send(event);
            }
        } else if let Some(stream) = streams.remove(&request) {
            // The stream ends with the answer.
            let _ = stream.unbounded_send(event);
        }
    }
}

/// Says that a request was taken back, when its stream is dropped before the
/// answer came.
struct Hangup(Arc<Pipe>, Value);

impl Drop for Hangup {
    fn drop(&mut self) {
        if self.0.streams.lock().unwrap().remove(&self.1.to_string()).is_some() {
            let params = json!({"requestId": self.1});
            let told = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params});
            let _ = self.0.input.unbounded_send(told.to_string());
        }
    }
}

async fn exchanged(State(pipe): Shared, body: Bytes) -> Response {
    let message: Value = serde_json::from_slice(&body).unwrap();
    let id = message["id"].clone();
    if message["method"].is_null() || id.is_null() {
        pipe.input.unbounded_send(message.to_string()).unwrap();
        return StatusCode::ACCEPTED.into_response();
    }
    let (sender, receiver) = unbounded();
    pipe.streams.lock().unwrap().insert(id.to_string(), sender);
    pipe.input.unbounded_send(message.to_string()).unwrap();
    let hangup = Hangup(pipe, id);
    events(receiver, Some(hangup))
}

async fn standing(State(pipe): Shared) -> Response {
    let (sender, receiver) = unbounded();
    sender.unbounded_send("event: endpoint\ndata: /inbox\n\n".to_owned()).unwrap();
    *pipe.standing.lock().unwrap() = Some(sender);
    events(receiver, None)
}

async fn taken(State(pipe): Shared, body: Bytes) -> StatusCode {
    let message: Value = serde_json::from_slice(&body).unwrap();
    pipe.input.unbounded_send(message.to_string()).unwrap();
    StatusCode::ACCEPTED
}

fn events(stream: UnboundedReceiver<String>, hangup: Option<Hangup>) -> Response {
    let body = Body::from_stream(stream.map(move |event| {
        // It lives as long as the stream.
        let _ = &hangup;
        Ok::<_, std::convert::Infallible>(event)
    }));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
