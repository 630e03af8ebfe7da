//! What one call is made with, beside the call.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use plan::Observation;
use policy::Authority;
use tokio_util::sync::CancellationToken;

use crate::{Asks, Counterpart, Progress, Replies, Stop};

/// On whose behalf one call is made, and how they are kept informed.
pub struct Errand<'a> {
    /// On whose word it is judged.
    pub authority: &'a Authority,
    /// Fires when nobody waits for the result any more. The gate fires it as
    /// well, when the call takes too long.
    pub cancel: CancellationToken,
    /// Why the run it belongs to is cut short, once it is; `None` for a call
    /// that belongs to no run.
    pub stop: Option<&'a OnceLock<Stop>>,
    /// How long after its cancellation the call may still say what became of it.
    pub grace: Duration,
    /// Where the server's progress goes. Must not block.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Whoever asked, where servers can speak to them.
    pub counterpart: Option<&'a Arc<dyn Counterpart>>,
    /// Their answers to what the server asked when this call was made before.
    pub replies: Option<Replies>,
}

impl Errand<'_> {
    /// Why it was cut short.
    pub(super) fn why_cut(&self) -> Stop {
        self.stop.and_then(OnceLock::get).copied().unwrap_or(Stop::Cancelled)
    }

    /// Whether the run it belongs to is cut short.
    pub(super) fn is_stopped(&self) -> bool {
        match self.stop {
            Some(stop) => stop.get().is_some(),
            None => false,
        }
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
}
