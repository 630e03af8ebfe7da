//! The front desk: takes a client's requests and hands them to the
//! orchestra.

use std::sync::Arc;
use std::time::Duration;

use query::Principal;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, Implementation, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, SubscriptionFilter, Tool,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::herald::{Herald, settled_change};
use super::orchestra::{Asked, Asker, Orchestra};
use super::own_tools::{DEFAULT_FOUND, OwnTool};
use super::progress::Relay;
use super::result::{of_fault, of_server, of_told, tool};

/// Calls served at the same time; more are refused at once.
const MAX_CALLS: usize = 256;

const INSTRUCTIONS: &str = "One front for many MCP servers. `ask` answers a query in plain words from all of them; \
`plan` shows what it would do; `run_plan` runs a plan you write; `find_tools` and `call_tool` reach single tools.";

/// Serves one client, or any number; clones share everything.
#[derive(Clone)]
pub(crate) struct Desk {
    orchestra: Arc<dyn Orchestra>,
    herald: Herald,
    room: Arc<Semaphore>,
    /// Cancelled when nobody can hear announcements any more.
    deserted: CancellationToken,
}

impl Desk {
    pub(crate) fn new(orchestra: Arc<dyn Orchestra>) -> Self {
        let room = Arc::new(Semaphore::new(MAX_CALLS));
        Self { orchestra, herald: Herald::default(), room, deserted: CancellationToken::new() }
    }

    /// Its announcements end when `deserted` is cancelled.
    pub(crate) fn until(self, deserted: CancellationToken) -> Self {
        Self { deserted, ..self }
    }

    /// Tells clients of changes; never ends. Run it once, for all clones.
    pub(crate) async fn cry(self) {
        self.herald.cry(self.orchestra.changes()).await;
        std::future::pending().await
    }

    /// Our own tools first, then the servers', in the catalogue's order.
    fn tools(&self) -> Vec<Tool> {
        let own = OwnTool::ALL.into_iter().filter_map(|own| tool(own.definition()));
        let catalog = self.orchestra.catalog();
        own.chain(catalog.tools().iter().filter_map(|tool| offered(tool))).collect()
    }

    async fn serve(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        asker: Asker,
    ) -> Result<CallToolResult, ErrorData> {
        let Some(own) = OwnTool::named(name) else {
            let found = self.orchestra.catalog().find(name).map(|tool| tool.reference.to_string());
            let Some(found) = found else {
                let message = format!("there is no tool `{name}`; `find_tools` finds those there are");
                return Err(ErrorData::invalid_params(message, None));
            };
            return Ok(self.passed(found, arguments, asker).await);
        };
        if let Some(fault) = own.fault_in(&arguments) {
            return Err(ErrorData::invalid_params(fault, None));
        }
        let told = match own {
            OwnTool::Ask => self.orchestra.ask(asked(&arguments), asker).await,
            OwnTool::Plan => self.orchestra.plan(text(&arguments, "query"), asker).await,
            OwnTool::RunPlan => {
                let plan = arguments.get("plan").cloned().unwrap_or_default();
                self.orchestra.run_plan(plan, within(&arguments), asker).await
            }
            OwnTool::FindTools => {
                let limit = arguments.get("limit").and_then(Value::as_u64).and_then(|limit| limit.try_into().ok());
                self.orchestra.find_tools(text(&arguments, "query"), limit.unwrap_or(DEFAULT_FOUND), asker).await
            }
            OwnTool::CallTool => {
                let given = arguments.get("arguments").and_then(Value::as_object).cloned().unwrap_or_default();
                return Ok(self.passed(text(&arguments, "name"), given, asker).await);
            }
        };
        Ok(of_told(told))
    }

    async fn passed(&self, tool: String, arguments: Map<String, Value>, asker: Asker) -> CallToolResult {
        match self.orchestra.call_tool(tool, arguments, asker).await {
            Ok(raw) => of_server(raw),
            Err(fault) => of_fault(&fault),
        }
    }
}

fn text(arguments: &Map<String, Value>, name: &str) -> String {
    arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn within(arguments: &Map<String, Value>) -> Option<Duration> {
    let seconds = arguments.get("within_seconds")?.as_f64()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn asked(arguments: &Map<String, Value>) -> Asked {
    let facts = arguments.get("facts").and_then(Value::as_object).into_iter().flatten();
    let facts = facts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    Asked { query: text(arguments, "query"), within: within(arguments), facts }
}

/// A server's tool under its public name, otherwise as its server lists it.
fn offered(known: &catalog::Tool) -> Option<Tool> {
    let mut definition = json!(known.listing);
    definition["name"] = known.public_name.as_str().into();
    tool(definition)
}

impl ServerHandler for Desk {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("concertmaster", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools()))
    }

    /// Lets the HTTP transport hold a call's headers against its arguments.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        match OwnTool::named(name) {
            Some(own) => tool(own.definition()),
            None => self.orchestra.catalog().find(name).and_then(|tool| offered(tool)),
        }
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Ok(_place) = self.room.try_acquire() else {
            let message = format!("{MAX_CALLS} calls are being served; try again in a moment");
            return Err(ErrorData::internal_error(message, None));
        };
        let (progress, relay) = Relay::new(context.meta.get_progress_token());
        // Cancelled with the request, and also when this future is dropped.
        let cancel = context.ct.child_token();
        let _gone = cancel.clone().drop_guard();
        let asker = Asker { principal: Principal::local(), cancel, progress };
        let arguments = request.arguments.unwrap_or_default();
        let served = self.serve(&request.name, arguments, asker);
        relay.while_running(&context.peer, served).await.map(CallToolResponse::Complete)
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let ours = SubscriptionFilter::builder().tools_list_changed().build();
        Some(requested.intersection(&ours))
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changes = self.orchestra.changes();
        changes.mark_unchanged();
        let telling = async {
            while settled_change(&mut changes).await {
                if subscription.sink().notify_tool_list_changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = subscription.cancelled() => {}
            () = self.deserted.cancelled() => {}
            () = telling => {}
        }
        Ok(())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.herald.enlist(context.peer);
    }
}
