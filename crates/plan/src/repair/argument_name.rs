//! An argument that a tool does not take: another spelling of one it takes,
//! or one that a reading call does without.

use catalog::{Tool, words};

use super::Mending;
use crate::check::{Callee, find_tool};
use crate::closest::likeness;
use crate::{DraftOp, DraftStep, FaultCode};

/// How alike a name must be, from 0 to 1, to be another spelling.
const MIN_LIKENESS: f64 = 0.8;

pub(super) fn mend(mending: &mut Mending<'_>) {
    for i in 0..mending.draft.steps.len() {
        if mending.draft.steps[i].op == DraftOp::Sub {
            continue;
        }
        let tool = match find_tool(mending.context, &mending.draft.steps[i].tool) {
            Some(Callee::Tool(tool)) => tool,
            Some(Callee::Operator(operator)) => operator.tool(),
            None => continue,
        };
        if tool.is_closed() {
            mend_step(mending, i, tool);
        }
    }
}

fn mend_step(mending: &mut Mending<'_>, at: usize, tool: &Tool) {
    let unknown: Vec<String> = mending.draft.steps[at]
        .args
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| tool.parameter(name).is_none())
        .collect();
    for name in unknown {
        let step = &mut mending.draft.steps[at];
        let id = step.id.clone();
        if let Some(meant) = other_spelling(step, tool, &name) {
            if let Some((spelled, _)) = step.args.iter_mut().find(|(given, _)| *given == name) {
                spelled.clone_from(&meant);
            }
            let text = format!("`{name}` is taken to mean `{meant}`");
            mending.note(FaultCode::UnknownArgument, Some(&id), text);
        } else if tool.effect.is_read_only() {
            step.args.retain(|(given, _)| *given != name);
            let text = format!("left out `{name}`, which `{}` does not take", tool.reference);
            mending.note(FaultCode::UnknownArgument, Some(&id), text);
        }
    }
}

/// The one parameter, not given yet, that a name is another spelling of.
fn other_spelling(step: &DraftStep, tool: &Tool, name: &str) -> Option<String> {
    let given = |parameter: &str| step.args.iter().any(|(given, _)| given == parameter);
    let free = || tool.parameters.iter().map(|parameter| parameter.name.as_str()).filter(|free| !given(free));
    let same: Vec<&str> = free().filter(|free| words(free) == words(name)).collect();
    let alike: Vec<&str> = free().filter(|free| likeness(free, name) >= MIN_LIKENESS).collect();
    match (same.as_slice(), alike.as_slice()) {
        ([only], _) | ([], [only]) => Some((*only).to_owned()),
        _ => None,
    }
}
