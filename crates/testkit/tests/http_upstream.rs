//! HTTP servers that are not ours: one of the legacy era, and ones that break
//! the rules.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use catalog::{ServerId, ToolSource};
use mcp::upstream::{ServerState, Transport, UpstreamConfig};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::json;
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

/// A server of the legacy era alone.
#[derive(Clone, Default)]
struct Old {
    grown: Arc<AtomicUsize>,
    cancelled: Arc<AtomicUsize>,
}

impl ServerHandler for Old {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build())
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        ProtocolVersion::known_up_to(&ProtocolVersion::V_2025_11_25).to_vec().into()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let names = ["get_echo", "get_stuck", "get_more"].map(str::to_owned);
        let grown = (0..self.grown.load(Ordering::SeqCst)).map(|i| format!("get_grown_{i}"));
        let schema = json!({"type": "object", "properties": {"text": {"type": "string"}}});
        let schema = Arc::new(schema.as_object().unwrap().clone());
        let tools = names.into_iter().chain(grown).map(|name| Tool::new(name, "Is there.", Arc::clone(&schema)));
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name == "get_stuck" {
            context.ct.cancelled().await;
            self.cancelled.fetch_add(1, Ordering::SeqCst);
        }
        if request.name == "get_more" {
            self.grown.fetch_add(1, Ordering::SeqCst);
            context.peer.notify_tool_list_changed().await.unwrap();
        }
        if let Some(token) = context.meta.get_progress_token() {
            for i in 1..=3 {
                let told = ProgressNotificationParam::new(token.clone(), f64::from(i));
                context.peer.notify_progress(told).await.unwrap();
            }
        }
        let text = request
            .arguments
            .unwrap_or_default()
            .get("text")
            .and_then(|text| text.as_str())
            .unwrap_or_default()
            .to_owned();
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }
}

/// Serves a router on loopback until the test ends.
async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn upstream(id: &str, url: String) -> UpstreamConfig {
    let config = UpstreamConfig::new(ServerId::new(id), Transport::http(url));
    trusted(UpstreamConfig { start_timeout: Duration::from_secs(3), ..config })
}

#[tokio::test]
async fn a_server_of_the_legacy_era_is_spoken_to_in_a_session() {
    let old = Old::default();
    let sessions = Arc::new(LocalSessionManager::default());
    let handler = old.clone();
    let settings = StreamableHttpServerConfig::default();
    let service = StreamableHttpService::new(move || Ok(handler.clone()), Arc::clone(&sessions), settings);
    let address = serve(Router::new().route_service("/mcp", service)).await;
    let fleet = fleet(vec![upstream("old", format!("http://{address}/mcp"))]).await;
    let ServerState::Ready(ready) = status_of(&fleet, "old").state else { panic!("{:?}", fleet.status()) };
    assert_eq!((ready.era, ready.protocol.as_str()), ("legacy", "2025-11-25"));

    let asked = Call::default();
    assert_eq!(text(&asked.make(&fleet, "old.get_echo", json!({"text": "a"})).await.unwrap()), "a");
    let seen: Vec<u64> = asked.progress.lock().unwrap().iter().map(|told| told.progress as u64).collect();
    assert_eq!(seen, [1, 2, 3]);

    let asked = Call { timeout: Duration::from_millis(300), ..Call::default() };
    let fault = asked.make(&fleet, "old.get_stuck", json!({})).await.unwrap_err();
    assert_eq!(fault.fault.code, "timed_out");
    until("the server hears of it", || old.cancelled.load(Ordering::SeqCst) == 1).await;

    call(&fleet, "old.get_more", json!({})).await.unwrap();
    until("the new tool is listed", || tools_of(&fleet, "old").contains(&"get_grown_0".to_owned())).await;

    // A session that the server forgot is opened again, and the call that
    // found it out, which the server did not run, is made again.
    sessions.sessions.write().await.clear();
    assert_eq!(text(&call(&fleet, "old.get_echo", json!({"text": "b"})).await.unwrap()), "b");
    assert!(matches!(status_of(&fleet, "old").state, ServerState::Ready(_)));
    assert_eq!(status_of(&fleet, "old").starts, 2);
    assert_eq!(text(&call(&fleet, "old.get_echo", json!({"text": "c"})).await.unwrap()), "c");
    fleet.stop(DRAIN).await;
    assert_eq!(sessions.sessions.read().await.len(), 0, "it took leave");
}

