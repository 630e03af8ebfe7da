//! A number where a text is taken becomes its text, and a template that is
//! one hole only, where no text is taken, becomes the value itself.

use catalog::{JsonType, JsonTypes};

use super::Mending;
use crate::check::{Callee, find_tool, shapes};
use crate::shape::Shape;
use crate::template::{Part, parse, write_hole};
use crate::{DraftBinding, DraftRef, FaultCode, Path, PlanDraft};

pub(super) fn mend(mending: &mut Mending<'_>) {
    let shapes = shapes(&mending.draft, mending.context);
    let mut notes = Vec::new();
    for i in 0..mending.draft.steps.len() {
        let step = &mending.draft.steps[i];
        let tool = match find_tool(mending.context, &step.tool) {
            Some(Callee::Tool(tool)) => tool,
            Some(Callee::Operator(operator)) => operator.tool(),
            None => continue,
        };
        for place in 0..step.args.len() {
            let step = &mending.draft.steps[i];
            let (name, binding) = &step.args[place];
            let Some(parameter) = tool.parameter(name) else { continue };
            let (mended, text) = match binding {
                DraftBinding::Ref(to) => (as_text(&mending.draft, &shapes, to, parameter.types), "its text"),
                DraftBinding::Template(text) => (as_value(text, parameter.types), "the value itself"),
                _ => continue,
            };
            let Some(mended) = mended else { continue };
            notes.push((step.id.clone(), format!("`{name}` takes {text}")));
            mending.draft.steps[i].args[place].1 = mended;
        }
    }
    for (step, text) in notes {
        mending.note(FaultCode::ReferenceMismatch, Some(&step), text);
    }
}

/// The template of a reference to a scalar that is no text, where only a text
/// fits.
fn as_text(draft: &PlanDraft, shapes: &[Shape], to: &DraftRef, wanted: JsonTypes) -> Option<DraftBinding> {
    let path = Path::parse(&to.path).ok()?;
    let step = draft.steps.iter().position(|step| step.id == to.step)?;
    let types = shapes.get(step)?.at(&path)?.types();
    let scalar = !types.admits(JsonType::Array) && !types.admits(JsonType::Object) && !types.admits(JsonType::Null);
    if !scalar || types.meets(wanted) || !wanted.admits(JsonType::String) {
        return None;
    }
    let mut text = String::new();
    write_hole(&to.step, &path, &mut text);
    let hole = Part::Hole { source: to.step.clone(), path };
    // A pointer with braces cannot stand in a template.
    (parse(&text) == Ok(vec![hole])).then_some(DraftBinding::Template(text))
}

/// The reference or item of a template that is one hole, where no text fits.
fn as_value(text: &str, wanted: JsonTypes) -> Option<DraftBinding> {
    if wanted.admits(JsonType::String) {
        return None;
    }
    let parts = parse(text).ok()?;
    let [Part::Hole { source, path }] = parts.as_slice() else { return None };
    let path = path.to_string();
    Some(if source == crate::ITEM { DraftBinding::Item(path) } else { DraftBinding::reference(source.as_str(), path) })
}
