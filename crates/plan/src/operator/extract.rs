//! `llm.extract`: what a model finds in results, in a given shape.

use serde_json::{Value, json};

use super::{Definition, OperatorFault, object_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "extract",
    about: "What a language model finds in `from`, as JSON of `schema`; only where no path leads to it.",
    schema,
    yields: || json!(true),
    apply: |_| Err(OperatorFault::NeedsModel),
};

fn schema() -> Value {
    let properties = json!({
        "from": {"description": "what is searched: an earlier result"},
        "what": {"type": "string", "description": "what to find, in words"},
        "schema": {"type": "object", "description": "JSON Schema of what is found: an object"},
    });
    object_schema(properties, &["from", "what", "schema"])
}