fn endless() -> impl IntoResponse {
    let piece = Bytes::from_static(&[b' '; 64 * 1024]);
    let body = futures::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body))
}

fn endless_event() -> impl IntoResponse {
    let piece = Bytes::from_static(&[b'x'; 64 * 1024]);
    let body = futures::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(body))
}

#[tokio::test]
async fn endpoints_that_break_the_rules_fail_with_a_reason_and_in_time() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let elsewhere = serve(Router::new().fallback(move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
    }))
    .await;
    let away = format!("http://{elsewhere}/mcp");
    let router = Router::new()
        .route("/locked", post(|| async { StatusCode::UNAUTHORIZED }))
        .route("/broken", post(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "out of memory") }))
        .route("/page", post(|| async { ([(header::CONTENT_TYPE, "text/html")], "<h1>Welcome</h1>") }))
        .route("/hang", post(|| async { tokio::time::sleep(Duration::from_secs(60)).await }))
        .route("/endless", post(|| async { endless() }))
        .route("/endless-event", post(|| async { endless_event() }))
        .route("/cut", post(|| async { ([(header::CONTENT_TYPE, "text/event-stream")], "data: {\"x\":\n\n") }))
        .route("/get-only", get(|| async { "hello" }))
        .route("/away", post(move || async move { (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, away)]) }));
    let address = serve(router).await;
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let rows = [
        (
            "locked",
            "server_unauthorized: server `locked` answered with HTTP status 401 before it introduced itself; check its `headers` in the configuration",
        ),
        (
            "broken",
            "server_unavailable: server `broken` answered with HTTP status 500 before it introduced itself: out of memory",
        ),
        (
            "page",
            "result_malformed: server `page` broke the protocol before it introduced itself: its answer is no JSON-RPC response",
        ),
        ("hang", "timed_out: server `hang` did not introduce itself within 3 s"),
        ("endless", "result_too_long: server `endless` answered with more than 16 MiB before it introduced itself"),
        (
            "endless-event",
            "result_too_long: server `endless-event` answered with more than 16 MiB before it introduced itself",
        ),
        (
            "cut",
            "result_malformed: server `cut` broke the protocol before it introduced itself: it ended its answer before the result",
        ),
        (
            "get-only",
            "server_unreachable: server `get-only` answered with HTTP status 405 before it introduced itself; check its `url` in the configuration",
        ),
        (
            "nowhere",
            "server_unreachable: server `nowhere` answered with HTTP status 404 before it introduced itself; check its `url` in the configuration",
        ),
        ("away", "server_refused: server `away` answered with HTTP status 307 before it introduced itself"),
    ];
    let mut configs: Vec<_> = rows.iter().map(|(id, _)| upstream(id, format!("http://{address}/{id}"))).collect();
    configs.push(upstream("nobody", format!("http://{nobody}/mcp")));
    configs.push(upstream("nonsense", "not a url".to_owned()));
    configs.push(server("good", &["plain"]));
    let began = Instant::now();
    let fleet = fleet(configs).await;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    for (id, expected) in rows {
        assert_eq!(failure_of(&fleet, id), expected);
    }
    assert!(failure_of(&fleet, "nobody").starts_with("server_unreachable: server `nobody` cannot be reached before"));
    assert!(failure_of(&fleet, "nonsense").starts_with("server_config: server `nonsense`: `not a url` is no URL"));
    assert_eq!(visits.load(Ordering::SeqCst), 0, "a redirect to another origin was followed");
    assert_eq!(fleet.snapshot().tools().len(), 7, "the good server's");
    fleet.stop(DRAIN).await;
}
