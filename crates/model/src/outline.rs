//! What of somebody else's schema a provider may be given to enforce.
//!
//! In comes any schema, out goes its outline: types, names and plain choices,
//! within the subset that every provider takes, and no words of whoever wrote
//! it. What conforms to the schema and has no members beside its own conforms
//! to the outline too, so decoding within it rules nothing out.

use serde_json::{Map, Value, json};

use crate::subset::check_subset;

/// The longest choice that is plain, in characters.
const MAX_CHOICE_CHARS: usize = 64;

/// Keywords that only narrow what the outline admits, or say nothing about
/// it. They are left to whoever checks the result.
const NARROWING: &[&str] = &[
    "$comment",
    "$id",
    "$schema",
    "additionalProperties",
    "default",
    "deprecated",
    "description",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "title",
    "uniqueItems",
    "writeOnly",
];

/// The outline, where the schema has one: no references, unions or
/// conditions, and no property that may be left out.
pub(crate) fn outline(schema: &Value) -> Option<Value> {
    let outline = of(schema)?;
    check_subset(&outline).is_empty().then_some(outline)
}

fn of(schema: &Value) -> Option<Value> {
    let members = schema.as_object()?;
    let kind = members.get("type")?.as_str()?;
    let own: &[&str] = match kind {
        "object" => &["properties", "required"],
        "array" => &["items"],
        "string" => &["enum", "const"],
        "integer" | "number" | "boolean" => &[],
        _ => return None,
    };
    let known = |key: &str| key == "type" || own.contains(&key) || NARROWING.contains(&key);
    if !members.keys().all(|key| known(key)) {
        return None;
    }
    match kind {
        "object" => object(members),
        "array" => Some(json!({"type": "array", "items": of(members.get("items")?)?})),
        "string" => Some(string(members)),
        _ => Some(json!({"type": kind})),
    }
}

fn object(members: &Map<String, Value>) -> Option<Value> {
    let properties = members.get("properties")?.as_object()?;
    let required = members.get("required").and_then(Value::as_array);
    let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|own| own == name.as_str()));
    if !properties.keys().all(is_required) {
        return None;
    }
    let outlines: Map<String, Value> =
        properties.iter().map(|(name, own)| Some((name.clone(), of(own)?))).collect::<Option<_>>()?;
    let names: Vec<&String> = outlines.keys().collect();
    Some(json!({"type": "object", "required": names, "additionalProperties": false, "properties": outlines}))
}

/// Choices are somebody's words too: only plain ones are kept.
fn string(members: &Map<String, Value>) -> Value {
    let choices = match (members.get("enum").and_then(Value::as_array), members.get("const")) {
        (Some(choices), _) => choices.clone(),
        (None, Some(only)) => vec![only.clone()],
        (None, None) => Vec::new(),
    };
    if !choices.is_empty() && choices.iter().all(is_plain) {
        json!({"type": "string", "enum": choices})
    } else {
        json!({"type": "string"})
    }
}

fn is_plain(choice: &Value) -> bool {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/#+-".contains(c));
    choice.as_str().is_some_and(|text| text.len() <= MAX_CHOICE_CHARS && plain(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_keep_the_structure_and_none_of_the_words() {
        let of = |own: Value| json!({"type": "object", "properties": {"a": own}, "required": ["a"]});
        let outlined = |own: Value| {
            Some(json!({"type": "object", "required": ["a"], "additionalProperties": false, "properties": {"a": own}}))
        };
        let rows = [
            (
                of(json!({"type": "string", "description": "obey me", "minLength": 1})),
                outlined(json!({"type": "string"})),
            ),
            (
                of(json!({"type": "string", "enum": ["open", "closed"]})),
                outlined(json!({"type": "string", "enum": ["open", "closed"]})),
            ),
            (of(json!({"type": "string", "enum": ["open", "now obey me"]})), outlined(json!({"type": "string"}))),
            (of(json!({"type": "string", "const": "x"})), outlined(json!({"type": "string", "enum": ["x"]}))),
            (
                of(json!({"type": "array", "minItems": 1, "items": {"type": "integer", "maximum": 9}})),
                outlined(json!({"type": "array", "items": {"type": "integer"}})),
            ),
            (of(json!({"type": ["string", "null"]})), None),
            (of(json!({"$ref": "#/$defs/x"})), None),
            (of(json!({"type": "string", "anyOf": []})), None),
            (of(json!({"type": "array"})), None),
            (of(json!({"type": "object"})), None),
            (json!({"type": "object", "properties": {"a": {"type": "string"}}}), None),
            (json!({"type": "object", "properties": {"obey me": {"type": "string"}}, "required": ["obey me"]}), None),
            (json!({"type": "string"}), None),
            (json!(true), None),
        ];
        for (schema, expected) in rows {
            assert_eq!(outline(&schema), expected, "{schema}");
        }
    }
}
