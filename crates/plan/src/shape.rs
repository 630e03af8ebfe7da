//! What is known of a result before it exists: the part of a tool's output
//! schema that a path leads to.
//!
//! It only ever says "never" when the schema proves it; whatever it does not
//! understand may be anything.

use std::sync::Arc;

use catalog::{JsonType, JsonTypes, Tool};
use serde_json::{Value, json};

use crate::{Path, Segment};

/// How many local `$ref`s are followed in a row: schemas may refer to
/// themselves.
const MAX_HOPS: usize = 8;

/// How many alternatives of unions are followed in all along one path.
const MAX_BRANCHES: usize = 64;

/// A schema within the document its `$ref`s point into.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    root: Arc<Value>,
    schema: Value,
}

/// The largest output schema that is looked into, in JSON values: parts of it
/// are copied for every reference, and servers may send any size.
const MAX_VALUES: usize = 5_000;

impl Shape {
    /// Nothing is known.
    pub(crate) fn anything() -> Self {
        Self::of_schema(Value::Bool(true))
    }

    /// What a schema without references admits.
    pub(crate) fn of_schema(schema: Value) -> Self {
        Self { root: Arc::new(Value::Null), schema }
    }

    /// What a tool promises to yield.
    pub(crate) fn of_result(tool: &Tool) -> Self {
        match &tool.listing.output_schema {
            Some(schema @ Value::Object(_)) if is_small(schema) => {
                Self { root: Arc::new(schema.clone()), schema: schema.clone() }
            }
            _ => Self::anything(),
        }
    }

    /// What an `each` yields when one of its calls yields this.
    pub(crate) fn of_each(self) -> Self {
        let item = json!({
            "type": "object",
            "properties": {"i": {"type": "integer"}, "ok": {"type": "boolean"}, "value": self.schema, "error": true},
            "additionalProperties": false,
        });
        Self { root: self.root, schema: json!({"type": "array", "items": item}) }
    }

    /// The types a value of this shape may have.
    pub(crate) fn types(&self) -> JsonTypes {
        let schema = resolved(&self.root, &self.schema);
        let Some(parts) = union_of(schema) else { return JsonTypes::of_schema(schema) };
        let whole: Vec<&Value> = parts.iter().map(|part| resolved(&self.root, part)).collect();
        if whole.iter().any(|part| union_of(part).is_some()) {
            return JsonTypes::ANY;
        }
        JsonTypes::of_schema(&json!({ "anyOf": whole }))
    }

    /// What stands at a path; `None` when nothing ever can.
    pub(crate) fn at(&self, path: &Path) -> Option<Self> {
        let mut fuel = MAX_BRANCHES;
        let mut found = descend(&self.root, &self.schema, path.segments(), &mut fuel)?;
        if path.selects_many() {
            found = json!({"type": "array", "items": found});
        }
        Some(Self { root: Arc::clone(&self.root), schema: found })
    }

    /// What an item of it is, if it is an array; `None` when it never is one.
    pub(crate) fn item(&self) -> Option<Self> {
        let mut fuel = MAX_BRANCHES;
        let schema = descend(&self.root, &self.schema, &[Segment::Every], &mut fuel)?;
        Some(Self { root: Arc::clone(&self.root), schema })
    }
}

fn is_small(schema: &Value) -> bool {
    let mut waiting = vec![schema];
    let mut values = 0;
    while let Some(value) = waiting.pop() {
        values += 1;
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if values + waiting.len() > MAX_VALUES {
            return false;
        }
    }
    true
}

/// The schema at the end of the segments, or `None` when the schema proves
/// that nothing stands there.
fn descend(root: &Value, schema: &Value, segments: &[Segment], fuel: &mut usize) -> Option<Value> {
    let schema = resolved(root, schema);
    if *schema == Value::Bool(false) {
        return None;
    }
    let Some((first, rest)) = segments.split_first() else { return Some(schema.clone()) };
    if *fuel == 0 {
        return Some(Value::Bool(true));
    }
    *fuel -= 1;
    if let Some(parts) = union_of(schema) {
        let mut found: Vec<Value> = parts.iter().filter_map(|part| descend(root, part, segments, fuel)).collect();
        return match found.len() {
            0 => None,
            1 => found.pop(),
            _ => Some(json!({ "anyOf": found })),
        };
    }
    match first {
        Segment::Every => descend(root, elements(schema)?, rest, fuel),
        Segment::Key(key) => {
            let inner = match (element(schema, key), property(schema, key)) {
                (None, None) => return None,
                (Some(one), None) | (None, Some(one)) => one,
                // It may be an array or an object: either could have it.
                (Some(_), Some(_)) => return Some(Value::Bool(true)),
            };
            descend(root, inner, rest, fuel)
        }
    }
}

