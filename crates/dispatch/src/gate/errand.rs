//! What one call is made with, beside the call.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use catalog::ToolRef;
use plan::Observation;
use policy::Authority;
use query::Deadline;
use tokio_util::sync::CancellationToken;

use crate::{Asks, Counterpart, Progress, Replies, Stop};

/// On whose behalf one call is made, and how they are kept informed.
#[derive(Clone)]
pub struct Errand<'a> {
    /// On whose word it is judged.
    pub authority: &'a Authority,
    /// Until when it may take at most; the query's deadline, or earlier.
    pub due: Deadline,
    /// Whether the tool is the one that was named, or one that a plan chose.
    pub choice: Choice,
    /// Fires when nobody waits for the result any more. The gate fires it as
    /// well, when the call takes too long.
    pub cancel: CancellationToken,
    /// Why the run it belongs to is cut short, once it is; `None` for a call
    /// that belongs to no run.
    pub stop: Option<&'a OnceLock<Stop>>,
    /// How long after its cancellation the call may still say what became of it.
    pub grace: Duration,
    /// How many bytes of results the plan still has room for; `None` for a
    /// call that belongs to no plan.
    pub room: Option<&'a AtomicUsize>,
    /// Where the server's progress goes. Must not block.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Whoever asked, where servers can speak to them.
    pub counterpart: Option<&'a Arc<dyn Counterpart>>,
    /// Their answers to what the server asked when this call was made before.
    pub replies: Option<Replies>,
}

/// Whose choice a tool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A plan's: of the tools that the operator says serve as well, the
    /// cheapest and quickest goes first.
    Planned,
    /// The caller's: another one serves only if it fails.
    Named,
}

impl Errand<'_> {
    /// The same errand with a cancellation of its own: whatever cancels this
    /// one cancels that one as well, and not the other way round.
    pub(super) fn twin(&self) -> Self {
        Self { cancel: self.cancel.child_token(), ..self.clone() }
    }

    /// Why it was cut short.
    pub(super) fn why_cut(&self) -> Stop {
        self.stop.and_then(OnceLock::get).copied().unwrap_or(Stop::Cancelled)
    }

    /// Whether the run it belongs to is cut short.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.get().is_some())
    }
}

/// How one call ended.
#[derive(Clone, Debug)]
pub struct Carried {
    /// In the words in which a step ends.
    pub seen: Observation,
    /// What the server wants to know before it acts, where it can wait.
    pub asks: Option<Box<Asks>>,
    /// How often the connector was asked.
    pub attempts: usize,
    /// How old the result is, where it came out of the cache.
    pub cached: Option<Duration>,
    /// The tool that served instead of the one asked for, and why.
    pub instead: Option<Box<Instead>>,
    /// What was cut off the result.
    pub cut: Option<Box<crate::Cut>>,
}

/// Another tool than the one asked for served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// The tool that served.
    pub tool: ToolRef,
    /// Why, in words.
    pub why: String,
}
