//! The shape that a completion must have.

use std::sync::Arc;

use serde_json::Value;

use crate::SubsetFault;
use crate::outline::outline;
use crate::subset::{check_subset, without_annotations};

/// A schema's name, in characters.
const MAX_NAME_CHARS: usize = 64;

/// A named JSON Schema for a completion. The completion that comes back
/// conforms to it, whoever enforced that.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSchema {
    name: Arc<str>,
    schema: Arc<Value>,
    origin: Origin,
    enforceable: Option<Arc<Value>>,
}

/// Whose words a schema is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Ours,
    Others,
}

/// A schema's name that some provider would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an output schema's name is 1 to {MAX_NAME_CHARS} of the characters A-Z a-z 0-9 _ -, and {0:?} is not")]
pub struct InvalidName(pub String);

impl OutputSchema {
    /// A schema of ours, which the provider itself enforces. It must lie
    /// within the subset that all of them take ([`crate::check_subset`]), annotations
    /// aside; else everything that does not is the error.
    pub fn strict(name: &str, schema: &Value) -> Result<Self, Vec<SubsetFault>> {
        let schema = without_annotations(schema);
        let mut faults = check_subset(&schema);
        if let Err(invalid) = check_name(name) {
            faults.push(SubsetFault { pointer: String::new(), message: invalid.to_string() });
        }
        if faults.is_empty() {
            let schema = Arc::new(schema);
            Ok(Self { name: name.into(), enforceable: Some(Arc::clone(&schema)), schema, origin: Origin::Ours })
        } else {
            Err(faults)
        }
    }

    /// Any schema, a tool's for instance. It stands in the prompt, as data,
    /// and is enforced here; the provider enforces no more than its outline,
    /// free of words, where it has one (see [`Self::enforceable`]).
    pub fn loose(name: &str, schema: Value) -> Result<Self, InvalidName> {
        check_name(name)?;
        let enforceable = outline(&schema).map(Arc::new);
        Ok(Self { name: name.into(), schema: Arc::new(schema), origin: Origin::Others, enforceable })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The schema.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// What a provider may be given to enforce: a strict schema itself, of a
    /// loose one types, names and plain choices where all of its properties
    /// are required and nothing in it is a reference, a union or a condition.
    pub fn enforceable(&self) -> Option<&Value> {
        self.enforceable.as_deref()
    }

    /// Whether it is ours and a provider enforces all of it.
    pub fn is_strict(&self) -> bool {
        self.origin == Origin::Ours
    }
}

fn check_name(name: &str) -> Result<(), InvalidName> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if plain && (1..=MAX_NAME_CHARS).contains(&name.len()) { Ok(()) } else { Err(InvalidName(name.to_owned())) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_all_providers_take_is_strict() {
        let plain =
            json!({"title": "T", "type": "object", "properties": {}, "required": [], "additionalProperties": false});
        let strict = OutputSchema::strict("plan", &plain).unwrap();
        assert!(strict.is_strict() && strict.schema().get("title").is_none());
        assert_eq!(OutputSchema::strict("a plan", &json!({"type": "object"})).unwrap_err().len(), 2);
        let loose = OutputSchema::loose("plan", json!({"oneOf": []})).unwrap();
        assert!(!loose.is_strict() && loose.enforceable().is_none());
        assert_eq!(OutputSchema::loose("", json!({})), Err(InvalidName(String::new())));
    }
}
