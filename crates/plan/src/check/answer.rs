//! What the answer is made of.

use super::{Checker, index};
use crate::closest::closest;
use crate::limits::MAX_STEPS;
use crate::{AnswerSpec, FaultCode, PlanFault};

impl Checker<'_> {
    /// The answer as the draft has it; unless it says, every step that no
    /// other one reads from.
    pub(super) fn answer(&mut self) -> Option<AnswerSpec> {
        let style = self.draft.answer.style;
        if self.draft.steps.is_empty() {
            let message = "the plan has no steps; to answer without any, ask or say what is out of scope";
            self.faults.push(PlanFault::new(FaultCode::EmptyAnswer, "/steps", message));
            return None;
        }
        let Some(named) = &self.draft.answer.uses else {
            let read = |step: usize| self.reads.iter().any(|(by, from)| *from == step && *by != step);
            let steps = self.draft.steps.len().min(MAX_STEPS);
            let uses: Vec<_> = (0..steps).filter(|step| !read(*step)).map(index).collect();
            // Only steps in a circle all have readers, and that is a fault already.
            return (!uses.is_empty()).then_some(AnswerSpec { style, uses });
        };
        if named.is_empty() {
            let message = "the answer uses no step; name those whose results it tells";
            self.faults.push(PlanFault::new(FaultCode::EmptyAnswer, "/answer/uses", message));
            return None;
        }
        let mut uses = Vec::new();
        for (i, name) in named.iter().enumerate() {
            match self.by_id.get(name.as_str()) {
                Some(step) if uses.contains(&index(*step)) => {}
                Some(step) => uses.push(index(*step)),
                None => {
                    self.unreadable = true;
                    let message = format!("the answer uses `{name}`, and no step is named so");
                    let fault = PlanFault::new(FaultCode::MissingStep, self.places.answer_use(i), message);
                    self.faults.push(fault.suggesting(closest(name, self.by_id.keys().copied())));
                }
            }
        }
        Some(AnswerSpec { style, uses })
    }
}
