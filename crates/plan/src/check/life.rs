//! Steps that nobody needs.

use super::Checker;
use crate::{AnswerSpec, FaultCode};

impl Checker<'_> {
    /// A step lives when the answer uses it, when it changes something, or
    /// when a living step reads from it. Having to come first (`after`) keeps
    /// nothing alive. Nothing is said as long as some reference cannot be
    /// read.
    pub(super) fn life(&mut self, answer: Option<&AnswerSpec>) {
        let Some(answer) = answer.filter(|_| !self.unreadable) else { return };
        let steps = self.known.len();
        let mut lives: Vec<bool> = self.known.iter().map(|known| !known.harmless).collect();
        for used in &answer.uses {
            lives[used.0] = true;
        }
        // Readers mostly come later, so one pass from the end does; a forward
        // reference may need another one.
        for _ in 0..steps {
            for &(reader, source) in self.reads.iter().rev() {
                if lives[reader] {
                    lives[source] = true;
                }
            }
        }
        for step in (0..steps).filter(|step| !lives[*step]) {
            let id = &self.draft.steps[step].id;
            let message = format!("neither the answer nor any needed step reads from `{id}`; use it or leave it out");
            self.fault(step, FaultCode::DeadStep, self.places.step(step), message);
        }
    }
}
