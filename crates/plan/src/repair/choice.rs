//! A choice that differs from one of those offered in case or punctuation
//! only.

use catalog::words;
use serde_json::Value;

use super::Mending;
use crate::check::{Callee, find_tool};
use crate::{DraftBinding, FaultCode};

pub(super) fn mend(mending: &mut Mending<'_>) {
    let mut notes = Vec::new();
    for step in &mut mending.draft.steps {
        let tool = match find_tool(mending.context, &step.tool) {
            Some(Callee::Tool(tool)) => tool,
            Some(Callee::Operator(operator)) => operator.tool(),
            None => continue,
        };
        for (name, binding) in &mut step.args {
            let Some(parameter) = tool.parameter(name) else { continue };
            let choices = parameter.choices();
            let (DraftBinding::Literal(Value::String(text)) | DraftBinding::Text(text)) = binding else { continue };
            let same: Vec<&str> = choices.iter().copied().filter(|choice| words(choice) == words(text)).collect();
            let [meant] = same[..] else { continue };
            if choices.contains(&text.as_str()) || words(meant).is_empty() {
                continue;
            }
            notes.push((step.id.clone(), format!("`{name}`: `{text}` is taken to mean `{meant}`")));
            *binding = DraftBinding::Literal(Value::from(meant));
        }
    }
    for (step, text) in notes {
        mending.note(FaultCode::LiteralMismatch, Some(&step), text);
    }
}
