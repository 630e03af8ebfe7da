//! What a human is shown of calls that wait for them: the arguments as they
//! would leave, and where each came from.

use std::collections::BTreeMap;

use catalog::Fingerprint;
use plan::{BoundCall, Integrity, Plan, StepIndex};
use policy::CallToApprove;
use query::Query;
use serde_json::{Value, json};

/// The longest value that is kept to be shown whole, in bytes of JSON: 64 KiB.
/// Of a longer one the beginning is shown, its length and its hash.
pub const MAX_SHOWN_BYTES: usize = 64 * 1024;

/// Where each argument of a call came from, in words, by name.
pub fn sources(plan: &Plan, call: &BoundCall) -> BTreeMap<String, String> {
    let label = |name: &str| call.labels.get(name);
    let names = call.arguments.as_object().into_iter().flat_map(|arguments| arguments.keys());
    let from = |name: &str| match call.tool.fixed.contains_key(name) {
        true => "the configuration".to_owned(),
        false => source(plan, label(name)),
    };
    names.map(|name| (name.clone(), from(name))).collect()
}

/// One call that waits, for programs: its arguments and where each came from.
pub fn asked_json(plan: Option<&Plan>, asked: &CallToApprove) -> Value {
    let mut shown = json!({
        "tool": asked.call.tool.reference,
        "effect": asked.call.tool.effect,
        "arguments": asked.call.arguments,
        "why": asked.why,
        "hash": asked.hash,
    });
    if let Some(plan) = plan {
        shown["from"] = json!(sources(plan, &asked.call));
    }
    shown
}

/// The whole question as it is kept for a human.
pub(crate) fn shown(query: &Query, plan: &Plan, asked: &[CallToApprove], question: &str) -> Value {
    let call = |asked: &CallToApprove| {
        let mut shown = asked_json(Some(plan), asked);
        if let Some(arguments) = shown["arguments"].as_object_mut() {
            arguments.values_mut().for_each(|value| *value = bounded(value.take()));
        }
        shown
    };
    json!({
        "question": question,
        "query": query.text,
        "explain": bounded(json!(plan::explain(plan))),
        "calls": asked.iter().map(call).collect::<Vec<_>>(),
    })
}

fn source(plan: &Plan, label: Option<&plan::Label>) -> String {
    match label {
        Some(label) if !label.provenance.is_empty() => {
            let steps: Vec<String> = label.provenance.iter().map(|step| named(plan, *step)).collect();
            format!("the result of {}", steps.join(" and "))
        }
        Some(label) if label.integrity == Integrity::Untrusted => "a model".to_owned(),
        _ => "the request".to_owned(),
    }
}

fn named(plan: &Plan, step: StepIndex) -> String {
    let step = plan.step(step);
    match step.tool() {
        Some(tool) => format!("{} (`{}`)", step.id, tool.reference),
        None => step.id.to_string(),
    }
}

/// The value, or what can be shown of it.
fn bounded(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.len() <= MAX_SHOWN_BYTES {
        return value;
    }
    let whole = Fingerprint::of(&value);
    let end = (0..=MAX_SHOWN_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    json!(format!("{} … [cut: {} bytes in all, BLAKE3 of the whole {whole}]", &text[..end], text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_and_named_by_its_hash() {
        assert_eq!(bounded(json!({"a": 1})), json!({"a": 1}));
        let long = json!("é".repeat(MAX_SHOWN_BYTES));
        let shown = bounded(long.clone());
        let text = shown.as_str().unwrap();
        assert!(text.len() < MAX_SHOWN_BYTES + 200, "{}", text.len());
        assert!(text.contains(&Fingerprint::of(&long).to_string()));
        assert_ne!(bounded(json!("é".repeat(MAX_SHOWN_BYTES + 1))), shown, "another text, another hash");
    }
}
