//! Which tool calls a step's result rests on.

use std::collections::BTreeSet;

use plan::{OPERATOR_SERVER, Op, Plan, Step, StepIndex};

use crate::{Citation, Material};

/// The tool that a nested query is cited as.
const NESTED_QUERY: &str = "sub";

/// What a step's result rests on, in plan order: the step itself if it called
/// a tool or asked a nested query, else, transitively, the steps it was
/// computed from. A computation from nothing but literals rests on itself.
pub(crate) fn sources(step: StepIndex, material: &Material<'_>) -> Vec<Citation> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![step];
    let mut seen = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if !seen.insert(next) {
            continue;
        }
        match &material.plan.step(next).op {
            Op::Pure { args, .. } => {
                let read = args.iter().flat_map(|(_, binding)| binding.refs()).map(|reference| reference.step);
                // What yielded nothing cannot be what a result rests on.
                waiting.extend(read.filter(|read| material.seen.get(*read).is_some_and(|seen| seen.succeeded())));
            }
            Op::Call { .. } | Op::Each { .. } | Op::Sub { .. } => {
                found.insert(next);
            }
        }
    }
    if found.is_empty() {
        found.insert(step);
    }
    found.into_iter().map(|step| citation(step, material)).collect()
}

/// A step cited as a whole.
pub(crate) fn citation(step: StepIndex, material: &Material<'_>) -> Citation {
    let footnote = material.footnote(step);
    let (server, tool) = match footnote.served {
        Some(served) => (served.server.to_string(), served.tool.to_string()),
        None => server_and_tool(material.plan.step(step)),
    };
    Citation {
        step: material.plan.step(step).id.clone(),
        server,
        tool,
        pointer: None,
        cached: footnote.cached,
        age_ms: u64::try_from(footnote.age.as_millis()).unwrap_or(u64::MAX),
    }
}

/// The step's place in its plan, from its name.
pub(crate) fn place(citation: &Citation, plan: &Plan) -> usize {
    plan.index_of(&citation.step).map_or(usize::MAX, |index| index.0)
}

/// Who did the step: a server and its tool, or this program.
pub(crate) fn server_and_tool(step: &Step) -> (String, String) {
    match &step.op {
        Op::Call { tool, .. } | Op::Each { tool, .. } => {
            (tool.reference.server.to_string(), tool.reference.tool.to_string())
        }
        Op::Pure { operator, .. } => {
            let name = operator.name();
            let (server, tool) = name.split_once('.').unwrap_or((OPERATOR_SERVER, &name));
            (server.to_owned(), tool.to_owned())
        }
        Op::Sub { .. } => (OPERATOR_SERVER.to_owned(), NESTED_QUERY.to_owned()),
    }
}
