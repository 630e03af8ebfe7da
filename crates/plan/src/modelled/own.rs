//! The embedded planner's own plan, and whether it needs no second opinion.

use std::collections::BTreeSet;

use super::{Account, Author, Planned, Planning, Task};
use crate::embedded::{self, Drafting};
use crate::{Op, Plan, PlanFault, check};

/// How much of every clause some tool covers, 0 to 1, where the embedded plan
/// needs no second opinion.
const CERTAIN_COVERAGE: f32 = 0.6;

/// What the embedded planner came to.
pub(super) struct Own {
    drafting: Drafting,
    /// Its draft, checked; `None` where it drafted none.
    checked: Option<Result<Plan, Vec<PlanFault>>>,
}

impl Own {
    pub(super) fn draft(task: &Task<'_>) -> Self {
        let drafting = embedded::draft(task.query, task.facts, task.router);
        let checked = match &drafting {
            Drafting::Draft { draft, .. } => Some(check(draft, &task.context())),
            Drafting::Ambiguous { .. } | Drafting::Missing { .. } | Drafting::OutOfScope { .. } => None,
        };
        Self { drafting, checked }
    }

    /// Its plan, if it is valid.
    pub(super) fn plan(&self) -> Option<&Plan> {
        self.checked.as_ref().and_then(|checked| checked.as_ref().ok())
    }

    /// Its plan, if it is valid and serves every part of the query.
    pub(super) fn whole_plan(&self) -> Option<&Plan> {
        let whole = matches!(&self.drafting, Drafting::Draft { unserved, .. } if unserved.is_empty());
        self.plan().filter(|_| whole)
    }

    /// Whether it asks the user something that has a form: which of several
    /// servers, or which argument.
    pub(super) fn asks(&self) -> bool {
        matches!(self.drafting, Drafting::Ambiguous { .. } | Drafting::Missing { .. })
    }

    /// Whether it found nothing that serves any part.
    pub(super) fn is_out_of_scope(&self) -> bool {
        matches!(self.drafting, Drafting::OutOfScope { .. })
    }

    /// Whether it needs no second opinion: a whole plan over one server, and
    /// of every part of the query a tool covers most.
    pub(super) fn is_certain(&self, task: &Task<'_>) -> bool {
        let Some(plan) = self.whole_plan() else { return false };
        let servers: BTreeSet<_> =
            plan.steps().iter().filter_map(|step| step.tool()).map(|tool| &tool.reference.server).collect();
        let nests = plan.steps().iter().any(|step| matches!(step.op, Op::Sub { .. }));
        let clauses = embedded::clause_texts(task.query, task.router);
        let covered =
            |clause: &String| task.router.rank(clause, 1).first().is_some_and(|best| best.coverage >= CERTAIN_COVERAGE);
        servers.len() == 1 && !nests && clauses.len() <= plan.steps().len() && clauses.iter().all(covered)
    }

    /// The embedded planner's word as what planning came to.
    pub(super) fn stands(self, account: Account) -> Planning {
        let planned = match (self.checked, self.drafting) {
            (Some(Ok(plan)), Drafting::Draft { unserved, .. }) => Planned::Plan { plan: Box::new(plan), unserved },
            (Some(Err(faults)), _) => Planned::Faulty(faults),
            (_, undrafted) => Planned::Undrafted(Box::new(undrafted)),
        };
        Planning { planned, account: Account { author: Author::Embedded, ..account } }
    }
}
