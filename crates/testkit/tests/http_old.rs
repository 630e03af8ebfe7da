//! HTTP servers of the legacy era, written by hand: the first revision's
//! transport, streams that break, questions on streams.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use catalog::ServerId;
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use mcp::upstream::{ServerState, Transport, UpstreamConfig};
use serde_json::{Value, json};
use support::counterpart::{ANYTHING, Teller};
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

/// What the server keeps between requests.
#[derive(Default)]
struct Kept {
    /// Where the standing stream's events go.
    stream: Mutex<Option<UnboundedSender<String>>>,
    /// Where the call's stream's events go.
    call: Mutex<Option<UnboundedSender<String>>>,
    /// Ids with which streams were taken up again.
    resumed: Mutex<Vec<String>>,
    /// The id of the call that asked.
    asked_by: AtomicUsize,
}

type Shared = State<Arc<Kept>>;

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn upstream(url: String) -> UpstreamConfig {
    let config = UpstreamConfig::new(ServerId::new("s"), Transport::http(url));
    trusted(UpstreamConfig { start_timeout: Duration::from_secs(5), ..config })
}

fn events(stream: UnboundedReceiver<String>) -> Response {
    let body = Body::from_stream(stream.map(Ok::<_, std::io::Error>));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn event(message: &Value) -> String {
    format!("event: message\ndata: {message}\n\n")
}

/// What any of the servers answers to what is not a call.
fn usual(message: &Value, version: &str) -> Option<Value> {
    let result = match message["method"].as_str()? {
        "initialize" => {
            json!({"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "old"}})
        }
        "tools/list" => json!({"tools": [{"name": "get_it", "inputSchema": {"type": "object"}}]}),
        _ => return None,
    };
    Some(json!({"jsonrpc": "2.0", "id": message["id"], "result": result}))
}

fn done(id: &Value, text: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": text}]}})
}

/// The first revision's transport: the stream says where to post.
async fn open_stream(State(kept): Shared) -> Response {
    let (sender, receiver) = unbounded();
    sender.unbounded_send("event: endpoint\ndata: /inbox?session=1\n\n".to_owned()).unwrap();
    *kept.stream.lock().unwrap() = Some(sender);
    events(receiver)
}

async fn take_message(State(kept): Shared, body: Bytes) -> StatusCode {
    let message: Value = serde_json::from_slice(&body).unwrap();
    let answer = match message["method"].as_str() {
        Some("tools/call") => {
            let token = &message["params"]["_meta"]["progressToken"];
            let told = json!({"progressToken": token, "progress": 1});
            let told = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": told});
            kept.stream.lock().unwrap().as_ref().unwrap().unbounded_send(event(&told)).unwrap();
            Some(done(&message["id"], "by events"))
        }
        _ => usual(&message, "2024-11-05"),
    };
    if let Some(answer) = answer {
        kept.stream.lock().unwrap().as_ref().unwrap().unbounded_send(event(&answer)).unwrap();
    }
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn the_first_revisions_transport_is_found_and_spoken() {
    let kept = Arc::new(Kept::default());
    let router = Router::new().route("/sse", get(open_stream)).route("/inbox", post(take_message));
    let address = serve(router.with_state(Arc::clone(&kept))).await;
    let fleet = fleet(vec![upstream(format!("http://{address}/sse"))]).await;
    let ServerState::Ready(ready) = status_of(&fleet, "s").state else { panic!("{:?}", fleet.status()) };
    assert_eq!((ready.era, ready.protocol.as_str()), ("legacy", "2024-11-05"));
    let asked = Call::default();
    assert_eq!(text(&asked.make(&fleet, "s.get_it", json!({})).await.unwrap()), "by events");
    assert_eq!(asked.progress.lock().unwrap().len(), 1);

    // The stream ends, and with it the connection; another is opened.
    kept.stream.lock().unwrap().take().unwrap().close_channel();
    until("it is back", || {
        status_of(&fleet, "s").starts >= 2 && matches!(status_of(&fleet, "s").state, ServerState::Ready(_))
    })
    .await;
    assert_eq!(text(&call(&fleet, "s.get_it", json!({})).await.unwrap()), "by events");
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_stream_that_sends_us_elsewhere_is_not_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let elsewhere = serve(Router::new().fallback(move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
    }))
    .await;
    let away = format!("event: endpoint\ndata: http://{elsewhere}/inbox\n\n");
    let address = serve(
        Router::new().route("/sse", get(move || async move { ([(header::CONTENT_TYPE, "text/event-stream")], away) })),
    )
    .await;
    let fleet = fleet(vec![upstream(format!("http://{address}/sse"))]).await;
    let expected = "server_unreachable: server `s` answered with HTTP status 405 before it introduced itself; \
                    check its `url` in the configuration";
    assert_eq!(failure_of(&fleet, "s"), expected);
    assert_eq!(visits.load(Ordering::SeqCst), 0, "it was followed to another origin");
    fleet.stop(DRAIN).await;
}

fn in_session(answer: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE.as_str(), "application/json"), ("mcp-session-id", "one")];
    (headers, answer.to_string()).into_response()
}

/// A server in a session whose every call's stream breaks before the answer.
async fn breaking(body: Bytes) -> Response {
    let message: Value = serde_json::from_slice(&body).unwrap();
    match message["method"].as_str() {
        Some("tools/call") => {
            let first = format!("id: {}-0\nretry: 60\ndata:\n\n", message["id"]);
            ([(header::CONTENT_TYPE, "text/event-stream")], first).into_response()
        }
        _ => match usual(&message, "2025-11-25") {
            Some(answer) => in_session(&answer),
            None if message["id"].is_null() => StatusCode::ACCEPTED.into_response(),
            None => (StatusCode::BAD_REQUEST, "what?").into_response(),
        },
    }
}

async fn resuming(State(kept): Shared, headers: HeaderMap) -> Response {
    let Some(last) = headers.get("last-event-id").and_then(|last| last.to_str().ok()) else {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    };
    kept.resumed.lock().unwrap().push(last.to_owned());
    let (id, turn) = last.split_once('-').unwrap();
    let (id, turn): (u64, u64) = (id.parse().unwrap(), turn.parse().unwrap());
    let text = match turn {
        // It breaks once more, and then brings the answer.
        0 => format!("id: {id}-1\ndata:\n\n"),
        _ => event(&done(&json!(id), "after two breaks")),
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], text).into_response()
}

