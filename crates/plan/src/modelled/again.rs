//! Planning once more after a plan yielded too little.
//!
//! The model is shown the query and the tools again and, of the first plan,
//! each step's tool and how it ended: a status, a code of ours, and the kind
//! and size of its result. Not a word of what a server answered.

use std::fmt::Write;

use model::{Model, Slot};
use query::Fault;
use serde_json::Value;

use super::compile::{Compiled, compile};
use super::own::Own;
use super::shortlist::Shortlist;
use super::{Task, ask, card, prompt, schema};
use crate::{Observation, Observations, Plan, Proposal, SkipReason};

/// The longest plan a model may write, in tokens.
const MAX_TOKENS: u32 = 4_096;

/// A second plan, where the model has one that differs from the first.
pub async fn propose_again(
    task: &Task<'_>,
    model: &dyn Model,
    first: &Plan,
    seen: &Observations,
) -> Result<Option<Plan>, Fault> {
    let shortlist = Shortlist::gather(task, model).await;
    let asked = prompt::planning(task, &shortlist)
        .user(
            "An earlier plan for this request brought too little. Its steps, and how each ended. Plan what is likelier \
             to succeed: other tools, other arguments. If there is nothing better, the outcome is `out_of_scope`.",
        )
        .slot(Slot::new("earlier plan", endings(first, seen)));
    let schema = schema::plan(&shortlist.names(), task.depth)?;
    let document = ask::for_json(model, model::Purpose::Plan, asked, schema, MAX_TOKENS).await?;
    let super::reply::Reply { proposal: Proposal::Plan(draft), .. } = super::reply::Reply::read(document)? else {
        return Ok(None);
    };
    let own = Own::draft(task);
    let Ok(Compiled { plan, .. }) = compile(task, &shortlist, draft, model, 0).await else { return Ok(None) };
    let plan = plan.by_model(own.plan());
    Ok(Some(plan).filter(|plan| plan.hash() != first.hash()))
}

/// How each step ended, one line each.
fn endings(plan: &Plan, seen: &Observations) -> String {
    let mut lines = String::new();
    for (index, step) in plan.indexed() {
        let tool = step.tool().map_or_else(|| "computed here".to_owned(), |tool| card::plain_name(tool));
        let ending = seen.get(index).map_or_else(|| "not run".to_owned(), ending);
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{} {tool}: {ending}", step.id);
    }
    lines.truncate(lines.trim_end().len());
    lines
}

fn ending(seen: &Observation) -> String {
    let status = seen.status();
    match seen {
        Observation::Output(output) => format!("{status}, {}", size(output.value())),
        Observation::Failed(fault) | Observation::Indeterminate(fault) => {
            // Codes of ours are plain; a connector's are checked to be.
            let plain = fault.code.chars().all(card::is_plain);
            if plain { format!("{status}, {}", fault.code) } else { status.to_owned() }
        }
        Observation::Skipped(SkipReason::Guard) => format!("{status}, its condition did not hold"),
        Observation::Skipped(SkipReason::Upstream(_)) => format!("{status}, a step it needs brought nothing"),
        Observation::ToolError(_) | Observation::NeedsInput(_) => status.to_owned(),
    }
}

/// What kind of value, and how large: nothing that it says.
fn size(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => "a truth value".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) => format!("a text of {} characters", text.chars().count()),
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(members) => {
            let arrays: Vec<String> =
                members.values().filter_map(Value::as_array).map(|items| items.len().to_string()).collect();
            match arrays.is_empty() {
                true => format!("an object of {} members", members.len()),
                false => format!("an object of {} members, among them arrays of {}", members.len(), arrays.join(", ")),
            }
        }
    }
}
