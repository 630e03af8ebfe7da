//! The proofs.

use std::sync::Arc;

use catalog::Fetch;
use plan::{BoundCall, Plan};
use query::{Blame, Budget, Fault, Principal, Query, Reservation};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Authority, CallHash, Holding, Terms};

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

/// One call that policy has nothing against. It leaves when what its terms
/// ask for is held.
#[derive(Debug)]
pub struct JudgedCall {
    pub(crate) call: Arc<BoundCall>,
    pub(crate) query: Query,
    pub(crate) terms: Terms,
}

impl JudgedCall {
    /// The call.
    pub fn call(&self) -> &Arc<BoundCall> {
        &self.call
    }

    /// What must be held.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The call with leave to go, its share of the query's budget reserved.
    ///
    /// # Errors
    ///
    /// `over_budget` when the query's own budget is spent; `unheld` when the
    /// terms ask for something and nothing is held.
    pub fn permit(self, held: Option<Box<dyn Holding>>) -> Result<PermittedCall, Fault> {
        let hold = Hold::of(&self.query, &self.terms, held)?;
        Ok(PermittedCall { call: self.call, principal: self.query.principal, hold: Some(hold) })
    }
}

/// One fetch that policy has nothing against; see [`JudgedCall`].
#[derive(Debug)]
pub struct JudgedFetch {
    pub(crate) fetch: Fetch,
    pub(crate) query: Query,
    pub(crate) terms: Terms,
}

impl JudgedFetch {
    /// What must be held.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The fetch with leave to go.
    ///
    /// # Errors
    ///
    /// As [`JudgedCall::permit`].
    pub fn permit(self, held: Option<Box<dyn Holding>>) -> Result<PermittedFetch, Fault> {
        let hold = Hold::of(&self.query, &self.terms, held)?;
        Ok(PermittedFetch { fetch: self.fetch, principal: self.query.principal, hold: Some(hold) })
    }
}

/// All that is held for one call.
#[derive(Debug)]
pub(crate) struct Hold {
    reservation: Reservation,
    held: Option<Box<dyn Holding>>,
}

impl Hold {
    fn of(query: &Query, terms: &Terms, held: Option<Box<dyn Holding>>) -> Result<Self, Fault> {
        if held.is_none() && !terms.are_free() {
            let message = "a call with a budget or a rate was to leave with nothing held for it; please report it";
            return Err(Fault::lasting(Blame::Ourselves, "unheld", message));
        }
        let reserved = query.ledger.reserve(terms.price);
        let reservation = reserved.map_err(|over| Fault::lasting(Blame::Caller, "over_budget", over))?;
        Ok(Self { reservation, held })
    }

    fn settle(self) {
        self.reservation.settle();
        if let Some(held) = self.held {
            held.settle();
        }
    }
}

/// One call that may now leave: the only thing a connector takes. It carries
/// what is held for it, and is spent by being sent.
#[derive(Debug)]
pub struct PermittedCall {
    pub(crate) call: Arc<BoundCall>,
    pub(crate) principal: Principal,
    pub(crate) hold: Option<Hold>,
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
    pub fn written(&self) -> Option<&Arc<RawValue>> {
        self.call.written.as_ref()
    }

    /// On whose authority.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What of the query's budget may be spent on it, itself included; `None`
    /// once it has left.
    pub fn reach(&self) -> Option<Budget> {
        self.hold.as_ref().map(|hold| hold.reservation.reach())
    }

    /// The call leaves now: what was reserved is spent. Called once, by the
    /// connector, right before the first byte; a permit dropped before that
    /// refunds itself.
    pub fn settle(&mut self) {
        if let Some(hold) = self.hold.take() {
            hold.settle();
        }
    }
}

/// One fetch that may now leave. It carries what is held for it, and is spent
/// by being sent.
#[derive(Debug)]
pub struct PermittedFetch {
    pub(crate) fetch: Fetch,
    pub(crate) principal: Principal,
    pub(crate) hold: Option<Hold>,
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

    /// What of the query's budget may be spent on it; see
    /// [`PermittedCall::reach`].
    pub fn reach(&self) -> Option<Budget> {
        self.hold.as_ref().map(|hold| hold.reservation.reach())
    }

    /// The fetch leaves now; see [`PermittedCall::settle`].
    pub fn settle(&mut self) {
        if let Some(hold) = self.hold.take() {
            hold.settle();
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