#[tokio::test]
async fn a_broken_stream_is_taken_up_where_it_broke() {
    let kept = Arc::new(Kept::default());
    let router = Router::new().route("/mcp", post(breaking).get(resuming)).with_state(Arc::clone(&kept));
    let address = serve(router).await;
    let fleet = fleet(vec![upstream(format!("http://{address}/mcp"))]).await;
    assert_eq!(text(&call(&fleet, "s.get_it", json!({})).await.unwrap()), "after two breaks");
    let resumed = kept.resumed.lock().unwrap().clone();
    assert_eq!(resumed.len(), 2, "{resumed:?}");
    assert!(resumed[0].ends_with("-0") && resumed[1].ends_with("-1"), "{resumed:?}");
    fleet.stop(DRAIN).await;
}

/// A server that asks on the call's own stream, and answers the call with the
/// answer.
async fn asking(State(kept): Shared, body: Bytes) -> Response {
    let message: Value = serde_json::from_slice(&body).unwrap();
    if message["id"] == "q" {
        let heard = json!({"result": message["result"], "error": message["error"]["message"]}).to_string();
        let call = kept.call.lock().unwrap().take().unwrap();
        let id = kept.asked_by.load(Ordering::SeqCst);
        call.unbounded_send(event(&done(&json!(id), &heard))).unwrap();
        return StatusCode::ACCEPTED.into_response();
    }
    if message["method"] == "tools/call" {
        let (sender, receiver) = unbounded();
        let log =
            json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1.0}});
        let question = json!({"jsonrpc": "2.0", "id": "q", "method": "roots/list"});
        sender.unbounded_send(event(&log) + &event(&question)).unwrap();
        kept.asked_by.store(usize::try_from(message["id"].as_u64().unwrap()).unwrap(), Ordering::SeqCst);
        *kept.call.lock().unwrap() = Some(sender);
        return events(receiver);
    }
    match usual(&message, "2025-06-18") {
        Some(answer) => in_session(&answer),
        None if message["id"].is_null() => StatusCode::ACCEPTED.into_response(),
        None => (StatusCode::BAD_REQUEST, "what?").into_response(),
    }
}

#[tokio::test]
async fn a_question_on_a_calls_own_stream_is_that_calls() {
    let kept = Arc::new(Kept::default());
    let router = Router::new().route("/mcp", post(asking)).with_state(kept);
    let address = serve(router).await;
    let fleet = fleet(vec![upstream(format!("http://{address}/mcp"))]).await;
    let teller = Arc::new(Teller::new("one", ANYTHING, Some(r#"{"roots":[]}"#)));
    let asked = Call { counterpart: Some(Arc::clone(&teller) as _), ..Call::default() };
    let output = asked.make(&fleet, "s.get_it", json!({})).await.unwrap();
    assert_eq!(text(&output), r#"{"result":{"roots":[]},"error":null}"#);
    assert_eq!(*teller.logged.lock().unwrap(), [r#"s {"level":"info","data":1.0}"#]);
    let output = call(&fleet, "s.get_it", json!({})).await.unwrap();
    assert_eq!(text(&output), r#"{"result":null,"error":"there is no client that this can be asked"}"#);
    fleet.stop(DRAIN).await;
}
