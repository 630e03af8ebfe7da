//! The friendly form's schema.

use serde_json::{Value, json};

use super::{STYLES, comparisons};
use crate::{MAX_ARGUMENTS, MAX_EACH_ITEMS, MAX_ID_CHARS, MAX_PURPOSE_CHARS, MAX_STEPS, MAX_SUB_TOOLS};

/// The schema of a friendly plan: what `run` takes and what plans are printed
/// as.
pub fn friendly_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Concertmaster plan, friendly form",
        "type": "object",
        "properties": {
            "steps": {
                "type": "array",
                "items": {"$ref": "#/$defs/step"},
                "minItems": 1,
                "maxItems": MAX_STEPS,
                "description": "each reads only from earlier ones",
            },
            "answer": {"$ref": "#/$defs/answer"},
            "hash": {"type": "string", "description": "of a printed plan; not read"},
            "catalog_version": {"type": "integer", "description": "of a printed plan; not read"},
        },
        "required": ["steps"],
        "additionalProperties": false,
        "$defs": {
            "id": id(),
            "ref": {
                "type": "string",
                "pattern": "^[A-Za-z][A-Za-z0-9_-]*(#(/.*)?)?$",
                "description": "`s1#/pointer`: a place in an earlier result; `*` stands for every element, at most twice",
            },
            "step": step(),
            "when": {
                "type": "object",
                "properties": {
                    "ref": {"$ref": "#/$defs/ref"},
                    "is": {"enum": comparisons()},
                    "value": {"description": "what it is compared with"},
                },
                "required": ["ref", "is"],
                "additionalProperties": false,
            },
            "binding": binding(),
            "answer": {
                "type": "object",
                "properties": {
                    "style": {"enum": STYLES, "default": "summary"},
                    "uses": {
                        "type": "array",
                        "items": {"$ref": "#/$defs/id"},
                        "minItems": 1,
                        "description": "the steps whose results it tells; if not given, all that no other one reads from",
                    },
                },
                "additionalProperties": false,
            },
        },
    })
}

fn id() -> Value {
    json!({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$", "maxLength": MAX_ID_CHARS, "not": {"const": "item"}})
}

fn step() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"$ref": "#/$defs/id"},
            "op": {
                "enum": ["call", "each", "sub"],
                "description": "if not given: `each` with `over`, `sub` with `query`, else `call`",
            },
            "tool": {"type": "string", "description": "`server.tool`, or an operator such as `orc.filter`"},
            "purpose": {"type": "string", "maxLength": MAX_PURPOSE_CHARS},
            "over": {"$ref": "#/$defs/ref", "description": "the array an `each` goes over"},
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_EACH_ITEMS},
            "when": {"$ref": "#/$defs/when"},
            "after": {
                "type": "array",
                "items": {"$ref": "#/$defs/id"},
                "description": "steps whose side effects must come first; data needs no mention",
            },
            "args": {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/binding"},
                "maxProperties": MAX_ARGUMENTS,
            },
            "query": {"$ref": "#/$defs/binding", "description": "the text of a `sub`"},
            "tools": {
                "type": "array",
                "items": {"type": "string"},
                "maxItems": MAX_SUB_TOOLS,
                "description": "the tools and servers a `sub` may use; if not given, all",
            },
            "fingerprint": {
                "type": "string",
                "pattern": "^[0-9a-fA-F]{64}$",
                "description": "the hash of the tool's definition; any other definition is refused",
            },
            "effect": {"type": "string", "description": "of a printed plan; not read"},
            "server": {"type": "string", "description": "of a printed plan; not read"},
        },
        "required": ["id"],
        "additionalProperties": false,
    })
}

/// Either one of the forms, or a literal that cannot be taken for one.
fn binding() -> Value {
    let form = |name: &str, content: Value| json!({"type": "object", "properties": {name: content}, "required": [name], "additionalProperties": false});
    json!({
        "description": "a JSON literal, or where the value comes from",
        "anyOf": [
            form("$ref", json!({"$ref": "#/$defs/ref"})),
            form("$item", json!({"type": "string", "pattern": "^(/.*)?$", "description": "JSON Pointer into the item"})),
            form("$tmpl", json!({"type": "string", "description": "text with holes: `{{s1:/pointer}}`, `{{item:/pointer}}`"})),
            form("$lit", json!({"description": "any literal"})),
            {"not": {"type": "object"}},
            {"type": "object", "propertyNames": {"pattern": "^([^$]|$)"}},
        ],
    })
}
