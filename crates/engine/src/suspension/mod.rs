//! All that is needed to go on after a human decided.

mod resume;
mod state;
mod suspend;

use plan::{Observations, Plan};
use policy::{Approvals, CallHash, CallToApprove};
use query::Query;
use store::{ApprovalId, Wall};

pub use self::resume::Answer;

use crate::book::Book;

/// The longest text that is carried to go on with, in bytes.
pub const MAX_RESUME_BYTES: u64 = 2 * store::MAX_SEALED_BYTES as u64;

/// How the caller goes on after a question: any process with the same key and
/// the same store can, until it expires, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The sealed state; the caller keeps it and hands it back.
    pub text: String,
    /// From when on it is good for nothing.
    pub expires: Wall,
    /// Where a human has to let calls through: under which name they are
    /// asked, and whether the caller may say it for them.
    pub approval: Option<PendingApproval>,
}

/// A question that waits in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingApproval {
    /// Its name.
    pub id: ApprovalId,
    /// Whether the operator takes the caller's word for the human's.
    pub in_band: bool,
}

/// A plan that waits for a human. It holds no task: it is a value. In this
/// process it is resumed as it is, by an edge that has the human before it;
/// sealed, it is carried by the caller and resumed anywhere.
#[derive(Debug)]
pub struct Suspension {
    pub(crate) query: Query,
    pub(crate) plan: Plan,
    pub(crate) prior: Option<Observations>,
    pub(crate) approvals: Approvals,
    pub(crate) unserved: Vec<String>,
    pub(crate) asked: Vec<CallToApprove>,
    pub(crate) book: Book,
    /// The question in the store, once it is put.
    pub(crate) approval: Option<(ApprovalId, Wall)>,
}

impl Suspension {
    /// The calls that wait, with their arguments as they would leave.
    pub fn asked(&self) -> &[CallToApprove] {
        &self.asked
    }

    /// Whether something beyond reading has been done already: asking the
    /// same query anew would do it again, resuming will not.
    pub fn has_acted(&self) -> bool {
        let Some(prior) = &self.prior else { return false };
        let acted = |(index, seen): (plan::StepIndex, &plan::Observation)| {
            let writes = self.plan.step(index).tool().is_some_and(|tool| !tool.effect.is_read_only());
            writes && matches!(seen.status(), "ok" | "tool_error" | "indeterminate")
        };
        prior.iter().any(acted)
    }

    /// The hashes that approve every waiting call.
    pub fn hashes(&self) -> Vec<CallHash> {
        self.asked.iter().map(|call| call.hash).collect()
    }

    /// The plan that waits.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
