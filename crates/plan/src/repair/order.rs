//! Steps that read from later ones are put after them.

use std::collections::HashMap;

use super::Mending;
use crate::template::{Part, parse};
use crate::{DraftBinding, DraftStep, FaultCode};

/// Puts the steps into an order in which each reads from earlier ones, as
/// close to the written one as there is. Steps in a circle stay as they are.
pub(super) fn mend(mending: &mut Mending<'_>) {
    let steps = &mending.draft.steps;
    let by_id: HashMap<&str, usize> = steps.iter().enumerate().map(|(i, step)| (step.id.as_str(), i)).collect();
    if by_id.len() != steps.len() {
        return;
    }
    let reads: Vec<Vec<usize>> = steps
        .iter()
        .map(|step| names_read(step).iter().filter_map(|name| by_id.get(name.as_str()).copied()).collect())
        .collect();
    let mut order: Vec<usize> = Vec::new();
    while order.len() < steps.len() {
        let ready = |step: &usize| !order.contains(step) && reads[*step].iter().all(|from| order.contains(from));
        let Some(next) = (0..steps.len()).find(ready) else { return };
        order.push(next);
    }
    if order.is_sorted() {
        return;
    }
    let ordered: Vec<DraftStep> = order.iter().map(|step| steps[*step].clone()).collect();
    let names: Vec<&str> = ordered.iter().map(|step| step.id.as_str()).collect();
    let text = format!("put the steps into the order {}", names.join(", "));
    mending.draft.steps = ordered;
    mending.note(FaultCode::ForwardReference, None, text);
}

/// The names of all steps this one reads from or comes after.
fn names_read(step: &DraftStep) -> Vec<String> {
    let mut names = step.after.clone();
    names.extend(step.over.iter().map(|over| over.step.clone()));
    names.extend(step.when.iter().map(|when| when.subject.step.clone()));
    for (_, binding) in &step.args {
        match binding {
            DraftBinding::Ref(to) => names.push(to.step.clone()),
            DraftBinding::Template(text) => {
                names.extend(parse(text).into_iter().flatten().filter_map(|part| match part {
                    Part::Hole { source, .. } => Some(source),
                    Part::Text(_) => None,
                }))
            }
            DraftBinding::Literal(_) | DraftBinding::Text(_) | DraftBinding::Item(_) => {}
        }
    }
    names
}
