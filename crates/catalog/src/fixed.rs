//! A tool's schema without the arguments that the operator gives.
//!
//! In: the schema as its server wrote it, and the names of those arguments.
//! Out: what is left for others to give. It is only shown: calls are held to
//! the schema as it was written, with every argument in its place.

use serde_json::{Map, Value};

/// The deepest schema within a schema that is looked at.
const MAX_DEPTH: usize = 16;

/// Members that hold schemas of the same object.
const SAME_OBJECT: [&str; 4] = ["not", "if", "then", "else"];

/// Members that hold lists of them.
const SAME_OBJECT_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Members that count how many arguments there are.
const COUNTS: [&str; 2] = ["minProperties", "maxProperties"];

/// The schema of the arguments that are not `fixed`.
pub(crate) fn left_of(schema: &Value, fixed: &Map<String, Value>) -> Value {
    let mut left = schema.clone();
    take_out(&mut left, fixed, 0);
    left
}

fn take_out(schema: &mut Value, fixed: &Map<String, Value>, depth: usize) {
    let Some(schema) = schema.as_object_mut().filter(|_| depth < MAX_DEPTH) else { return };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, _| !fixed.contains_key(name));
    }
    for dependents in ["dependentRequired", "dependencies"] {
        now_required(schema, dependents, fixed);
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| name.as_str().is_none_or(|name| !fixed.contains_key(name)));
    }
    for count in COUNTS {
        if let Some(number) = schema.get(count).and_then(Value::as_u64) {
            schema.insert(count.to_owned(), number.saturating_sub(fixed.len() as u64).into());
        }
    }
    for member in SAME_OBJECT {
        schema.get_mut(member).into_iter().for_each(|inner| take_out(inner, fixed, depth + 1));
    }
    for member in SAME_OBJECT_LISTS {
        let inner = schema.get_mut(member).and_then(Value::as_array_mut);
        inner.into_iter().flatten().for_each(|inner| take_out(inner, fixed, depth + 1));
    }
}

/// What a fixed argument makes required is required.
fn now_required(schema: &mut Map<String, Value>, dependents: &str, fixed: &Map<String, Value>) {
    let Some(Value::Object(table)) = schema.get_mut(dependents) else { return };
    let mut more: Vec<Value> = Vec::new();
    table.retain(|name, needed| {
        let stays = !fixed.contains_key(name);
        match needed {
            Value::Array(names) if !stays => more.append(names),
            _ => {}
        }
        stays
    });
    if more.is_empty() {
        return;
    }
    if let Value::Array(required) = schema.entry("required").or_insert_with(|| Value::Array(Vec::new())) {
        more.retain(|name| !required.contains(name));
        required.append(&mut more);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_fixed_is_asked_of_nobody() {
        let text = || json!({"type": "string"});
        let rows = [
            (
                json!({"type": "object", "properties": {"q": text(), "owner": text()}, "required": ["owner", "q"]}),
                json!({"type": "object", "properties": {"q": text()}, "required": ["q"]}),
            ),
            (
                json!({"properties": {"q": text()}, "required": ["owner"], "additionalProperties": false}),
                json!({"properties": {"q": text()}, "required": [], "additionalProperties": false}),
            ),
            (
                json!({"anyOf": [{"required": ["owner"]}, {"properties": {"owner": text()}, "required": ["q"]}]}),
                json!({"anyOf": [{"required": []}, {"properties": {}, "required": ["q"]}]}),
            ),
            (
                json!({"dependentRequired": {"owner": ["repo"], "q": ["n"]}, "minProperties": 2, "maxProperties": 3}),
                json!({"dependentRequired": {"q": ["n"]}, "minProperties": 1, "maxProperties": 2, "required": ["repo"]}),
            ),
            (json!(true), json!(true)),
        ];
        let Value::Object(fixed) = json!({"owner": "acme"}) else { unreachable!("an object") };
        for (schema, expected) in rows {
            assert_eq!(left_of(&schema, &fixed), expected, "{schema}");
        }
    }
}
