//! A drafting in one line.

use concertmaster_plan::{DraftBinding, DraftOp, DraftRef, DraftStep, Drafting};
use serde_json::Value;

pub(crate) fn shown(drafting: &Drafting) -> String {
    match drafting {
        Drafting::Draft { draft, unserved } => {
            let steps: Vec<String> = draft.steps.iter().map(step).collect();
            let left = if unserved.is_empty() { String::new() } else { format!(" but not: {}", unserved.join(", ")) };
            format!("{}{left}", steps.join("; "))
        }
        Drafting::Ambiguous { options, .. } => {
            let mut names: Vec<String> = options.iter().map(|option| option.tool.reference.to_string()).collect();
            names.sort();
            format!("which of {}", names.join(", "))
        }
        Drafting::Missing { tool, parameters, .. } => {
            let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            format!("{} lacks {}", tool.reference, names.join(", "))
        }
        Drafting::OutOfScope { .. } => "out of scope".to_owned(),
    }
}

fn step(step: &DraftStep) -> String {
    let args: Vec<String> = step.args.iter().map(|(name, own)| format!("{name}{}", binding(own))).collect();
    let over = step.over.as_ref().filter(|_| step.op == DraftOp::Each);
    let over = over.map_or_else(String::new, |over| format!("each {} ", place(over)));
    let guard = step.when.as_ref().map_or_else(String::new, |guard| {
        let value = match &guard.value {
            Some(DraftBinding::Literal(value)) => format!(" {value}"),
            _ => String::new(),
        };
        format!(" if {} {}{value}", place(&guard.subject), guard.comparison)
    });
    format!("{} {over}{}({}){guard}", step.id, step.tool, args.join(", "))
}

fn binding(binding: &DraftBinding) -> String {
    match binding {
        DraftBinding::Literal(Value::String(text)) => format!("={text}"),
        DraftBinding::Literal(value) => format!("={value}"),
        DraftBinding::Ref(own) => format!("<{}", place(own)),
        DraftBinding::Item(path) => format!("<item{path}"),
        DraftBinding::Text(text) | DraftBinding::Template(text) => format!("={text}"),
    }
}

fn place(own: &DraftRef) -> String {
    format!("{}{}", own.step, own.path)
}
