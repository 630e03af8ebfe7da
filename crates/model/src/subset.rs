//! The part of JSON Schema that every provider's structured output takes.
//!
//! In comes a schema, out goes everything about it that some provider would
//! refuse or ignore. Instances are not looked at.

use std::fmt;

use serde_json::{Map, Value};

/// Objects within objects, the root counted.
pub const MAX_OBJECT_DEPTH: usize = 5;

/// Properties of all objects together.
pub const MAX_PROPERTIES: usize = 100;

/// Values of all enumerations together.
pub const MAX_ENUM_VALUES: usize = 500;

/// A property's name, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Keywords that say something to readers only. Some providers refuse them;
/// they are taken out before a schema is sent.
pub(crate) const ANNOTATIONS: &[&str] = &["$schema", "$id", "$comment", "title", "default", "examples"];

/// Keywords that each type may have beside `type` and `description`.
const OBJECT: &[&str] = &["properties", "required", "additionalProperties"];
const ARRAY: &[&str] = &["items"];
const STRING: &[&str] = &["enum"];

/// One thing that puts a schema outside the subset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubsetFault {
    /// JSON Pointer into the schema.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for SubsetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the root" } else { &self.pointer };
        write!(f, "{place}: {}", self.message)
    }
}

/// Everything that puts a schema outside the subset: an object at the root;
/// one plain `type` everywhere; all properties required and no others
/// allowed; arrays with one kind of item; enumerations of strings; no
/// references, unions, bounds, patterns or formats; bounded in size.
pub fn check_subset(schema: &Value) -> Vec<SubsetFault> {
    let mut walk = Walk::default();
    if schema["type"] != "object" {
        walk.fault("", "it is not an object");
    }
    walk.schema(schema, "", 0);
    for (count, limit, what) in
        [(walk.properties, MAX_PROPERTIES, "properties"), (walk.enum_values, MAX_ENUM_VALUES, "enumerated values")]
    {
        if count > limit {
            walk.fault("", &format!("it has {count} {what}, more than {limit}"));
        }
    }
    walk.faults
}

/// The schema without what only readers need.
pub(crate) fn without_annotations(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let kept = members.iter().filter(|(key, _)| !ANNOTATIONS.contains(&key.as_str())).map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                let cleaned = properties.iter().map(|(name, own)| (name.clone(), without_annotations(own)));
                Value::Object(cleaned.collect())
            }
            ("items", own) => without_annotations(own),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Value::Object(kept.collect())
}

#[derive(Default)]
struct Walk {
    properties: usize,
    enum_values: usize,
    faults: Vec<SubsetFault>,
}

impl Walk {
    fn fault(&mut self, pointer: &str, message: &str) {
        self.faults.push(SubsetFault { pointer: pointer.to_owned(), message: message.to_owned() });
    }

    fn schema(&mut self, schema: &Value, at: &str, depth: usize) {
        let Some(members) = schema.as_object() else { return self.fault(at, "a schema must be an object") };
        let allowed = match members.get("type").and_then(Value::as_str) {
            Some("object") => OBJECT,
            Some("array") => ARRAY,
            Some("string") => STRING,
            Some("integer" | "number" | "boolean") => &[],
            _ => return self.fault(at, "`type` must be one of object, array, string, integer, number, boolean"),
        };
        for key in members.keys().filter(|key| !["type", "description"].contains(&key.as_str())) {
            if !allowed.contains(&key.as_str()) {
                self.fault(at, &format!("`{key}` is not understood by every provider"));
            }
        }
        match allowed {
            OBJECT => self.object(members, at, depth + 1),
            ARRAY => match members.get("items") {
                Some(items) => self.schema(items, &format!("{at}/items"), depth),
                None => self.fault(at, "an array must say what its `items` are"),
            },
            STRING => self.choices(members.get("enum"), at),
            _ => {}
        }
    }

