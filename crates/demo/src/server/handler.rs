//! The MCP side: requests in, the service's answers out.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, JsonObject,
        ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool as Definition,
    },
    service::RequestContext,
};
use serde_json::Value;

use super::{Fault, ToolList};

/// How long a client may keep the tool list: the tools never change while a
/// server runs.
const TOOL_LIST_TTL_MS: u64 = 300_000;

/// Who a server says it is.
#[derive(Debug)]
pub(crate) struct Profile {
    /// The name in `serverInfo`.
    pub(crate) name: &'static str,
    /// The name people read.
    pub(crate) title: &'static str,
    /// One sentence on what it gives access to.
    pub(crate) description: &'static str,
    /// How to use its tools together.
    pub(crate) instructions: &'static str,
}

/// A service behind MCP. Cloning shares the service.
pub(crate) struct Server<S> {
    profile: &'static Profile,
    service: Arc<S>,
    tools: Arc<ToolList<S>>,
}

impl<S> Clone for Server<S> {
    fn clone(&self) -> Self {
        Self { profile: self.profile, service: Arc::clone(&self.service), tools: Arc::clone(&self.tools) }
    }
}

impl<S: Send + Sync + 'static> Server<S> {
    pub(crate) fn new(profile: &'static Profile, service: S, tools: ToolList<S>) -> Self {
        Self { profile, service: Arc::new(service), tools: Arc::new(tools) }
    }

    async fn run(&self, name: &str, arguments: JsonObject) -> Result<CallToolResult, ErrorData> {
        let Some(call) = self.tools.find(name) else {
            return Err(self.no_such_tool(name));
        };
        let service = Arc::clone(&self.service);
        tokio::task::spawn_blocking(move || call(&service, arguments))
            .await
            .map(answer)
            .map_err(|error| ErrorData::internal_error(format!("{name} failed: {error}"), None))
    }

    fn no_such_tool(&self, name: &str) -> ErrorData {
        let names: Vec<String> = self.tools.definitions().iter().map(|tool| tool.name.to_string()).collect();
        let message = format!("there is no tool \"{name}\"; the tools are {}", names.join(", "));
        ErrorData::invalid_params(message, None)
    }
}

impl<S: Send + Sync + 'static> ServerHandler for Server<S> {
    fn get_info(&self) -> ServerConfig {
        let identity = Implementation::new(self.profile.name, env!("CARGO_PKG_VERSION"))
            .with_title(self.profile.title)
            .with_description(self.profile.description);
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(identity)
            .with_instructions(self.profile.instructions)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = ListToolsResult::with_all_items(self.tools.definitions());
        if context.protocol_version().is_some_and(|v| v >= ProtocolVersion::V_2026_07_28) {
            list.ttl_ms = Some(TOOL_LIST_TTL_MS);
            list.cache_scope = Some(CacheScope::Public);
        }
        Ok(list)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        self.run(&request.name, arguments).await.map(CallToolResponse::from)
    }

    fn get_tool(&self, name: &str) -> Option<Definition> {
        self.tools.definition(name).cloned()
    }
}

fn answer(result: Result<Value, Fault>) -> CallToolResult {
    result.map_or_else(Fault::into_result, CallToolResult::structured)
}
