//! What an edge says about one request.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dispatch::Counterpart;
use policy::Approvals;
use query::{Principal, Share};
use tokio_util::sync::CancellationToken;

use crate::Event;

/// Takes events as they happen, in order. It is called from the query's own
/// task and must not block.
pub type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// Everything an edge says about one request beside the request itself.
#[derive(Clone)]
pub struct Request {
    /// On whose authority.
    pub principal: Principal,
    /// What the session knows and may fill arguments with, by parameter name.
    pub facts: Arc<BTreeMap<String, String>>,
    /// How long the answer may take; `None` for the operator's setting.
    pub within: Option<Duration>,
    /// What is left of the larger request that this one is a part of; the
    /// smaller of it and the operator's settings counts.
    pub share: Share,
    /// Calls a human let through.
    pub approvals: Approvals,
    /// Where events go.
    pub events: Events,
    /// Cancelled when nobody waits for the answer any more.
    pub cancel: CancellationToken,
    /// Whoever asks, where servers can speak to them while they work.
    pub counterpart: Option<Arc<dyn Counterpart>>,
}

impl Request {
    /// A request of the person at this machine: no approvals, no events.
    pub fn local() -> Self {
        Self::of(Principal::local())
    }

    /// A request on somebody's authority: no approvals, no events.
    pub fn of(principal: Principal) -> Self {
        Self {
            principal,
            facts: Arc::default(),
            within: None,
            share: Share::default(),
            approvals: Approvals::none(),
            events: Arc::new(|_| {}),
            cancel: CancellationToken::new(),
            counterpart: None,
        }
    }
}
