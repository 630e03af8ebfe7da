//! How much work it is to hold a value against a schema, counted before any
//! of it is done.
//!
//! In: a schema as its server wrote it, and a value. Out: whether an
//! evaluation that skips nothing would end within a number of steps. A
//! hundred references can make a billion steps of a short schema; this walks
//! the same way and stops. It checks nothing else.

use std::collections::HashMap;

use serde_json::Value;

/// Steps that any value may take.
const LEAST_STEPS: usize = 200_000;

/// Further steps for each value within the value: honest schemas look at each
/// of them a few times.
const STEPS_PER_VALUE: usize = 32;

/// Steps that may lead to another, one within the other.
const MAX_DEPTH: usize = 512;

/// Keywords whose schemas hold for the value itself: one, a list, or by name.
const IN_PLACE_ONE: [&str; 4] = ["not", "if", "then", "else"];
const IN_PLACE_LIST: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const IN_PLACE_NAMED: [&str; 2] = ["dependentSchemas", "dependencies"];

/// Keywords that lead to a schema elsewhere.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// Keywords whose schema holds for every member of an object.
const MEMBERS: [&str; 3] = ["additionalProperties", "unevaluatedProperties", "propertyNames"];

/// Keywords whose schema, or schemas, hold for every element of an array.
const ELEMENTS: [&str; 5] = ["items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"];

/// A schema of which is known where its references lead.
pub(crate) struct Effort<'s> {
    root: &'s Value,
    anchors: HashMap<&'s str, Vec<&'s Value>>,
}

/// Too much work, or none that can be counted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMuch;

impl<'s> Effort<'s> {
    /// Finds the anchors of a schema.
    ///
    /// # Errors
    ///
    /// Where parts of it have addresses of their own: what its references
    /// then lead to cannot be told from the schema alone.
    pub(crate) fn of(root: &'s Value) -> Result<Self, TooMuch> {
        let mut anchors: HashMap<&str, Vec<&Value>> = HashMap::new();
        let own_id = if is_draft_4(root) { "id" } else { "$id" };
        let mut waiting = vec![root];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(members) => {
                    if !std::ptr::eq(value, root) && members.get(own_id).is_some_and(Value::is_string) {
                        return Err(TooMuch);
                    }
                    let named = ["$anchor", "$dynamicAnchor"].map(|keyword| members.get(keyword)?.as_str());
                    for name in named.into_iter().flatten() {
                        anchors.entry(name).or_default().push(value);
                    }
                    waiting.extend(members.values());
                }
                Value::Array(items) => waiting.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Ok(Self { root, anchors })
    }

    /// Whether a value is held against the schema in as many steps as it may
    /// take.
    pub(crate) fn bounded(&self, value: &Value) -> Result<(), TooMuch> {
        let mut steps = LEAST_STEPS.saturating_add(values_in(value).saturating_mul(STEPS_PER_VALUE));
        self.walk(self.root, value, &mut steps, MAX_DEPTH)
    }