    fn object(&mut self, members: &Map<String, Value>, at: &str, depth: usize) {
        if depth > MAX_OBJECT_DEPTH {
            return self.fault(at, &format!("objects nest deeper than {MAX_OBJECT_DEPTH}"));
        }
        if members.get("additionalProperties") != Some(&Value::Bool(false)) {
            self.fault(at, "`additionalProperties` must be false");
        }
        let none = Map::new();
        let properties = members.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let required: Vec<&str> =
            members.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        self.properties += properties.len();
        for (name, own) in properties {
            let own_at = format!("{at}/properties/{}", name.replace('~', "~0").replace('/', "~1"));
            if !is_plain_name(name) {
                self.fault(&own_at, "a property's name must be 1 to 64 of the characters A-Z a-z 0-9 _ . -");
            }
            if !required.contains(&name.as_str()) {
                self.fault(&own_at, "every property must be required");
            }
            self.schema(own, &own_at, depth);
        }
        for name in required.iter().filter(|name| !properties.contains_key(**name)) {
            self.fault(at, &format!("`{name}` is required but not a property"));
        }
    }

    fn choices(&mut self, choices: Option<&Value>, at: &str) {
        let Some(choices) = choices else { return };
        match choices.as_array() {
            Some(values) if !values.is_empty() && values.iter().all(Value::is_string) => {
                self.enum_values += values.len();
            }
            _ => self.fault(at, "`enum` must list strings"),
        }
    }
}

fn is_plain_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!({"type": "string"}), |inner, _| {
            json!({"type": "object", "properties": {"a": inner}, "required": ["a"], "additionalProperties": false})
        })
    }

    #[test]
    fn what_some_provider_would_refuse_is_found() {
        let object = |properties: Value| {
            let names: Vec<&String> = properties.as_object().unwrap().keys().collect();
            json!({"type": "object", "required": names, "additionalProperties": false, "properties": properties})
        };
        let many: Map<String, Value> = (0..101).map(|i| (format!("p{i}"), json!({"type": "string"}))).collect();
        let values: Vec<String> = (0..501).map(|i| format!("v{i}")).collect();
        let rows = [
            (nested(5), vec![]),
            (
                object(json!({"a": {"type": "array", "description": "x", "items": {"type": "string", "enum": ["b"]}}})),
                vec![],
            ),
            (
                nested(6),
                vec!["/properties/a/properties/a/properties/a/properties/a/properties/a: objects nest deeper than 5"],
            ),
            (json!({"type": "string"}), vec!["the root: it is not an object"]),
            (
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]}),
                vec![
                    "the root: `additionalProperties` must be false",
                    "/properties/a: every property must be required",
                    "the root: `b` is required but not a property",
                ],
            ),
            (
                object(json!({"a": {"type": ["string", "null"]}})),
                vec!["/properties/a: `type` must be one of object, array, string, integer, number, boolean"],
            ),
            (object(json!({"a": {"type": "array"}})), vec!["/properties/a: an array must say what its `items` are"]),
            (object(json!({"a": {"type": "string", "enum": [1]}})), vec!["/properties/a: `enum` must list strings"]),
            (
                object(json!({"a": {"type": "integer", "minimum": 1}})),
                vec!["/properties/a: `minimum` is not understood by every provider"],
            ),
            (
                object(json!({"a/b": {"type": "boolean"}})),
                vec!["/properties/a~1b: a property's name must be 1 to 64 of the characters A-Z a-z 0-9 _ . -"],
            ),
            (object(json!({"a": true})), vec!["/properties/a: a schema must be an object"]),
            (object(Value::Object(many)), vec!["the root: it has 101 properties, more than 100"]),
            (
                object(json!({"a": {"type": "string", "enum": values}})),
                vec!["the root: it has 501 enumerated values, more than 500"],
            ),
        ];
        for (schema, expected) in rows {
            let faults: Vec<String> = check_subset(&schema).iter().map(ToString::to_string).collect();
            assert_eq!(faults, expected, "{schema}");
        }
    }

    #[test]
    fn annotations_go_and_properties_of_their_names_stay() {
        let schema = json!({"$schema": "x", "title": "T", "type": "object", "properties": {
            "title": {"type": "string", "title": "t", "default": "d"},
            "list": {"type": "array", "items": {"type": "string", "examples": ["e"]}},
        }});
        let kept = json!({"type": "object", "properties": {
            "title": {"type": "string"},
            "list": {"type": "array", "items": {"type": "string"}},
        }});
        assert_eq!(without_annotations(&schema), kept);
    }
}