const ANYTHING: &Value = &Value::Bool(true);

fn admits(schema: &Value, kind: JsonType) -> bool {
    JsonTypes::of_schema(schema).admits(kind)
}

/// What the elements of an array are, unless it is no array.
fn elements(schema: &Value) -> Option<&Value> {
    if !admits(schema, JsonType::Array) {
        return None;
    }
    Some(if schema.get("prefixItems").is_some() { ANYTHING } else { schema.get("items").unwrap_or(ANYTHING) })
}

fn element<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    key.parse::<usize>().ok().and_then(|_| elements(schema))
}

/// What the member of that name is, unless the schema rules it out.
fn property<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    if !admits(schema, JsonType::Object) {
        return None;
    }
    if let Some(own) = schema.get("properties").and_then(|all| all.get(key)) {
        return Some(own);
    }
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
        && schema.get("patternProperties").is_none()
        && schema.get("allOf").is_none();
    (!closed).then_some(ANYTHING)
}

fn union_of(schema: &Value) -> Option<&Vec<Value>> {
    // Beside a union, members of the schema itself narrow it: not understood.
    let alone = schema.get("type").is_none() && schema.get("properties").is_none();
    ["anyOf", "oneOf"].into_iter().find_map(|name| schema.get(name)?.as_array()).filter(|_| alone)
}

/// The schema that local references lead to; anything, when they lead
/// nowhere or in circles.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..MAX_HOPS {
        let Some(reference) = schema.get("$ref") else { return schema };
        let target = reference.as_str().and_then(|text| text.strip_prefix('#')).and_then(|at| root.pointer(at));
        let Some(target) = target else { return ANYTHING };
        schema = target;
    }
    ANYTHING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        let schema = json!({
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
                "open": {"type": "object", "properties": {"known": {"type": "string"}}},
                "maybe": {"anyOf": [{"$ref": "#/$defs/item"}, {"type": "null"}]},
                "loop": {"$ref": "#/properties/loop"},
                "pair": {"type": "array", "prefixItems": [{"type": "string"}]},
            },
            "additionalProperties": false,
            "$defs": {"item": {
                "type": "object",
                "properties": {"number": {"type": "integer"}, "labels": {"type": "array", "items": {"type": "string"}}},
                "additionalProperties": false,
            }},
        });
        Shape { root: Arc::new(schema.clone()), schema }
    }

    #[test]
    fn paths_lead_to_types_or_nowhere() {
        let rows: &[(&str, Option<&[&str]>)] = &[
            ("", Some(&["object"])),
            ("/items", Some(&["array"])),
            ("/items/0/number", Some(&["integer"])),
            ("/items/*/number", Some(&["array"])),
            ("/items/*/labels/*", Some(&["array"])),
            ("/items/*/title", None),
            ("/items/first", None),
            ("/missing", None),
            ("/open/known", Some(&["string"])),
            ("/open/known/deeper", None),
            ("/maybe/number", Some(&["integer"])),
            ("/maybe/title", None),
            ("/maybe", Some(&["object", "null"])),
        ];
        for (path, expected) in rows {
            let found = shape().at(&Path::parse(path).unwrap()).map(|found| found.types());
            let expected = expected.map(|names| JsonTypes::of_schema(&json!({ "type": names })));
            assert_eq!(found, expected, "{path}");
        }
        for path in ["/open/unknown", "/loop", "/loop/x", "/pair/0"] {
            let found = shape().at(&Path::parse(path).unwrap()).map(|found| found.types());
            assert_eq!(found, Some(JsonTypes::ANY), "{path}");
        }
    }

    #[test]
    fn a_huge_schema_is_not_looked_into() {
        assert!(is_small(&json!({"type": "array", "items": vec![true; 4_000]})));
        assert!(!is_small(&json!({"enum": [vec![0; 3_000], vec![0; 3_000]]})));
    }

    #[test]
    fn an_each_yields_an_array_of_outcomes() {
        let each = shape().of_each();
        let types = |path: &str| each.at(&Path::parse(path).unwrap()).map(|found| found.types());
        assert_eq!(types("/0/value/items/0/number"), Some(JsonTypes::of_schema(&json!({"type": "integer"}))));
        assert_eq!(types("/*/value/missing"), None);
        assert_eq!(types("/items"), None);
        assert!(types("/*/error").is_some());
    }
}
