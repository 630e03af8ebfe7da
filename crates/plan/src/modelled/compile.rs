//! From a model's draft to a valid plan: checked, mended without asking,
//! filled, and only then mended by the model.

use std::sync::Arc;

use catalog::{Parameter, Tool};
use model::Model;
use query::Fault;
use serde_json::Value;

use super::shortlist::Shortlist;
use super::{MAX_ROUNDS, Task, fill, mend};
use crate::{DraftBinding, DraftStep, FaultCode, Plan, PlanDraft, PlanFault, Repair, check_and_repair};

/// The most steps whose arguments a model is asked for, in one plan.
const MAX_FILLED: usize = 2;

/// A draft that became valid.
pub(super) struct Compiled {
    pub(super) plan: Plan,
    pub(super) repairs: Vec<Repair>,
    pub(super) rounds: u32,
}

/// A draft that did not.
pub(super) struct Uncompiled {
    pub(super) draft: PlanDraft,
    pub(super) faults: Vec<PlanFault>,
    pub(super) repairs: Vec<Repair>,
    pub(super) rounds: u32,
    /// What the model answered to the request for mending that failed.
    pub(super) fault: Option<Fault>,
}

/// Compiles a draft, with as few requests as it takes; `rounds` of those that
/// mend have been used.
pub(super) async fn compile(
    task: &Task<'_>,
    shortlist: &Shortlist,
    draft: PlanDraft,
    model: &dyn Model,
    rounds: u32,
) -> Result<Compiled, Box<Uncompiled>> {
    let context = task.context();
    let mut draft = draft;
    let mut repairs = Vec::new();
    let mut rounds = rounds;
    let mut fills = MAX_FILLED;
    loop {
        fill_from_facts(&mut draft, task);
        let unmended = match check_and_repair(&draft, &context) {
            Ok((plan, made)) => {
                repairs.extend(made);
                return Ok(Compiled { plan, repairs, rounds });
            }
            Err(unmended) => *unmended,
        };
        repairs.extend(unmended.repairs);
        draft = unmended.draft;
        let faults = unmended.faults;
        let only_lacks = faults.iter().all(|fault| fault.code == FaultCode::MissingArgument);
        if only_lacks && fills > 0 {
            match fill_from_words(&mut draft, &mut fills, task, model).await {
                Ok(true) => continue,
                // What the words do not say, no mending will find.
                Ok(false) => return Err(Box::new(Uncompiled { draft, faults, repairs, rounds, fault: None })),
                Err(fault) => return Err(Box::new(Uncompiled { draft, faults, repairs, rounds, fault: Some(fault) })),
            }
        }
        if only_lacks || rounds >= MAX_ROUNDS {
            return Err(Box::new(Uncompiled { draft, faults, repairs, rounds, fault: None }));
        }
        rounds += 1;
        draft = match mend::round(task, shortlist, &draft, &faults, model).await {
            Ok(mended) => mended,
            Err(fault) => return Err(Box::new(Uncompiled { draft, faults, repairs, rounds, fault: Some(fault) })),
        };
    }
}

fn fill_from_facts(draft: &mut PlanDraft, task: &Task<'_>) {
    let context = task.context();
    for step in &mut draft.steps {
        if let Some(tool) = context.find(&step.tool) {
            fill::from_facts(step, tool, task);
        }
    }
}

/// Whether anything was filled.
async fn fill_from_words(
    draft: &mut PlanDraft,
    fills: &mut usize,
    task: &Task<'_>,
    model: &dyn Model,
) -> Result<bool, Fault> {
    let context = task.context();
    let mut filled = false;
    for step in &mut draft.steps {
        let Some(tool) = context.find(&step.tool) else { continue };
        if *fills == 0 || fill::lacking(step, tool).is_empty() {
            continue;
        }
        *fills -= 1;
        let before = step.args.len();
        fill::from_words(step, tool, task, model).await?;
        filled |= step.args.len() > before;
    }
    Ok(filled)
}

/// A step that lacks what nobody said, in the form in which the user is asked
/// for it.
pub(super) struct Lack {
    pub(super) clause: String,
    pub(super) tool: Arc<Tool>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) known: Vec<(String, Value)>,
}

impl Uncompiled {
    /// The first step that lacks arguments, where that is all that is wrong.
    pub(super) fn lack(&self, task: &Task<'_>) -> Option<Lack> {
        if self.faults.iter().any(|fault| fault.code != FaultCode::MissingArgument) {
            return None;
        }
        let context = task.context();
        self.draft.steps.iter().find_map(|step| {
            let tool = context.find(&step.tool)?;
            let parameters: Vec<Parameter> = fill::lacking(step, tool).into_iter().cloned().collect();
            (!parameters.is_empty()).then(|| Lack {
                clause: super::reply::said(if step.purpose.trim().is_empty() { task.query } else { &step.purpose }),
                tool: Arc::clone(tool),
                parameters,
                known: known(step),
            })
        })
    }
}

fn known(step: &DraftStep) -> Vec<(String, Value)> {
    let literal = |(name, binding): &(String, DraftBinding)| match binding {
        DraftBinding::Literal(value) => Some((name.clone(), value.clone())),
        DraftBinding::Text(text) => Some((name.clone(), Value::String(text.clone()))),
        DraftBinding::Ref(_) | DraftBinding::Item(_) | DraftBinding::Template(_) => None,
    };
    step.args.iter().filter_map(literal).collect()
}
