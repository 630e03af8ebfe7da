//! All that is needed to go on after a human decided.

use plan::{Observations, Plan};
use policy::{Approvals, CallHash, CallToApprove};
use query::Query;

use crate::book::Book;

/// A plan that waits for a human. It holds no task: it is a value, carried by
/// the caller, good for this process only and for one resumption.
#[derive(Debug)]
pub struct Suspension {
    pub(crate) query: Query,
    pub(crate) plan: Plan,
    pub(crate) prior: Option<Observations>,
    pub(crate) approvals: Approvals,
    pub(crate) unserved: Vec<String>,
    pub(crate) asked: Vec<CallToApprove>,
    pub(crate) book: Book,
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
}
