//! A client that answers whatever a server asks.

use catalog::ServerId;
use dispatch::{Counterpart, Offers, ServerQuestion};
use futures::future::BoxFuture;
use query::{Blame, Fault};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

/// Accepts every form with its defaults, samples without a model, and has one
/// root.
pub(crate) struct Obliging;

impl Counterpart for Obliging {
    fn name(&self) -> &str {
        "obliging"
    }

    fn offers(&self) -> Offers {
        Offers { sampling: true, forms: true, urls: false, roots: true, later: false }
    }

    fn ask(&self, question: ServerQuestion) -> BoxFuture<'_, Result<Box<RawValue>, Fault>> {
        Box::pin(async move {
            let params: Value =
                question.params.and_then(|params| serde_json::from_str(params.get()).ok()).unwrap_or_default();
            let answer = match question.method.as_str() {
                "elicitation/create" => json!({"action": "accept", "content": filled(&params["requestedSchema"])}),
                "roots/list" => json!({"roots": [{"uri": "file:///work", "name": "work"}]}),
                _ => {
                    let content = json!({"type": "text", "text": "yes"});
                    json!({"role": "assistant", "content": content, "model": "none", "stopReason": "endTurn"})
                }
            };
            to_raw_value(&answer).map_err(|error| Fault::lasting(Blame::Caller, "unanswered", error.to_string()))
        })
    }

    fn log(&self, _: &ServerId, _: &RawValue) {}
}

/// An object that fits a schema: defaults where there are any, else the
/// simplest value of the type.
pub(crate) fn filled(schema: &Value) -> Map<String, Value> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, property)| (name.clone(), value_for(property))).collect()
}

fn value_for(property: &Value) -> Value {
    if let Some(default) = property.get("default").or_else(|| property["enum"].get(0)) {
        return default.clone();
    }
    match property["type"].as_str() {
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(1),
        Some("array") => json!([]),
        Some("object") => Value::Object(filled(property)),
        _ => json!("text"),
    }
}
