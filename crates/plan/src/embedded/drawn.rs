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
    /// The columns that its statement asks for.
    pub(super) columns: Vec<String>,
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
    /// A step with what its arguments say of its result.
    pub(super) fn new(step: DraftStep, tool: Option<Arc<Tool>>, why: Why) -> Self {
        let literal = |binding: &DraftBinding| match binding {
            DraftBinding::Literal(value) => value.as_str().map(columns_of),
            _ => None,
        };
        let columns = step.args.iter().find_map(|(_, binding)| literal(binding).filter(|own| !own.is_empty()));
        Self { step, tool, why, columns: columns.unwrap_or_default() }
    }

    /// The step as what later ones may read from.
    pub(super) fn as_source(&self) -> Option<Source<'_>> {
        let tool = self.tool.as_deref()?;
        Some(Source { id: &self.step.id, tool, is_each: self.step.over.is_some(), columns: &self.columns })
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

/// The names that a statement gives its columns; none where it computes one
/// without naming it, or asks for all there are.
fn columns_of(statement: &str) -> Vec<String> {
    let lower = statement.to_ascii_lowercase();
    let begin = lower.strip_prefix("select ").map(|_| "select ".len());
    let Some((begin, end)) = begin.zip(lower.find(" from ")).filter(|(begin, end)| begin < end) else {
        return Vec::new();
    };
    let named = |column: &str| {
        let column = column.trim();
        let name = column.split_whitespace().next_back()?.rsplit('.').next()?;
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (plain && !column.contains('*')).then(|| name.to_owned())
    };
    statement[begin..end].split(',').map(named).collect::<Option<Vec<String>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_off_a_statement() {
        let rows = [
            ("SELECT subject FROM tickets", "subject"),
            ("select DISTINCT t.name, count(*) AS n FROM t", ""),
            ("SELECT t.name, max(a) AS latest FROM t", "name latest"),
            ("SELECT * FROM t", ""),
            ("subject", ""),
        ];
        for (statement, expected) in rows {
            assert_eq!(columns_of(statement).join(" "), expected, "{statement}");
        }
    }

    #[test]
    fn what_nobody_takes_is_told_or_left_out() {
        let drawn = |id: &str, reads: Option<&str>, why: Why| {
            let step = DraftStep::call(id, "a.b");
            let step = match reads {
                Some(from) => step.with_arg("x", DraftBinding::reference(from, "/y")),
                None => step,
            };
            Drawn::new(step, None, why)
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
