//! Asking a model to mend its own steps.
//!
//! It is shown the steps that are at fault, what is wrong with them, the
//! cards of the tools concerned, and of the other steps no more than their
//! names and tools.

use std::fmt::Write;

use catalog::Tool;
use model::{Model, Prompt, Purpose, Slot};
use query::{Blame, Fault};
use serde_json::{Value, json};

use super::ask::for_json;
use super::shortlist::Shortlist;
use super::wire_step::written;
use super::{Task, prompt, rules, schema};
use crate::{DraftOp, DraftStep, PlanDraft, PlanFault, Proposal};

/// The longest correction a model may write, in tokens.
const MAX_TOKENS: u32 = 3_072;

/// The longest listing of steps or faults shown, in estimated tokens.
const MAX_SHOWN_TOKENS: u32 = 4_000;

/// The draft with its faulty steps as the model mends them.
pub(super) async fn round(
    task: &Task<'_>,
    shortlist: &Shortlist,
    draft: &PlanDraft,
    faults: &[PlanFault],
    model: &dyn Model,
) -> Result<PlanDraft, Fault> {
    let faulty = Faulty::find(draft, faults);
    let schema = schema::mended(&shortlist.names(), task.depth, &faulty.ids())?;
    let document = for_json(model, Purpose::Plan, faulty.prompt(task, faults), schema, MAX_TOKENS).await?;
    faulty.replaced(document)
}

/// A draft and which of its steps are at fault.
struct Faulty<'a> {
    draft: &'a PlanDraft,
    /// By step: whether it is at fault.
    marks: Vec<bool>,
    /// Whether something is wrong with the plan as a whole.
    whole: bool,
}

impl<'a> Faulty<'a> {
    fn find(draft: &'a PlanDraft, faults: &[PlanFault]) -> Self {
        let whole = faults.iter().any(|fault| fault.step.is_none());
        let at_fault = |step: &DraftStep| {
            whole || faults.iter().any(|fault| fault.step.as_ref().is_some_and(|id| id.as_str() == step.id))
        };
        Self { draft, marks: draft.steps.iter().map(at_fault).collect(), whole }
    }

    fn steps(&self, at_fault: bool) -> impl Iterator<Item = &'a DraftStep> {
        let marked = self.draft.steps.iter().zip(self.marks.clone());
        marked.filter(move |(_, mark)| *mark == at_fault).map(|(step, _)| step)
    }

    /// The ids that the model may write; none stands for all.
    fn ids(&self) -> Vec<String> {
        let known = schema::step_ids();
        let ids: Vec<String> = self.steps(true).map(|step| step.id.clone()).collect();
        if self.whole || ids.iter().any(|id| !known.contains(id)) { Vec::new() } else { ids }
    }

    fn prompt(&self, task: &Task<'_>, faults: &[PlanFault]) -> Prompt {
        let steps: Vec<Value> = self.steps(true).map(written).collect();
        let mut listed = String::new();
        for fault in faults {
            // Writing to a `String` cannot fail.
            let _ = writeln!(listed, "- {fault}");
        }
        let shown = |label: &str, text: &str| Slot::new(label, text.trim_end()).cut_to(MAX_SHOWN_TOKENS);
        let asked =
            Prompt::new().system(rules::RULES.as_str()).user("A plan has faulty steps. The tools they concern:");
        let mut asked = prompt::with_cards(asked, self.tools(task).into_iter())
            .user("The faulty steps:")
            .slot(shown("faulty steps", &json!(steps).to_string()))
            .user("What is wrong with them:")
            .slot(shown("faults", &listed));
        let others: String = self.steps(false).map(|step| format!("{}: {}\n", step.id, step.tool)).collect();
        if !others.is_empty() {
            asked = asked.user("The other steps, which stay as they are:").slot(shown("other steps", &others));
        }
        if self.whole {
            asked = asked.user("The answer:").slot(shown("answer", &answer(self.draft).to_string()));
        }
        asked.user(
            "Write every faulty step once more, mended, under its own id; leave a step out to drop it. Change no more \
             than the faults require, and add no call that changes anything.",
        )
    }

    /// The tools of the faulty steps and of the steps they read from.
    fn tools(&self, task: &Task<'a>) -> Vec<&'a Tool> {
        let context = task.context();
        let read: Vec<&str> = self.steps(true).flat_map(read_from).collect();
        let concerned =
            self.draft.steps.iter().zip(&self.marks).filter(|(step, mark)| **mark || read.contains(&&*step.id));
        let mut tools: Vec<&Tool> =
            concerned.filter_map(|(step, _)| context.find(&step.tool)).map(AsRef::as_ref).collect();
        tools.sort_by(|a, b| a.reference.cmp(&b.reference));
        tools.dedup_by(|a, b| a.reference == b.reference);
        tools
    }

    /// The draft with what the model wrote in place of the faulty steps.
    fn replaced(&self, mut document: Value) -> Result<PlanDraft, Fault> {
        // Read as a plan of its own, so that one reader serves both.
        let mut written = |name: &str| document.get_mut(name).map(Value::take).unwrap_or_default();
        let (steps, answer) = (written("steps"), written("answer"));
        let whole = json!({"outcome": "plan", "question": "", "reason": "", "steps": steps,
            "answer": if self.whole { answer } else { self::answer(self.draft) }});
        let mended = match PlanDraft::from_value(&whole) {
            Ok(Proposal::Plan(mended)) => mended,
            Ok(Proposal::Clarify { .. } | Proposal::OutOfScope { .. }) => return Err(unreadable("it holds no steps")),
            Err(faults) => {
                let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
                return Err(unreadable(&listed.join("; ")));
            }
        };
        if self.whole {
            return Ok(mended);
        }
        let PlanDraft { steps: mut written, answer, form } = mended;
        let mut steps = Vec::new();
        for (step, at_fault) in self.draft.steps.iter().zip(&self.marks) {
            if !at_fault {
                steps.push(step.clone());
            } else if let Some(at) = written.iter().position(|mended| mended.id == step.id) {
                steps.push(written.remove(at));
            }
        }
        Ok(PlanDraft { steps, answer, form })
    }
}

/// The steps that a step names.
fn read_from(step: &DraftStep) -> Vec<&str> {
    let refs = step.args.iter().filter_map(|(_, binding)| match binding {
        crate::DraftBinding::Ref(reference) => Some(&*reference.step),
        _ => None,
    });
    let over = step.over.iter().filter(|_| step.op == DraftOp::Each).map(|over| &*over.step);
    refs.chain(over).chain(step.when.iter().map(|guard| &*guard.subject.step)).collect()
}

fn answer(draft: &PlanDraft) -> Value {
    json!({"style": draft.answer.style, "uses": draft.answer.uses.clone().unwrap_or_default()})
}

fn unreadable(why: &str) -> Fault {
    Fault::lasting(Blame::Model, "model_plan_unreadable", format!("the model's correction cannot be read: {why}"))
}
