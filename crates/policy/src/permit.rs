//! The proofs.

use std::sync::Arc;

use catalog::Fetch;
use plan::{BoundCall, Plan};
use query::{Fault, Principal, Query, Reservation};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Authority, CallHash};

/// A plan that may be dispatched, on one query's authority. Each of its calls
/// is still judged by itself.
#[derive(Debug)]
pub struct ApprovedPlan {
    pub(crate) plan: Plan,
    pub(crate) authority: Authority,
}

impl ApprovedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The query it answers.
    pub fn query(&self) -> &Query {
        &self.authority.query
    }

    /// On whose word its calls are judged.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// One call that may now leave: the only thing a connector takes. It carries
/// the budget reserved for it, and is spent by being sent.
#[derive(Debug)]
pub struct PermittedCall {
    pub(crate) call: Arc<BoundCall>,
    pub(crate) principal: Principal,
    pub(crate) reservation: Option<Reservation>,
}

impl PermittedCall {
    /// The call.
    pub fn call(&self) -> &BoundCall {
        &self.call
    }

    /// The arguments that policy judged, and that leave.
    pub fn arguments(&self) -> &Value {
        &self.call.arguments
    }

    /// The same arguments byte for byte as a client wrote them, where one
    /// did: then this is the text that leaves.
    pub fn written(&self) -> Option<&RawValue> {
        self.call.written.as_deref()
    }

    /// On whose authority.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The call leaves now: what was reserved is spent. Called once, by the
    /// connector, right before the first byte; a permit dropped before that
    /// refunds itself.
    pub fn settle(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            reservation.settle();
        }
    }
}

/// One fetch that may now leave. It carries the budget reserved for it, and
/// is spent by being sent.
#[derive(Debug)]
pub struct PermittedFetch {
    pub(crate) fetch: Fetch,
    pub(crate) principal: Principal,
    pub(crate) reservation: Option<Reservation>,
}

impl PermittedFetch {
    /// What is wanted, and of whom.
    pub fn fetch(&self) -> &Fetch {
        &self.fetch
    }

    /// On whose authority.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The fetch leaves now; see [`PermittedCall::settle`].
    pub fn settle(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            reservation.settle();
        }
    }
}

/// A call that may not leave now.
#[derive(Debug)]
pub enum Withheld {
    /// A human must decide; this hash approves exactly this call.
    Ask {
        /// The call as it would leave.
        call: Box<BoundCall>,
        /// What approves it.
        hash: CallHash,
        /// Why it is asked for.
        why: String,
    },
    /// It may not leave at all.
    Deny(Fault),
}
