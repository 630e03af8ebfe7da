//! `llm.summarize`: what a model says of results, in a few sentences.

use serde_json::{Value, json};

use super::{Definition, OperatorFault, object_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "summarize",
    about: "What a language model says of `from` in a few sentences, as a text for a later step; the answer itself \
            is written without it.",
    schema,
    yields: || json!({"type": "string"}),
    apply: |_| Err(OperatorFault::NeedsModel),
};

fn schema() -> Value {
    let properties = json!({
        "from": {"description": "what is summarized: an earlier result"},
        "focus": {"type": "string", "description": "what matters, in words"},
    });
    object_schema(properties, &["from"])
}
