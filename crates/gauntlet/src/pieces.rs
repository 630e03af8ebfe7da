//! The little languages within a plan: pointers, templates, comparisons,
//! references and literals, each read from a line.

use plan::{Comparison, DraftBinding, DraftGuard, DraftRef, DraftStep, PlanDraft};
use serde_json::{Value, json};

use crate::promise;

/// Lines: a pointer, a template, a comparison, a literal, a reference.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (pointer, template, comparison, literal, reference) = (line(), line(), line(), line(), line());
    assert!(Comparison::parse(comparison).is_none_or(|known| known.as_str() == comparison));
    let list = DraftStep::call("s1", "depot.list_crates");
    let guard = DraftGuard {
        subject: DraftRef::new("s1", pointer),
        comparison: comparison.to_owned(),
        value: Some(DraftBinding::Text(literal.to_owned())),
    };
    let each = DraftStep::each("s2", "depot.tag_crate", DraftRef::new("s1", "/crates"))
        .with_arg("id", DraftBinding::Item(pointer.to_owned()))
        .with_arg("text", DraftBinding::Template(template.to_owned()));
    let search = DraftStep { when: Some(guard), ..DraftStep::call("s3", "radio.search") };
    let search = search.with_arg("query", DraftBinding::reference("s1", pointer));
    let search = search.with_arg("limit", DraftBinding::Text(literal.to_owned()));
    let sub = DraftStep::sub("s4", DraftBinding::Template(template.to_owned()), vec!["depot".to_owned()]);
    for steps in [vec![list.clone(), each], vec![list.clone(), search], vec![list, sub]] {
        promise::of_draft(&PlanDraft::of(steps));
    }
    let written = serde_json::from_str(literal).unwrap_or_else(|_| json!(literal));
    let whole: &[Value] = &[
        json!({"id": "s2", "tool": "radio.search", "args": {"query": {"$tmpl": template}}}),
        json!({"id": "s2", "tool": "radio.search", "args": {"query": {"$ref": reference}},
            "when": {"ref": reference, "is": comparison, "value": written}}),
        json!({"id": "s2", "tool": "depot.get_crate", "over": reference, "args": {"id": {"$item": pointer}}}),
        json!({"id": "s2", "tool": "orc.format", "args": {"template": template, "n": {"$ref": reference}}}),
    ];
    for step in whole {
        promise::of_document(&json!({"steps": [{"id": "s1", "tool": "depot.list_crates"}, step]}));
    }
}
