//! A step that was drawn, and why.

use std::sync::Arc;

use catalog::Tool;

use super::link::Source;
use crate::draft::{DraftBinding, DraftRef, DraftStep};

/// A step and the tool it calls, if it calls one.
pub(super) struct Drawn {
    pub(super) step: DraftStep,
    pub(super) tool: Option<Arc<Tool>>,
    pub(super) why: Why,
}

/// Why a step is in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Its result was asked for.
    Asked,
    /// The words ask for it as a help to another step. Where none takes it,
    /// it was asked for after all.
    Helps,
    /// Another step needs it; the words only name it. Where none takes it, it
    /// is in nobody's interest.
    Named,
}

impl Drawn {
    /// The step as what later ones may read from.
    pub(super) fn as_source(&self) -> Option<Source<'_>> {
        let tool = self.tool.as_deref()?;
        Some(Source { id: &self.step.id, tool, is_each: self.step.over.is_some() })
    }

    /// Whether another step makes the very same call under the same
    /// condition.
    pub(super) fn is_same(&self, other: &DraftStep) -> bool {
        let own = &self.step;
        own.op == other.op
            && own.tool == other.tool
            && own.args == other.args
            && own.over == other.over
            && own.when == other.when
    }

    fn reads(&self, id: &str) -> bool {
        let from = |own: &DraftRef| own.step == id;
        self.step.over.as_ref().is_some_and(from)
            || self.step.when.as_ref().is_some_and(|guard| from(&guard.subject))
            || self.step.args.iter().any(|(_, binding)| match binding {
                DraftBinding::Ref(own) => from(own),
                DraftBinding::Template(text) => {
                    text.contains(&format!("{{{{{id}}}}}")) || text.contains(&format!("{{{{{id}:"))
                }
                _ => false,
            })
    }
}

/// Leaves out what was only named and is of no use, and yields the names of
/// the steps whose results are told.
pub(super) fn tied_up(mut drawn: Vec<Drawn>) -> (Vec<DraftStep>, Vec<String>) {
    for at in (0..drawn.len()).rev() {
        let id = drawn[at].step.id.clone();
        if drawn.iter().any(|other| other.reads(&id)) {
            continue;
        }
        match drawn[at].why {
            Why::Asked => {}
            Why::Helps => drawn[at].why = Why::Asked,
            Why::Named => {
                drawn.remove(at);
                drawn.iter_mut().for_each(|other| other.step.after.retain(|after| *after != id));
            }
        }
    }
    let told = drawn.iter().filter(|own| own.why == Why::Asked).map(|own| own.step.id.clone()).collect();
    (drawn.into_iter().map(|own| own.step).collect(), told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_takes_is_told_or_left_out() {
        let drawn = |id: &str, reads: Option<&str>, why: Why| {
            let step = DraftStep::call(id, "a.b");
            let step = match reads {
                Some(from) => step.with_arg("x", DraftBinding::reference(from, "/y")),
                None => step,
            };
            Drawn { step, tool: None, why }
        };
        let rows = [
            (vec![drawn("s1", None, Why::Helps), drawn("s2", Some("s1"), Why::Asked)], "s1 s2", "s2"),
            (vec![drawn("s1", None, Why::Helps), drawn("s2", None, Why::Asked)], "s1 s2", "s1 s2"),
            (vec![drawn("s1", None, Why::Named), drawn("s2", None, Why::Asked)], "s2", "s2"),
            (
                vec![drawn("s1", None, Why::Named), drawn("s2", Some("s1"), Why::Named), drawn("s3", None, Why::Asked)],
                "s3",
                "s3",
            ),
            (vec![drawn("s1", None, Why::Asked), drawn("s2", Some("s1"), Why::Asked)], "s1 s2", "s1 s2"),
        ];
        for (steps, kept, told) in rows {
            let (steps, found) = tied_up(steps);
            let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
            assert_eq!((ids.join(" ").as_str(), found.join(" ").as_str()), (kept, told));
        }
    }
}
