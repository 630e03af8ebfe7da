//! What to do with a step whose dependencies have ended.

use plan::{BindFault, BoundStep, Comparison, Guard, Observation, Observations, Op, Plan, SkipReason, Step, StepIndex};
use serde_json::Value;

use super::batch::unbound;

/// What to do with a step.
#[derive(Debug)]
pub(super) enum Decision {
    /// Its inputs are known: run it.
    Run(BoundStep),
    /// It ends without running.
    End(Observation),
}

/// Decides, in this order: a human's decision is waited for; the guard; the
/// order of side effects; the inputs.
pub(super) fn decide(plan: &Plan, index: StepIndex, seen: &Observations) -> Decision {
    let step = plan.step(index);
    let skip = |reason| Decision::End(Observation::Skipped(reason));
    if let Some(open) = step.dependencies().into_iter().find(|&earlier| is_open(earlier, seen)) {
        return skip(SkipReason::Upstream(open));
    }
    if let Some(reason) = step.guard.as_ref().and_then(|guard| held_back(guard, seen)) {
        return skip(reason);
    }
    if has_effects(step)
        && let Some(&broken) = step.after.iter().find(|&&earlier| !is_in_order(plan, earlier, seen))
    {
        return skip(SkipReason::Upstream(broken));
    }
    match plan.bind(index, seen) {
        Ok(bound) => Decision::Run(bound),
        Err(BindFault::NoResult(earlier)) => skip(SkipReason::Upstream(earlier)),
        Err(fault) => Decision::End(Observation::Failed(unbound(&fault))),
    }
}

/// How the step ended that a chain of skipped steps goes back to.
pub(super) fn root(step: StepIndex, seen: &Observations) -> Option<&Observation> {
    let mut at = seen.get(step)?;
    // References point backwards, so every turn goes to an earlier step.
    while let Observation::Skipped(SkipReason::Upstream(earlier)) = at {
        at = seen.get(*earlier)?;
    }
    Some(at)
}

/// Whether the step waits, or was skipped because another waits, for a human.
/// Nothing that builds on it may be decided: it may yet run.
fn is_open(step: StepIndex, seen: &Observations) -> bool {
    matches!(root(step, seen), Some(Observation::NeedsInput(_)))
}

/// Why the guard keeps the step from running, if it does. A guard that asks
/// how a step ended, or whether there is anything, may look at one that
/// yielded nothing; one that compares a value may not.
fn held_back(guard: &Guard, seen: &Observations) -> Option<SkipReason> {
    let subject = guard.subject.step;
    let ending = seen.get(subject)?;
    let asks_for_ending =
        matches!(guard.comparison, Comparison::Ok | Comparison::Failed | Comparison::Exists | Comparison::Empty);
    if !ending.succeeded() && !asks_for_ending {
        return Some(SkipReason::Upstream(subject));
    }
    (!guard.holds(ending)).then_some(SkipReason::Guard)
}

/// Whether running it may change something. A nested query may.
fn has_effects(step: &Step) -> bool {
    match &step.op {
        Op::Call { tool, .. } | Op::Each { tool, .. } => !tool.effect.is_read_only(),
        Op::Sub { .. } => true,
        Op::Pure { .. } => false,
    }
}

/// Whether a side effect may follow that step: it was done in full, or a
/// guard left it out on purpose.
fn is_in_order(plan: &Plan, step: StepIndex, seen: &Observations) -> bool {
    match seen.get(step) {
        Some(Observation::Output(output)) => {
            !matches!(plan.step(step).op, Op::Each { .. }) || !lacks_items(output.value())
        }
        Some(Observation::Skipped(_)) => matches!(root(step, seen), Some(Observation::Skipped(SkipReason::Guard))),
        _ => false,
    }
}

/// Whether an `each` yielded only a part.
fn lacks_items(items: &Value) -> bool {
    items.as_array().is_some_and(|items| items.iter().any(|item| item["ok"] != Value::Bool(true)))
}
