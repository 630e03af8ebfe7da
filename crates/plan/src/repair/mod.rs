//! What can be mended in a draft without guessing.
//!
//! What comes in: a draft and its faults. What goes out: a draft with fewer
//! of them, and each change in words. A rule only makes a change that has one
//! possible outcome; whatever takes a decision stays a fault, for whoever
//! wrote the plan. Nothing here widens what a side effect does: arguments of
//! calls that change something are renamed but never dropped, and such calls
//! are never found by likeness alone.

mod answer;
mod argument_name;
mod choice;
mod dead;
mod limit;
mod order;
mod text_of_reference;
mod tool_name;

use std::fmt;

use serde::Serialize;

use crate::visible::visible;
use crate::{CheckContext, FaultCode, Plan, PlanDraft, PlanFault, StepId, check};

/// One change to a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// The kind of fault it mends.
    pub code: FaultCode,
    /// The step it changed, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// What was changed, in words.
    pub text: String,
}

/// How a rule mends all faults of its kind.
type Rule = fn(&mut Mending<'_>);

/// Every rule, in the order in which they are tried.
const RULES: &[(FaultCode, Rule)] = &[
    (FaultCode::ForwardReference, order::mend),
    (FaultCode::UnknownTool, tool_name::mend),
    (FaultCode::UnknownArgument, argument_name::mend),
    (FaultCode::LiteralMismatch, choice::mend),
    (FaultCode::ReferenceMismatch, text_of_reference::mend),
    (FaultCode::LimitExceeded, limit::mend),
    (FaultCode::EmptyAnswer, answer::mend),
    (FaultCode::DeadStep, dead::mend),
];

/// How often a draft is mended and checked again: a change may uncover a
/// fault that another one hid.
const MAX_ROUNDS: usize = 4;

/// A draft while it is being mended.
struct Mending<'a> {
    draft: PlanDraft,
    faults: &'a [PlanFault],
    context: &'a CheckContext<'a>,
    repairs: Vec<Repair>,
}

impl Mending<'_> {
    fn note(&mut self, code: FaultCode, step: Option<&str>, text: impl fmt::Display) {
        self.repairs.push(Repair { code, step: step.map(StepId::new), text: visible(&text.to_string()) });
    }

    /// Whether a fault of that kind is in the step of that name.
    fn has(&self, code: FaultCode, step: &str) -> bool {
        self.faults.iter().any(|fault| fault.code == code && fault.step.as_ref().is_some_and(|id| id.as_str() == step))
    }
}

/// The draft with everything mended that these faults let mend, and what was
/// changed. Mending again changes nothing more.
pub fn repair(draft: &PlanDraft, faults: &[PlanFault], context: &CheckContext<'_>) -> (PlanDraft, Vec<Repair>) {
    let mut mending = Mending { draft: draft.clone(), faults, context, repairs: Vec::new() };
    for (code, mend) in RULES {
        if faults.iter().any(|fault| fault.code == *code) {
            mend(&mut mending);
        }
    }
    (mending.draft, mending.repairs)
}

/// A draft that still has faults after everything was mended that can be.
#[derive(Clone, Debug)]
pub struct Unmended {
    /// The draft, as far as it was mended.
    pub draft: PlanDraft,
    /// What is still wrong with it.
    pub faults: Vec<PlanFault>,
    /// What was mended.
    pub repairs: Vec<Repair>,
}

/// Checks a draft, mending what can be mended until it is valid or nothing
/// more can be.
pub fn check_and_repair(draft: &PlanDraft, context: &CheckContext<'_>) -> Result<(Plan, Vec<Repair>), Box<Unmended>> {
    let mut draft = draft.clone();
    let mut repairs = Vec::new();
    let mut rounds = 0;
    loop {
        let faults = match check(&draft, context) {
            Ok(plan) => return Ok((plan, repairs)),
            Err(faults) => faults,
        };
        let (mended, made) = repair(&draft, &faults, context);
        if made.is_empty() || rounds == MAX_ROUNDS {
            return Err(Box::new(Unmended { draft, faults, repairs }));
        }
        draft = mended;
        repairs.extend(made);
        rounds += 1;
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "{step}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}
