//! The JSON Schema of `concertmaster.toml`, for editors.
//!
//! It is made of the tables the reader itself uses. It says what a file may
//! look like; contradictions between keys are left to the reader, which can
//! explain them.

use serde_json::{Map, Value, json};

use super::keys::ROOT;
use super::shape::{Choice, Key, Others, Shape, TableShape};

/// The schema of the whole file.
pub(crate) fn schema() -> Value {
    let mut schema = table(&ROOT);
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "concertmaster.toml",
        "description": "Every text may hold ${NAME}, ${NAME:-default} and ${file:path}.",
    });
    if let (Value::Object(head), Value::Object(body)) = (head, &mut schema) {
        let body = std::mem::take(body);
        return Value::Object(head.into_iter().chain(body).collect());
    }
    schema
}

fn table(shape: &TableShape) -> Value {
    let properties: Map<String, Value> = shape.keys.iter().map(|key| (key.name.to_owned(), described(key))).collect();
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": shape.others != Others::Refused,
    })
}

fn described(key: &Key) -> Value {
    let mut schema = of(&key.shape);
    schema["description"] = key.doc.into();
    if let Some(default) = key.default {
        schema["default"] = serde_json::from_str(default).unwrap_or_else(|_| default.into());
    }
    schema
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Text | Shape::Address => json!({ "type": "string" }),
        Shape::Url => json!({ "type": "string", "pattern": r"^(https?://|.*\$\{)" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Price => json!({ "type": "number", "minimum": 0 }),
        Shape::Time { .. } => {
            json!({ "type": "string", "pattern": r"^\s*[0-9.]+\s*(ms|s|m|min|h)\s*$|\$\{" })
        }
        Shape::Choice(choices) => {
            json!({ "oneOf": choices.iter().map(choice).collect::<Vec<_>>() })
        }
        Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Map(inner) => json!({ "type": "object", "additionalProperties": of(inner) }),
        Shape::Table(shape) => table(shape),
        Shape::Json | Shape::Ignored => json!({}),
    }
}

fn choice(choice: &Choice) -> Value {
    json!({ "const": choice.word, "description": choice.doc })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE_EXPECT=1 cargo test -p concertmaster` writes the file anew.
    #[test]
    fn the_published_schema_is_current() {
        let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        expect_test::expect_file!["../../../../schemas/config.schema.json"].assert_eq(&text);
    }
}
