//! An orchestra for tests: its calls go through the policy to a real fleet,
//! and its answers say what was asked.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, ToolSource};
use dispatch::Progress;
use futures::future::BoxFuture;
use mcp::downstream::{Asked, Asker, Orchestra, Told};
use mcp::upstream::Fleet;
use query::Fault;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::Call;

/// A fleet behind a front door.
pub(crate) struct House(pub(crate) Arc<Fleet>);

impl Orchestra for House {
    fn catalog(&self) -> Arc<Catalog> {
        self.0.snapshot()
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed()
    }

    /// Answers at once, except that `sleep` waits to be cancelled.
    fn ask(&self, asked: Asked, asker: Asker) -> BoxFuture<'_, Told> {
        Box::pin(async move {
            for i in 1..=3 {
                let message = Some(format!("step {i}"));
                (asker.progress)(Progress { progress: f64::from(i), total: Some(3.0), message });
            }
            if asked.query == "sleep" {
                asker.cancel.cancelled().await;
            }
            let outcome = json!({"outcome": "answered", "answer": {"text": asked.query}, "facts": asked.facts});
            Told { outcome, text: format!("you asked: {}", asked.query), failed: false }
        })
    }

    fn plan(&self, query: String, _: Asker) -> BoxFuture<'_, Told> {
        Box::pin(async move { Told { outcome: json!({"explain": query}), text: query, failed: false } })
    }

    fn run_plan(&self, plan: Value, _: Option<Duration>, _: Asker) -> BoxFuture<'_, Told> {
        let outcome = json!({"outcome": "refused", "reason": "failed", "plan": plan});
        Box::pin(async move { Told { outcome, text: "that plan has faults".to_owned(), failed: true } })
    }

    fn find_tools(&self, query: String, limit: usize, _: Asker) -> BoxFuture<'_, Told> {
        let catalog = self.0.snapshot();
        let found = catalog.tools().iter().filter(|tool| tool.reference.tool.contains(&query)).take(limit);
        let found: Vec<Value> = found.map(|tool| json!({"name": tool.reference})).collect();
        Box::pin(async move { Told { outcome: json!({"tools": found}), text: query, failed: false } })
    }

    fn call_tool(
        &self,
        tool: String,
        arguments: Map<String, Value>,
        asker: Asker,
    ) -> BoxFuture<'_, Result<Value, Fault>> {
        Box::pin(async move {
            let call = Call { cancel: asker.cancel, timeout: Duration::from_secs(20), ..Call::default() };
            let called = call.make_telling(&self.0, &tool, arguments.into(), asker.progress).await;
            called.map(|output| output.raw().cloned().unwrap_or_default()).map_err(|fault| fault.fault)
        })
    }
}
