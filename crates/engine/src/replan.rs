//! One more plan, where the first brought too little.
//!
//! The model sees how the first plan's steps ended, never what a server said,
//! and whatever the second plan does is judged anew. Nothing is planned twice
//! once something was changed, or may have been.

use std::time::Duration;

use plan::{Observation, Plan, Step, Task};
use query::Fault;
use route::Router;
use serde_json::Value;

use crate::conclusion::{Conclusion, Worth};
use crate::journey::Leg;
use crate::{Engine, Request};

/// The least time left in which a second plan can be made and run.
const LEAST_TIME: Duration = Duration::from_secs(4);

/// Faults that another plan would meet as well.
const LASTING: [&str; 6] = ["denied", "over_budget", "rate_limited", "timed_out", "cancelled", "panicked"];

impl Engine {
    /// The better of the first plan's conclusion and, where a model has
    /// another plan, that one's.
    pub(crate) async fn bettered(&self, first: Conclusion, router: &Router, request: &Request) -> Conclusion {
        match self.second_plan(&first, router, request).await {
            Some(plan) => self.better(first, plan, request).await,
            None => first,
        }
    }

    async fn second_plan(&self, first: &Conclusion, router: &Router, request: &Request) -> Option<Plan> {
        let query = &first.query;
        let in_time = self.left(query) >= LEAST_TIME && !request.cancel.is_cancelled();
        if !in_time || !first.brought_too_little() || !first.may_be_repeated() {
            return None;
        }
        let meter = self.meter(query, &first.book, request)?;
        let task = Task { query: &query.text, facts: &query.facts, router, depth: query.depth };
        let planned = plan::propose_again(&task, &meter, &first.plan, &first.report.observations);
        // Without a second plan, what the first one brought is the answer.
        request.cancel.run_until_cancelled(planned).await?.ok()?
    }

    async fn better(&self, first: Conclusion, plan: Plan, request: &Request) -> Conclusion {
        let leg = Leg::first(first.query.clone(), plan, first.book.clone(), request);
        // A second plan that policy denies or asks about is not worth the
        // interruption: what the first one brought is told.
        let Ok(second) = self.ended(leg, request).await else { return first };
        if second.worth() == Worth::Question || second.worth() <= first.worth() { first } else { second }
    }
}

impl Conclusion {
    /// Whether a step failed in a way that another plan may avoid, or all
    /// that the answer is made of is empty.
    fn brought_too_little(&self) -> bool {
        let seen = &self.report.observations;
        let failed = seen.iter().any(|(_, seen)| match seen {
            Observation::ToolError(_) => true,
            Observation::Failed(fault) => !is_lasting(fault),
            Observation::Output(_)
            | Observation::Skipped(_)
            | Observation::NeedsInput(_)
            | Observation::Indeterminate(_) => false,
        });
        let nothing =
            |seen: Option<&Observation>| seen.and_then(Observation::output).is_none_or(|o| is_empty(o.value()));
        failed || self.plan.answer().uses.iter().all(|&step| nothing(seen.get(step)))
    }

    /// Whether all of it only read, so that doing it again does no harm, and
    /// nobody is waited for.
    fn may_be_repeated(&self) -> bool {
        let reads = |step: &Step| match step.tool() {
            Some(tool) => tool.effect.is_read_only(),
            None => !matches!(step.op, plan::Op::Sub { .. }),
        };
        self.query.depth == 0 && self.worth() != Worth::Question && self.plan.steps().iter().all(reads)
    }
}

fn is_lasting(fault: &Fault) -> bool {
    LASTING.contains(&fault.code.as_str())
}

/// Whether a result holds nothing: nothing at all, or nothing but empty
/// lists.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => {
            let mut lists = members.values().filter_map(Value::as_array).peekable();
            members.is_empty() || lists.peek().is_some() && lists.all(Vec::is_empty)
        }
        Value::Bool(_) | Value::Number(_) => false,
    }
}
