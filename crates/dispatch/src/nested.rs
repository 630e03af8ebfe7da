//! The port through which a step asks a query of its own, or a model in
//! quarantine.

use catalog::ToolRef;
use futures::future::BoxFuture;
use plan::{Label, Observation, Operator, OperatorFault, StepId};
use query::Query;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

/// Whatever can answer a nested query: the engine itself.
pub trait Nested: Send + Sync {
    /// Answers it. The parent's ledger and deadline hold for it; how deep
    /// queries may nest is this port's to refuse. When `cancel` fires, what is
    /// known is returned within [`grace`](crate::grace) of the nested query.
    fn ask(&self, request: NestedQuery) -> BoxFuture<'_, Observation>;

    /// Has a model read results, in quarantine: it is shown these arguments
    /// and nothing else, and can call nothing. Without a model, it cannot be
    /// done.
    fn digest(&self, _: Digest) -> BoxFuture<'_, Observation> {
        Box::pin(std::future::ready(Observation::Failed(OperatorFault::NeedsModel.into())))
    }
}

/// Results that a model is to read, and what for.
#[derive(Clone, Debug)]
pub struct Digest {
    /// The query whose plan has it.
    pub parent: Query,
    /// The step.
    pub step: StepId,
    /// What is done.
    pub operator: Operator,
    /// Its arguments, all known.
    pub arguments: Map<String, Value>,
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
