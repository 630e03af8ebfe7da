//! Checking arguments against a tool's own schema.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Value, json};

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

/// A schema's validators, compiled when first needed: most tools of a
/// snapshot are never called. Compiled with linear-time patterns and without
/// any way to fetch a remote reference.
#[derive(Default)]
pub(crate) struct Compiled {
    whole: OnceLock<Option<Validator>>,
    properties: OnceLock<HashMap<String, Validator>>,
}

impl Compiled {
    /// All faults of a whole arguments object.
    pub(crate) fn check(&self, schema: &Value, arguments: &Value) -> Vec<SchemaFault> {
        let validator = self.whole.get_or_init(|| compile(schema).ok());
        validator.as_ref().map_or_else(|| vec![unusable()], |validator| faults(validator, arguments))
    }

    /// All faults of one property's value, for plans whose other arguments
    /// are not known yet.
    pub(crate) fn check_property(&self, schema: &Value, name: &str, value: &Value) -> Vec<SchemaFault> {
        let properties = self.properties.get_or_init(|| compile_properties(schema));
        properties.get(name).map_or_else(Vec::new, |validator| faults(validator, value))
    }
}

fn compile(schema: &Value) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::options().with_pattern_options(PatternOptions::regex()).build(schema)
}

fn compile_properties(schema: &Value) -> HashMap<String, Validator> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let compiled = properties.filter_map(|(name, own)| {
        let mut own = own.clone();
        for definitions in ["$defs", "definitions"] {
            if let (Some(shared), Some(members)) = (schema.get(definitions), own.as_object_mut()) {
                members.entry(definitions).or_insert_with(|| shared.clone());
            }
        }
        compile(&own).ok().map(|validator| (name.clone(), validator))
    });
    compiled.collect()
}

fn faults(validator: &Validator, value: &Value) -> Vec<SchemaFault> {
    let fault = |error: jsonschema::ValidationError<'_>| SchemaFault {
        pointer: error.instance_path().to_string(),
        message: error.to_string(),
    };
    // Most values fit, and that is quicker to see than where one does not.
    if validator.is_valid(value) {
        return Vec::new();
    }
    validator.iter_errors(value).take(MAX_FAULTS).map(fault).collect()
}

fn unusable() -> SchemaFault {
    SchemaFault {
        pointer: String::new(),
        message: "the tool's input schema itself is not valid JSON Schema".to_owned(),
    }
}

/// What takes no arguments, or does not say what it takes.
pub(crate) fn any_object() -> Value {
    json!({"type": "object"})
}
