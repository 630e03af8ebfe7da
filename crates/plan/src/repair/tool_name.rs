//! A tool's name that can only mean one tool.

use std::sync::Arc;

use catalog::{Tool, words};

use super::Mending;
use crate::check::find_tool;
use crate::closest::likeness;
use crate::{CheckContext, DraftOp, FaultCode, Operator};

/// How alike a name must be, from 0 to 1, to stand for a tool that only
/// reads.
const MIN_LIKENESS: f64 = 0.85;

pub(super) fn mend(mending: &mut Mending<'_>) {
    for i in 0..mending.draft.steps.len() {
        let step = &mending.draft.steps[i];
        if step.op == DraftOp::Sub || step.tool.is_empty() || find_tool(mending.context, &step.tool).is_some() {
            continue;
        }
        let Some(meant) = only_meaning(mending.context, &step.tool) else { continue };
        let text = format!("`{}` is taken to mean `{meant}`", step.tool);
        let id = step.id.clone();
        mending.draft.steps[i].tool = meant;
        mending.note(FaultCode::UnknownTool, Some(&id), text);
    }
}

/// The one tool a name can mean: the same words with or without the server's;
/// or, for a tool that only reads, very nearly the same letters.
fn only_meaning(context: &CheckContext<'_>, name: &str) -> Option<String> {
    let operators = Operator::ALL.iter().map(|operator| operator.tool());
    let tools: Vec<&Arc<Tool>> = context.tools().chain(operators).collect();
    let wanted = words(name);
    let bare = words(name.rsplit(['.', '/', ':']).next().unwrap_or(name));
    let same = |tool: &&&Arc<Tool>| words(&tool.reference.to_string()) == wanted;
    let same_bare = |tool: &&&Arc<Tool>| words(&tool.reference.tool) == bare;
    let alike =
        |tool: &&&Arc<Tool>| tool.effect.is_read_only() && likeness(name, &tool.reference.to_string()) >= MIN_LIKENESS;
    only(tools.iter().filter(same))
        .or_else(|| only(tools.iter().filter(same_bare)))
        .or_else(|| only(tools.iter().filter(alike)))
        .map(|tool| tool.reference.to_string())
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
