//! A drafted step in the wire form, as a model wrote it or would have.

use serde_json::{Value, json};

use crate::{DraftBinding, DraftOp, DraftStep};

/// The step, every field present.
pub(super) fn written(step: &DraftStep) -> Value {
    let op = match step.op {
        DraftOp::Call => "call",
        DraftOp::Each => "each",
        DraftOp::Sub => "sub",
    };
    let over = step.over.clone().unwrap_or_default();
    let (subject, comparison, value) = match &step.when {
        None => (crate::DraftRef::default(), "always", String::new()),
        Some(guard) => (guard.subject.clone(), &*guard.comparison, guard.value.as_ref().map(text).unwrap_or_default()),
    };
    let tool =
        if step.op == DraftOp::Sub { step.tools.first().cloned().unwrap_or_default() } else { step.tool.clone() };
    json!({
        "id": step.id, "op": op, "tool": tool, "purpose": step.purpose,
        "over_step": over.step, "over_path": over.path, "limit": step.limit.unwrap_or_default(),
        "when_step": subject.step, "when_path": subject.path, "when_cmp": comparison, "when_value": value,
        "after": step.after,
        "args": step.args.iter().map(|(name, binding)| argument(name, binding)).collect::<Vec<_>>(),
    })
}

fn argument(name: &str, binding: &DraftBinding) -> Value {
    let (kind, step, path) = match binding {
        DraftBinding::Literal(_) | DraftBinding::Text(_) => ("lit", "", ""),
        DraftBinding::Ref(reference) => ("ref", &*reference.step, &*reference.path),
        DraftBinding::Item(path) => ("item", "", &**path),
        DraftBinding::Template(_) => ("tmpl", "", ""),
    };
    json!({"name": name, "kind": kind, "step": step, "path": path, "value": text(binding)})
}

fn text(binding: &DraftBinding) -> String {
    match binding {
        DraftBinding::Literal(value) => value.to_string(),
        DraftBinding::Text(text) | DraftBinding::Template(text) => text.clone(),
        DraftBinding::Ref(_) | DraftBinding::Item(_) => String::new(),
    }
}
