//! `typed_proxy LISTEN URL`: passes calls on with the SDK's own types.
//!
//! The plainest proxy that the Rust SDK makes: its server in front, one pooled
//! client behind. The benchmark holds Concertmaster against it; nothing else
//! is done with it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::ListenerExt;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ClientLifecycleMode, ClientServiceExt, ErrorData, RoleClient, RoleServer, ServerHandler};
use tokio::net::TcpListener;

/// Requests that the client behind has under way at once.
const AT_ONCE: usize = 256;

#[derive(Clone)]
struct Proxy {
    behind: Arc<RunningService<RoleClient, ()>>,
    tools: Arc<[Tool]>,
}

impl ServerHandler for Proxy {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.to_vec()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let result = self.behind.call_tool(request).await;
        result.map(CallToolResponse::from).map_err(|error| ErrorData::internal_error(error.to_string(), None))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.iter().find(|tool| tool.name == name).cloned()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "typed_proxy LISTEN URL";
    let address: SocketAddr = arguments.next().ok_or(usage)?.parse()?;
    let url = arguments.next().ok_or(usage)?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = StreamableHttpClientTransportConfig::with_uri(url).max_concurrent_requests(AT_ONCE);
    // The SDK's own client keeps no connection between calls.
    let transport = StreamableHttpClientTransport::with_client(reqwest::Client::new(), config);
    let modern = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let behind = ().serve_with_lifecycle(transport, modern).await?;
    let tools = behind.list_all_tools().await?.into();
    let proxy = Proxy { behind: Arc::new(behind), tools };
    let service = StreamableHttpService::<Proxy, LocalSessionManager>::new(
        move || Ok(proxy.clone()),
        Arc::default(),
        StreamableHttpServerConfig::default(),
    );
    // Without this, small answers wait 40 ms for an acknowledgement.
    let listener = TcpListener::bind(address).await?.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?;
    Ok(())
}
