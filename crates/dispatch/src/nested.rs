//! The port through which a step asks a query of its own.

use catalog::ToolRef;
use futures::future::BoxFuture;
use plan::{Label, Observation, StepId};
use query::Query;
use tokio_util::sync::CancellationToken;

/// Whatever can answer a nested query: the engine itself.
pub trait Nested: Send + Sync {
    /// Answers it. The parent's ledger and deadline hold for it; how deep
    /// queries may nest is this port's to refuse. When `cancel` fires, what is
    /// known is returned within [`grace`](crate::grace) of the nested query.
    fn ask(&self, request: NestedQuery) -> BoxFuture<'_, Observation>;
}

/// One nested query.
#[derive(Clone, Debug)]
pub struct NestedQuery {
    /// The query whose plan asks it.
    pub parent: Query,
    /// The step that asks it.
    pub step: StepId,
    /// Its text.
    pub text: String,
    /// Where the text came from: read-only tools if any of it is untrusted.
    pub label: Label,
    /// The tools it may use.
    pub tools: Vec<ToolRef>,
    /// Cancelled when nobody waits for the answer any more.
    pub cancel: CancellationToken,
}
