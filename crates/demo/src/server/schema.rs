//! JSON Schemas as MCP clients like them: in comes a Rust type, out comes one
//! self-contained object without `$ref`, without Rust's integer formats, and
//! without `null` where leaving the member out means the same.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::Value;

/// The schema of a tool's arguments.
pub(crate) fn input<T: JsonSchema>() -> Arc<JsonObject> {
    generate::<T>(SchemaSettings::draft2020_12().for_deserialize())
}

/// The schema of a tool's result.
pub(crate) fn output<T: JsonSchema>() -> Arc<JsonObject> {
    generate::<T>(SchemaSettings::draft2020_12().for_serialize())
}

/// The arguments in words: `number (required), method`.
pub(crate) fn signature(schema: &JsonObject) -> String {
    let required = |name: &str| {
        schema
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| names.iter().any(|required| required == name))
    };
    let names: Vec<String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(JsonObject::keys)
        .map(|name| if required(name) { format!("{name} (required)") } else { name.clone() })
        .collect();
    if names.is_empty() { "no arguments".to_owned() } else { names.join(", ") }
}

fn generate<T: JsonSchema>(mut settings: SchemaSettings) -> Arc<JsonObject> {
    settings.inline_subschemas = true;
    let schema = settings.with_transform(tidy).into_generator().into_root_schema_for::<T>();
    let mut object = schema.as_object().cloned().unwrap_or_default();
    object.remove("title");
    object.remove("description");
    object.entry("properties").or_insert_with(|| Value::Object(JsonObject::new()));
    Arc::new(object)
}

fn tidy(schema: &mut Schema) {
    if let Some(object) = schema.as_object_mut() {
        drop_integer_format(object);
        drop_null(object);
        unwrap_lines(object);
    }
    transform_subschemas(&mut tidy, schema);
}

fn drop_integer_format(schema: &mut JsonObject) {
    let of_rust = |format: &str| format.starts_with("uint") || format.starts_with("int");
    if schema.get("format").and_then(Value::as_str).is_some_and(of_rust) {
        schema.remove("format");
    }
}

/// Descriptions are doc comments, whose line breaks mean nothing.
fn unwrap_lines(schema: &mut JsonObject) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

fn drop_null(schema: &mut JsonObject) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = &choices[..] {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Blue,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Paint {
        /// How much, in
        /// litres.
        litres: u32,
        /// Which one.
        #[serde(skip_serializing_if = "Option::is_none")]
        colour: Option<Colour>,
    }

    #[test]
    fn schemas_are_plain() {
        assert_eq!(
            serde_json::to_value(&*input::<Paint>()).unwrap(),
            serde_json::json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {
                    "litres": { "description": "How much, in litres.", "type": "integer", "minimum": 0 },
                    "colour": { "description": "Which one.", "type": "string", "enum": ["red", "blue"] },
                },
                "additionalProperties": false,
                "required": ["litres"],
            })
        );
        assert_eq!(signature(&input::<Paint>()), "litres (required), colour");
    }
}
