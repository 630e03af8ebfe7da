//! A plan and how its steps ended, put away until somebody goes on with them.
//!
//! In: a plan half run. Out: values that can be written down, and the same
//! plan again from them, if every tool is still defined as it was then. Who
//! keeps them, and whether they can be believed, is not known here.

use std::collections::HashMap;
use std::fmt;

use query::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::{
    CheckContext, Need, Observation, Observations, Origin, Output, Plan, PlanDraft, Proposal, SkipReason, StepIndex,
    check,
};

/// A plan that was put away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptPlan {
    /// The plan as it is written down.
    document: Value,
    /// On whose word each step is there, which a written plan does not say.
    origins: Vec<Origin>,
    /// The hash of everything it does.
    hash: String,
}

/// Why a plan cannot be taken up again: a tool is gone or defined otherwise,
/// or what was put away is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanChanged;

impl fmt::Display for PlanChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the plan would not do what it would have done: a tool was redefined or is gone")
    }
}

impl std::error::Error for PlanChanged {}

impl Plan {
    /// The plan, to be put away.
    pub fn keep(&self) -> KeptPlan {
        KeptPlan {
            document: json!(self),
            origins: self.steps().iter().map(|step| step.origin).collect(),
            hash: self.hash().to_string(),
        }
    }
}

impl KeptPlan {
    /// The hash of the plan that was put away.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The same plan again, checked like any other.
    ///
    /// # Errors
    ///
    /// When it would not do exactly what it would have done.
    pub fn take_up(&self, context: &CheckContext<'_>) -> Result<Plan, PlanChanged> {
        let Ok(Proposal::Plan(draft)) = PlanDraft::parse(&self.document.to_string()) else { return Err(PlanChanged) };
        let plan = check(&draft, context).map_err(|_| PlanChanged)?;
        if plan.hash().to_string() != self.hash || self.origins.len() != plan.steps().len() {
            return Err(PlanChanged);
        }
        let origins: HashMap<_, _> =
            plan.steps().iter().map(|step| step.id.clone()).zip(self.origins.iter().copied()).collect();
        Ok(plan.on_the_word_of(|step| origins.get(&step.id).copied().unwrap_or(Origin::Model)))
    }
}

/// How steps ended, put away.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeptObservations(Vec<Option<Kept>>);

/// How one step ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ended", content = "with", rename_all = "snake_case")]
enum Kept {
    /// A server's result, as it was written.
    Received(String),
    /// A value that was computed here.
    Computed(Value),
    NotNeeded,
    /// A step it reads from yielded nothing.
    NothingToRead(usize),
    Failed(Fault),
    Indeterminate(Fault),
    /// It waits for a human: it runs once they have spoken.
    Waits,
}

impl Observations {
    /// How the steps ended, to be put away.
    pub fn keep(&self, steps: usize) -> KeptObservations {
        KeptObservations((0..steps).map(|step| self.get(StepIndex(step)).map(kept)).collect())
    }
}

impl KeptObservations {
    /// How the steps ended; one that waited for a human still does.
    pub fn take_up(self) -> Observations {
        let mut seen = Observations::none_of(self.0.len());
        for (step, ended) in self.0.into_iter().enumerate() {
            if let Some(ended) = ended {
                seen.record(StepIndex(step), taken_up(ended));
            }
        }
        seen
    }
}

fn kept(seen: &Observation) -> Kept {
    match seen {
        Observation::Output(output) | Observation::ToolError(output) => kept_output(output),
        Observation::Skipped(SkipReason::Guard) => Kept::NotNeeded,
        Observation::Skipped(SkipReason::Upstream(step)) => Kept::NothingToRead(step.0),
        Observation::Failed(fault) => Kept::Failed(fault.clone()),
        Observation::Indeterminate(fault) => Kept::Indeterminate(fault.clone()),
        Observation::NeedsInput(_) => Kept::Waits,
    }
}

fn kept_output(output: &Output) -> Kept {
    match (output.text(), output.raw()) {
        (Some(text), _) => Kept::Received(text.get().to_owned()),
        (None, Some(raw)) => Kept::Received(raw.to_string()),
        (None, None) => Kept::Computed(output.value().clone()),
    }
}

fn taken_up(ended: Kept) -> Observation {
    match ended {
        Kept::Received(text) => match RawValue::from_string(text).ok().and_then(Output::received) {
            Some(output) if output.is_error() => Observation::ToolError(output),
            Some(output) => Observation::Output(output),
            None => Observation::Output(Output::computed(Value::Null)),
        },
        Kept::Computed(value) => Observation::Output(Output::computed(value)),
        Kept::NotNeeded => Observation::Skipped(SkipReason::Guard),
        Kept::NothingToRead(step) => Observation::Skipped(SkipReason::Upstream(StepIndex(step))),
        Kept::Failed(fault) => Observation::Failed(fault),
        Kept::Indeterminate(fault) => Observation::Indeterminate(fault),
        Kept::Waits => Observation::NeedsInput(Need::Approval(Vec::new())),
    }
}
