//! What the model is shown of each step's result.
//!
//! Whole where it fits; else what the extractive answer would tell of it,
//! which is chosen with the query in mind and never cuts a number in two.

use std::collections::BTreeSet;

use plan::{Observation, StepIndex};
use serde_json::Value;

use super::WritingBudget;
use crate::compose::{named_by, told_steps};
use crate::cut::shortened;
use crate::focus::Focus;
use crate::section::section;
use crate::source::server_and_tool;
use crate::terms::Terms;
use crate::{Form, Material, Statement, clean};

/// The most lists of one result whose lengths are told.
const COUNTS: usize = 6;
/// The most of a list's name that is told, in bytes.
const KEY_BYTES: usize = 40;

/// One step's result as the model sees it.
#[derive(Debug)]
pub(crate) struct Exhibit {
    /// The step.
    pub(crate) step: StepIndex,
    /// Its name, and who did it: `s1 github.get_pull_request`.
    pub(crate) label: String,
    /// The result, or what is told of it.
    pub(crate) text: String,
    /// Whether the answer must say something of it.
    pub(crate) is_told: bool,
    /// Numbers in the text that the program counted.
    pub(crate) counted: Vec<u64>,
    /// How many elements its outermost lists have, a line each.
    pub(crate) counts: Vec<String>,
}

/// The results that the answer is about, and those that give the items of an
/// `each` their names, in plan order.
pub(crate) fn exhibits(material: &Material<'_>, budget: WritingBudget) -> Vec<Exhibit> {
    let told = told_steps(material);
    let mut shown: BTreeSet<StepIndex> = told.iter().copied().collect();
    shown.extend(told.iter().filter_map(|step| named_by(*step, material)));
    let share = budget.share(shown.len());
    let exhibit = |step: StepIndex| {
        let value = material.seen.get(step).and_then(Observation::output)?.value();
        let (text, counted) = text(step, value, material, share);
        let (server, tool) = server_and_tool(material.plan.step(step));
        // A blank would let a tool's name speak in sentences.
        let name = format!("{server}.{tool}").replace(char::is_whitespace, "_");
        let label = format!("{} {name}", material.plan.step(step).id);
        let counts = counts(value, material.plan.step(step).id.as_str());
        Some(Exhibit { step, label, text, is_told: told.contains(&step), counted, counts })
    };
    shown.into_iter().filter_map(exhibit).collect()
}

fn text(step: StepIndex, value: &Value, material: &Material<'_>, tokens: u32) -> (String, Vec<u64>) {
    let whole = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if model::estimate_tokens(&whole) <= tokens {
        return (whole, Vec::new());
    }
    let style = material.plan.answer().style;
    let focus = Focus { terms: Terms::of(material.query), style, alone: true };
    let statements = section(step, material, &focus);
    if statements.is_empty() {
        return (whole, Vec::new());
    }
    let lines: Vec<String> = statements.iter().map(line).collect();
    (lines.join("\n"), statements.into_iter().flat_map(|statement| statement.counted).collect())
}

/// `s1: 12`, `s1 messages: 3`, for the result if it is a list and for the
/// lists among its members.
fn counts(value: &Value, step: &str) -> Vec<String> {
    match value {
        Value::Array(items) => vec![format!("{step}: {}", items.len())],
        Value::Object(members) => {
            let lists = members.iter().filter_map(|(key, value)| Some((key, value.as_array()?)));
            let told = lists
                .map(|(key, items)| format!("{step} {}: {}", shortened(&clean::inline(key), KEY_BYTES), items.len()));
            told.take(COUNTS).collect()
        }
        _ => Vec::new(),
    }
}

fn line(statement: &Statement) -> String {
    match statement.form {
        Form::Item { depth } | Form::Quote { depth } => format!("{}- {}", "  ".repeat(depth.into()), statement.text),
        _ => statement.text.clone(),
    }
}