    fn walk(&self, schema: &'s Value, value: &Value, steps: &mut usize, depth: usize) -> Result<(), TooMuch> {
        let Value::Object(keywords) = schema else { return spend(steps, 1) };
        let Some(depth) = depth.checked_sub(1) else { return Err(TooMuch) };
        spend(steps, 1 + keywords.len())?;
        for keyword in REFERENCES {
            let Some(reference) = keywords.get(keyword).and_then(Value::as_str) else { continue };
            for target in self.targets(reference) {
                self.walk(target, value, steps, depth)?;
            }
        }
        let one = IN_PLACE_ONE.iter().filter_map(|keyword| keywords.get(*keyword));
        let listed = IN_PLACE_LIST.iter().filter_map(|keyword| keywords.get(*keyword)?.as_array()).flatten();
        let named = IN_PLACE_NAMED.iter().filter_map(|keyword| keywords.get(*keyword)?.as_object());
        for schema in one.chain(listed).chain(named.flat_map(serde_json::Map::values)) {
            self.walk(schema, value, steps, depth)?;
        }
        spend(steps, keywords.get("enum").and_then(Value::as_array).map_or(0, Vec::len) / 8)?;
        match value {
            Value::Object(members) => {
                let listed = |keyword| keywords.get(keyword).and_then(Value::as_object);
                let required = keywords.get("required").and_then(Value::as_array).map_or(0, Vec::len);
                spend(steps, required + listed("properties").map_or(0, serde_json::Map::len))?;
                for (name, member) in members {
                    spend(steps, 1)?;
                    let own = listed("properties").and_then(|own| own.get(name));
                    // Whether a pattern fits is not looked at: all of them may.
                    let fitting = listed("patternProperties").into_iter().flat_map(serde_json::Map::values);
                    let every = MEMBERS.iter().filter_map(|keyword| keywords.get(*keyword));
                    for schema in own.into_iter().chain(fitting).chain(every) {
                        self.walk(schema, member, steps, depth)?;
                    }
                }
            }
            Value::Array(elements) => {
                for (place, element) in elements.iter().enumerate() {
                    spend(steps, 1)?;
                    for schemas in ELEMENTS.iter().filter_map(|keyword| keywords.get(*keyword)) {
                        let schema = schemas.as_array().map_or(Some(schemas), |each| each.get(place));
                        schema.map_or(Ok(()), |schema| self.walk(schema, element, steps, depth))?;
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        Ok(())
    }

    /// Whatever a reference may lead to. One to another document leads
    /// nowhere: a schema that has it is not used at all.
    fn targets(&self, reference: &str) -> Vec<&'s Value> {
        let Some(fragment) = reference.strip_prefix('#') else { return Vec::new() };
        let fragment = percent_decoded(fragment);
        match self.root.pointer(&fragment) {
            Some(target) => vec![target],
            None => self.anchors.get(fragment.as_str()).cloned().unwrap_or_default(),
        }
    }
}

fn spend(steps: &mut usize, count: usize) -> Result<(), TooMuch> {
    *steps = steps.checked_sub(count).ok_or(TooMuch)?;
    Ok(())
}

fn is_draft_4(root: &Value) -> bool {
    root["$schema"].as_str().is_some_and(|draft| draft.contains("draft-04"))
}

/// Whether a value is certainly held against a schema in few steps: without
/// references each part of a schema meets each part of a value once.
pub(crate) fn is_small(schema_values: usize, refers: bool, value: &Value) -> bool {
    !refers && schema_values.saturating_mul(values_in(value)) <= LEAST_STEPS
}

/// Whether any part of a schema refers to another.
pub(crate) fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            REFERENCES.iter().any(|keyword| members.contains_key(*keyword)) || members.values().any(refers)
        }
        Value::Array(items) => items.iter().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The values within a value, itself among them.
pub(crate) fn values_in(value: &Value) -> usize {
    let mut waiting = vec![value];
    let mut count = 0_usize;
    while let Some(value) = waiting.pop() {
        count += 1;
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => waiting.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    count
}

fn percent_decoded(text: &str) -> String {
    let hex =
        |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|hex| u8::try_from(hex).ok());
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = match (first, hex(after.first()), hex(after.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                &after[2..]
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A schema that looks at its value twice, each time twice, so many times.
    fn doubling(times: usize) -> Value {
        let twice = |i: usize| json!({"allOf": [{"$ref": format!("#/$defs/{}", i + 1)}, {"$ref": format!("#/$defs/{}", i + 1)}]});
        let mut all: serde_json::Map<String, Value> = (0..times).map(|i| (i.to_string(), twice(i))).collect();
        all.insert(times.to_string(), json!({"type": "string"}));
        json!({"$defs": all, "$ref": "#/$defs/0"})
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |inner, _| json!({"a": inner}))
    }

    #[test]
    fn honest_work_is_let_through_and_endless_work_is_not() {
        let rows: Vec<Value> = (0..20_000).map(|i| json!({"id": i, "tags": ["a", "b"], "of": {"x": 1.5}})).collect();
        let row = json!({"type": "object", "properties": {"id": {"type": "integer"}, "of": {"$ref": "#/$defs/of"},
            "tags": {"items": {"type": "string"}}}, "required": ["id"]});
        let many = json!({"$defs": {"row": row, "of": {"properties": {"x": {"type": "number"}}}},
            "properties": {"rows": {"items": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/row"}]}}}});
        let tree = json!({"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}});
        let two_ways = json!({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        let anchored = json!({"$anchor": "n", "properties": {"a": {"allOf": [{"$ref": "#n"}, {"$dynamicRef": "#n"}]}}});
        let hidden = json!({"properties": {"a": {"allOf": [{"$ref": "#/%24defs/x%2F"}, {"$ref": "#/$defs/x%2F"}]}},
            "$defs": {"x/": {"$ref": "#"}}});
        let chain: serde_json::Map<String, Value> =
            (0..2_000).map(|i| (i.to_string(), json!({"$ref": format!("#/$defs/{}", i + 1)}))).collect();
        let table = [
            ("many rows", many, json!({"rows": rows}), true),
            ("a few doublings", doubling(8), json!("x"), true),
            ("many doublings", doubling(40), json!("x"), false),
            ("a tree", tree, nested(100), true),
            ("a tree that is climbed twice at each step", two_ways.clone(), nested(8), true),
            ("and is tall", two_ways, nested(60), false),
            ("by another name", anchored, nested(60), false),
            ("a reference that is spelled oddly", hidden.clone(), nested(5), true),
            ("and climbed twice", hidden, nested(60), true),
            ("a circle", json!({"$ref": "#"}), json!(1), false),
            ("a long way", json!({"$defs": chain, "$ref": "#/$defs/0"}), json!(1), false),
            ("another document", json!({"$ref": "http://127.0.0.1:1/x"}), json!(1), true),
        ];
        for (what, schema, value, expected) in table {
            let found = Effort::of(&schema).and_then(|effort| effort.bounded(&value));
            assert_eq!(found.is_ok(), expected, "{what}");
        }
        let parts = json!({"$defs": {"x": {"$id": "http://x/", "$ref": "#"}}});
        assert!(Effort::of(&parts).is_err(), "what it refers to cannot be told");
    }

    /// What is kept out is not only said to be endless: the faults that an
    /// evaluation finds double with every definition.
    #[test]
    fn without_the_count_the_work_doubles() {
        let faults = |times| {
            let validator = jsonschema::options().build(&doubling(times)).unwrap();
            validator.iter_errors(&json!(1)).count()
        };
        assert_eq!([4, 5, 6, 7, 8].map(faults), [16, 32, 64, 128, 256]);
    }
}
