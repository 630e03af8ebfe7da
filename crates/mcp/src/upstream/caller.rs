//! Whoever waits for a request's result, as its server may reach them.
//!
//! In: progress and log messages of a server. Out: the same, handed on. It
//! knows no wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog::ServerId;
use dispatch::{CallContext, Counterpart};
use serde_json::value::RawValue;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::wire::ProgressSink;

/// Questions that may be put during one call; more are refused.
const MAX_QUESTIONS_PER_CALL: usize = 64;

/// Whoever waits for the result of one call.
pub(crate) struct Caller {
    pub(crate) progress: ProgressSink,
    pub(crate) counterpart: Option<Arc<dyn Counterpart>>,
    /// Cancelled when the call is over: what its server asked is moot then.
    pub(crate) over: CancellationToken,
    asked: AtomicUsize,
}

impl Caller {
    /// The caller of a call, and what ends it when it is dropped.
    pub(crate) fn of(context: &CallContext) -> (Arc<Self>, DropGuard) {
        let over = CancellationToken::new();
        let guard = over.clone().drop_guard();
        let (progress, counterpart) = (Arc::clone(&context.progress), context.counterpart.clone());
        (Arc::new(Self { progress, counterpart, over, asked: AtomicUsize::new(0) }), guard)
    }

    /// Counts one more question; whether there were not too many yet.
    pub(crate) fn may_be_asked(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) < MAX_QUESTIONS_PER_CALL
    }

    /// Hands on the parameters of a log message.
    pub(crate) fn log(&self, server: &ServerId, params: Option<&RawValue>) {
        if let (Some(counterpart), Some(params)) = (&self.counterpart, params) {
            counterpart.log(server, params);
        }
    }

    /// Whether two callers are one client that can be spoken to.
    pub(crate) fn is_same_client(&self, other: &Self) -> bool {
        match (&self.counterpart, &other.counterpart) {
            (Some(ours), Some(theirs)) => ours.name() == theirs.name(),
            _ => false,
        }
    }
}
