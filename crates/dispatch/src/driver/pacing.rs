//! How the time a query has left is shared among the steps of its plan.
//!
//! In: a plan. Out: until when each call may take, so that the calls that wait
//! for it have time as well.

use std::time::Duration;

use catalog::ServerId;
use plan::{Op, Operator, Plan, StepIndex};
use query::Deadline;

use crate::Gate;

/// The part of what is left that each later call is left at least: a tenth.
const LATER: u32 = 10;

/// How many times its usual latency a later call is left at least, where that
/// is known.
const MARGIN: u32 = 4;

/// The longest way from each step to the end of its plan.
pub(super) struct Pacing(Vec<Vec<Leg>>);

/// One step of a way.
#[derive(Clone)]
enum Leg {
    /// It calls that server.
    Call(ServerId),
    /// It asks a nested query or a model.
    Other,
}

impl Pacing {
    /// Works the ways out: the most calls, nested queries and readings that
    /// wait for one another after each step.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut ways: Vec<Vec<Leg>> = vec![Vec::new(); plan.steps().len()];
        // References point backwards: from the last step on, what comes after
        // a step is known before the step is looked at.
        for (StepIndex(index), step) in plan.indexed().collect::<Vec<_>>().into_iter().rev() {
            let mut way = ways[index].clone();
            match &step.op {
                Op::Call { tool, .. } | Op::Each { tool, .. } => way.push(Leg::Call(tool.reference.server.clone())),
                Op::Sub { .. } => way.push(Leg::Other),
                Op::Pure { operator: Operator::Extract | Operator::Summarize, .. } => way.push(Leg::Other),
                Op::Pure { .. } => {}
            }
            for StepIndex(before) in step.dependencies() {
                if way.len() > ways[before].len() {
                    ways[before].clone_from(&way);
                }
            }
        }
        Self(ways)
    }

    /// Until when a call of that step may take. Each call after it is left a
    /// tenth of the time, or a few times its usual latency if that is more;
    /// all of them together never so much that less than an equal share
    /// remains for this one.
    pub(super) fn due(&self, step: StepIndex, deadline: Deadline, gate: &Gate<'_>) -> Deadline {
        let later = &self.0[step.0];
        let Ok(count) = u32::try_from(later.len()) else { return deadline };
        if count == 0 {
            return deadline;
        }
        let now = gate.clock.now();
        let left = deadline.left(now);
        let usual = |leg: &Leg| match leg {
            Leg::Call(server) => gate.standing.health(server).latency().map(|latency| latency * MARGIN),
            Leg::Other => None,
        };
        let reserved: Duration = later.iter().map(|leg| usual(leg).unwrap_or_default().max(left / LATER)).sum();
        let share = (left / (count + 1)).max(left.saturating_sub(reserved));
        deadline.capped(share, now)
    }
}
