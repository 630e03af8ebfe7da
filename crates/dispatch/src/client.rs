//! The port through which calls leave.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use plan::Output;
use policy::{PermittedCall, PermittedFetch};
use query::{Blame, Fault};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::{Asks, Counterpart, Pause, Replies};

/// Whatever can carry a permitted call to its server.
pub trait ToolClient: Send + Sync {
    /// Makes the call once and waits for its result. A tool's own failure
    /// (`isError`) is a result. The connector keeps its own bound of
    /// `context.timeout`, tells the server when the call is cancelled or
    /// timed out, and drops a late reply.
    fn call(&self, call: PermittedCall, context: CallContext) -> BoxFuture<'_, Result<Output, CallFault>>;

    /// Has a resource, a prompt or a completion from its server: the result's
    /// text as the server wrote it. The same bounds hold as for a call.
    fn fetch(&self, fetch: PermittedFetch, context: CallContext) -> BoxFuture<'_, Result<Box<RawValue>, CallFault>> {
        let message = format!("server `{}` offers nothing but tools here", fetch.fetch().server);
        let fault = Fault::lasting(Blame::Caller, "unknown_resource", message);
        drop((fetch, context));
        Box::pin(async { Err(CallFault::new(fault, Sent::No)) })
    }
}

/// What a connector needs to know beside the call.
#[derive(Clone)]
pub struct CallContext {
    /// How long the call may take; hard, whatever progress is made.
    pub timeout: Duration,
    /// Cancelled when nobody waits for the result any more.
    pub cancel: CancellationToken,
    /// Where the server's progress notifications go, in order. Must not block.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Whoever asked, where they can be spoken to.
    pub counterpart: Option<Arc<dyn Counterpart>>,
    /// Their answers to what the server asked when this call was made before.
    pub replies: Option<Replies>,
    /// What is waited for them, where they can be asked: it does not count
    /// against `timeout`.
    pub pause: Option<Arc<Pause>>,
}

/// A server's word on how far a call has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// How far, in the server's unit.
    pub progress: f64,
    /// Of how much, where the server knows.
    pub total: Option<f64>,
    /// In words.
    pub message: Option<String>,
}

/// Why a call brought no result.
#[derive(Clone, Debug)]
pub struct CallFault {
    /// What went wrong.
    pub fault: Fault,
    /// Whether the server may have acted.
    pub sent: Sent,
    /// What the server wants to know before it acts; the fault's code is
    /// then `input_required`.
    pub asks: Option<Box<Asks>>,
}

impl CallFault {
    /// A fault with nothing asked.
    pub fn new(fault: Fault, sent: Sent) -> Self {
        Self { fault, sent, asks: None }
    }
}

/// Whether a failed call may have had its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// No byte of it left, or the server answered that it did not run it.
    No,
    /// It left, and what became of it is unknown.
    Unknown,
}
