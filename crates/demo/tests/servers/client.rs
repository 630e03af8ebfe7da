//! A client on a fresh workspace, in a few words.

use concertmaster_demo::{Which, Workspace, serve_io};
use rmcp::{
    ClientLifecycleMode, ClientServiceExt, RoleClient,
    model::{CallToolRequestParams, CallToolResult, ProtocolVersion},
    service::RunningService,
};
use serde_json::Value;
use tempfile::TempDir;

/// The two ways to begin a session.
pub(crate) fn modern() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
}

pub(crate) struct Client {
    pub(crate) session: RunningService<RoleClient, ()>,
    pub(crate) workspace: Workspace,
    _directory: Option<TempDir>,
}

impl Client {
    /// A server on a workspace of its own.
    pub(crate) async fn of(which: Which) -> Self {
        let directory = TempDir::new().unwrap();
        let workspace = Workspace::materialise(directory.path()).unwrap();
        let mut client = Self::on(which, &workspace, modern()).await;
        client._directory = Some(directory);
        client
    }

    /// A server on a workspace that others may use too.
    pub(crate) async fn on(which: Which, workspace: &Workspace, lifecycle: ClientLifecycleMode) -> Self {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (input, output) = tokio::io::split(far);
        let root = workspace.root().to_owned();
        tokio::spawn(async move { serve_io(which, &root, input, output).await.unwrap() });
        let session = ().serve_with_lifecycle(near, lifecycle).await.unwrap();
        Self { session, workspace: workspace.clone(), _directory: None }
    }

    pub(crate) async fn result(&self, tool: &'static str, arguments: Value) -> CallToolResult {
        let arguments = arguments.as_object().cloned().unwrap();
        let request = CallToolRequestParams::new(tool).with_arguments(arguments);
        self.session.call_tool(request).await.unwrap()
    }

    /// The structured result of a call that succeeds.
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> Value {
        let result = self.result(tool, arguments).await;
        assert_ne!(result.is_error, Some(true), "{tool}: {:?}", result.content);
        result.structured_content.unwrap()
    }

    /// The message of a call that is refused.
    pub(crate) async fn refusal(&self, tool: &'static str, arguments: Value) -> String {
        let result = self.result(tool, arguments).await;
        assert_eq!(result.is_error, Some(true), "{tool}: {:?}", result.structured_content);
        text(&result)
    }
}

pub(crate) fn text(result: &CallToolResult) -> String {
    result.content[0].as_text().unwrap().text.clone()
}

/// The values at `pointer` of each element of the array `list`.
pub(crate) fn each(value: &Value, list: &str, pointer: &str) -> Vec<Value> {
    let list = value.pointer(list).and_then(Value::as_array).unwrap();
    list.iter().map(|item| item.pointer(pointer).cloned().unwrap_or(Value::Null)).collect()
}
