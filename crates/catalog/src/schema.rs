//! Checking arguments against a tool's own schema.
//!
//! A schema is its server's, and may be made to keep whoever uses it busy:
//! patterns are of the kind that takes linear time, and bounded in size and
//! number; nothing is fetched; and the work is counted before it is done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{PatternOptions, Validator};
use serde_json::{Value, json};

use crate::effort::{Effort, is_small, refers, values_in};

/// Where and why a value does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// JSON Pointer to the offending value within the arguments.
    pub pointer: String,
    /// What is wrong, in words.
    pub message: String,
}

/// The faults shown for one value; a hostile schema may have any number.
const MAX_FAULTS: usize = 16;

/// The patterns of one schema; one with more is not used.
const MAX_PATTERNS: usize = 256;

/// The largest pattern, compiled, in bytes; a schema with a larger one is not
/// used.
const MAX_PATTERN_BYTES: usize = 256 * 1024;

/// Schemas of single properties that are kept compiled for one tool, in JSON
/// values with all that each refers to; the others are compiled each time.
const MAX_KEPT_VALUES: usize = 20_000;

/// A schema's validators, compiled when first needed: most tools of a
/// snapshot are never called.
#[derive(Default)]
pub(crate) struct Compiled {
    whole: OnceLock<Option<Held>>,
    properties: Mutex<Properties>,
}

#[derive(Default)]
struct Properties {
    values: usize,
    kept: HashMap<String, Option<Arc<Held>>>,
}

/// A schema ready to be held against values, and what is known of the work.
struct Held {
    validator: Validator,
    values: usize,
    refers: bool,
}

impl Held {
    /// All faults of a value, up to a number.
    fn faults(&self, schema: &Value, value: &Value) -> Vec<SchemaFault> {
        let bounded = || Effort::of(schema).and_then(|effort| effort.bounded(value)).is_ok();
        if !is_small(self.values, self.refers, value) && !bounded() {
            return vec![endless()];
        }
        // Most values fit, and that is quicker to see than where one does not.
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let fault = |error: jsonschema::ValidationError<'_>| SchemaFault {
            pointer: error.instance_path().to_string(),
            message: error.to_string(),
        };
        self.validator.iter_errors(value).take(MAX_FAULTS).map(fault).collect()
    }
}

impl Compiled {
    /// All faults of a whole arguments object.
    pub(crate) fn check(&self, schema: &Value, arguments: &Value) -> Vec<SchemaFault> {
        let held = self.whole.get_or_init(|| compile(schema));
        held.as_ref().map_or_else(|| vec![unusable()], |held| held.faults(schema, arguments))
    }

    /// All faults of one property's value, for plans whose other arguments
    /// are not known yet.
    pub(crate) fn check_property(&self, schema: &Value, name: &str, value: &Value) -> Vec<SchemaFault> {
        let Some(own) = schema["properties"].get(name) else { return Vec::new() };
        let own = with_shared(own, schema);
        self.property(name, &own).map_or_else(Vec::new, |held| held.faults(&own, value))
    }

    fn property(&self, name: &str, own: &Value) -> Option<Arc<Held>> {
        let lock = || self.properties.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().kept.get(name) {
            return known.clone();
        }
        let held = compile(own).map(Arc::new);
        let mut properties = lock();
        let values = held.as_ref().map_or(1, |held| held.values);
        if properties.values + values <= MAX_KEPT_VALUES {
            properties.values += values;
            properties.kept.insert(name.to_owned(), held.clone());
        }
        held
    }
}

/// A validator; `None` when the schema is none, or too much of one.
fn compile(schema: &Value) -> Option<Held> {
    if patterns_in(schema) > MAX_PATTERNS {
        return None;
    }
    let patterns = PatternOptions::regex().size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES);
    let validator = jsonschema::options().with_pattern_options(patterns).build(schema).ok()?;
    Some(Held { validator, values: values_in(schema), refers: refers(schema) })
}

/// A property's schema with the definitions that it may refer to.
fn with_shared(own: &Value, whole: &Value) -> Value {
    let mut own = own.clone();
    for definitions in ["$defs", "definitions"] {
        if let (Some(shared), Some(members)) = (whole.get(definitions), own.as_object_mut()) {
            members.entry(definitions).or_insert_with(|| shared.clone());
        }
    }
    own
}

fn patterns_in(schema: &Value) -> usize {
    let (mut waiting, mut count) = (vec![schema], 0);
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(members) => {
                count += usize::from(members.get("pattern").is_some_and(Value::is_string));
                count += members.get("patternProperties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
                waiting.extend(members.values());
            }
            Value::Array(items) => waiting.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    count
}

fn unusable() -> SchemaFault {
    fault("the tool's input schema itself is not valid JSON Schema")
}

fn endless() -> SchemaFault {
    fault("holding them against the tool's input schema would take too many steps")
}

fn fault(message: &str) -> SchemaFault {
    SchemaFault { pointer: String::new(), message: message.to_owned() }
}

/// What takes no arguments, or does not say what it takes.
pub(crate) fn any_object() -> Value {
    json!({"type": "object"})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(schema: &Value, value: &Value) -> String {
        let compiled = Compiled::default();
        let faults = compiled.check(schema, value);
        for (name, own) in value.as_object().into_iter().flatten() {
            let _ = compiled.check_property(schema, name, own);
        }
        assert!(compiled.properties.lock().unwrap().values <= MAX_KEPT_VALUES);
        faults.first().map_or_else(|| "fits".to_owned(), |fault| fault.message.clone())
    }

    #[test]
    fn schemas_made_to_keep_us_busy_do_not() {
        let property = |schema: Value| json!({"type": "object", "properties": {"a": schema}});
        let nested = |levels: usize| (0..levels).fold(json!("x"), |inner, _| json!({"a": inner}));
        let twice = json!({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        let many: Vec<Value> = (0..=MAX_PATTERNS).map(|i| json!({"pattern": format!("x{i}")})).collect();
        let shared: serde_json::Map<String, Value> =
            (0..300).map(|i| (format!("p{i}"), json!({"$ref": "#/$defs/x"}))).collect();
        let values: serde_json::Map<String, Value> = (0..300).map(|i| (format!("p{i}"), json!("x"))).collect();
        let huge = json!({"properties": shared, "$defs": {"x": {"type": "string", "enum": vec!["x"; 1_000]}}});
        let rows = [
            (property(json!({"pattern": "^x+$"})), json!({"a": "xx"}), "fits"),
            (property(json!({"pattern": "^(x+)+$"})), json!({"a": "x".repeat(50) + "!"}), "does not match"),
            (property(json!({"pattern": "(((x{1,99}){1,99}){1,99}){1,99}"})), json!({"a": "x"}), "not valid"),
            (property(json!({"pattern": "(?<=x)\\1"})), json!({"a": "x"}), "not valid"),
            (property(json!({"allOf": many[1..]})), json!({"a": "x"}), "does not match"),
            (property(json!({"allOf": many})), json!({"a": "x"}), "not valid"),
            (property(json!({"$ref": "http://127.0.0.1:1/x.json"})), json!({"a": "x"}), "not valid"),
            (property(json!({"$ref": "file:///etc/hostname"})), json!({"a": "x"}), "not valid"),
            (twice.clone(), nested(5), "fits"),
            (twice, nested(60), "too many steps"),
            (json!({"$ref": "#"}), json!({}), "too many steps"),
            (huge, values.into(), "fits"),
        ];
        for (schema, value, expected) in rows {
            let found = found(&schema, &value);
            assert!(found.contains(expected), "{found}\ninstead of\n{expected}");
        }
    }
}
