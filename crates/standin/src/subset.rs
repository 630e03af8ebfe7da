//! What all providers together would refuse of a schema.
//!
//! Written from their documentation and not from the code under test, so that
//! one checks the other.

use serde_json::Value;

/// Objects within objects.
const MAX_DEPTH: usize = 5;

/// Properties in all.
const MAX_PROPERTIES: usize = 100;

/// Enumerated values in all.
const MAX_VALUES: usize = 500;

/// What is wrong first, or nothing.
pub(crate) fn complaint(schema: &Value) -> Option<String> {
    let mut tally = Tally::default();
    let wrong =
        if schema["type"] == "object" { visit(schema, 1, &mut tally).err() } else { Some("root is no object".into()) };
    wrong
        .or_else(|| (tally.properties > MAX_PROPERTIES).then(|| format!("{} properties", tally.properties)))
        .or_else(|| (tally.values > MAX_VALUES).then(|| format!("{} enumerated values", tally.values)))
}

#[derive(Default)]
struct Tally {
    properties: usize,
    values: usize,
}

fn visit(schema: &Value, depth: usize, tally: &mut Tally) -> Result<(), String> {
    let members = schema.as_object().ok_or("a schema is no object")?;
    let kind = members.get("type").and_then(Value::as_str).ok_or("a schema has no single type")?;
    for key in members.keys().map(String::as_str) {
        let known = match kind {
            "object" => matches!(key, "properties" | "required" | "additionalProperties"),
            "array" => key == "items",
            "string" => key == "enum",
            "integer" | "number" | "boolean" => false,
            other => return Err(format!("unknown type {other}")),
        };
        if !known && !matches!(key, "type" | "description") {
            return Err(format!("'{key}' is not permitted"));
        }
    }
    match kind {
        "object" => {
            if depth > MAX_DEPTH {
                return Err(format!("more than {MAX_DEPTH} levels of nesting"));
            }
            if schema["additionalProperties"] != false {
                return Err("'additionalProperties' is required to be supplied and to be false".into());
            }
            let properties = schema["properties"].as_object().ok_or("'properties' is missing")?;
            let required = schema["required"].as_array().ok_or("'required' is missing")?;
            if required.len() != properties.len()
                || !required.iter().all(|name| name.as_str().is_some_and(|name| properties.contains_key(name)))
            {
                return Err("'required' must name every property".into());
            }
            tally.properties += properties.len();
            properties.values().try_for_each(|own| visit(own, depth + 1, tally))
        }
        "array" => visit(schema.get("items").ok_or("'items' is missing")?, depth, tally),
        "string" => {
            let values = schema.get("enum").map_or(Some(&[][..]), |values| values.as_array().map(Vec::as_slice));
            let values = values.ok_or("'enum' is no list")?;
            tally.values += values.len();
            values.iter().all(Value::is_string).then_some(()).ok_or_else(|| "'enum' lists other than strings".into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_one_provider_refuses_is_refused() {
        let of = |own: Value| json!({"type": "object", "properties": {"a": own}, "required": ["a"], "additionalProperties": false});
        let rows = [
            (of(json!({"type": "string", "enum": ["x"], "description": "d"})), None),
            (of(of(of(of(of(json!({"type": "array", "items": {"type": "integer"}})))))), None),
            (of(of(of(of(of(of(json!({"type": "integer"}))))))), Some("more than 5 levels of nesting")),
            (json!({"type": "array", "items": {"type": "string"}}), Some("root is no object")),
            (of(json!({"type": ["string", "null"]})), Some("a schema has no single type")),
            (of(json!({"type": "string", "pattern": "x"})), Some("'pattern' is not permitted")),
            (of(json!({"anyOf": []})), Some("a schema has no single type")),
            (of(json!({"type": "string", "enum": [1]})), Some("'enum' lists other than strings")),
            (
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": false}),
                Some("'required' must name every property"),
            ),
            (
                json!({"type": "object", "properties": {}, "required": []}),
                Some("'additionalProperties' is required to be supplied and to be false"),
            ),
        ];
        for (schema, expected) in rows {
            assert_eq!(complaint(&schema).as_deref(), expected, "{schema}");
        }
    }
}
