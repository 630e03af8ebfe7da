//! `orc.join`: items of two arrays whose keys are equal, side by side.

use std::collections::HashMap;

use catalog::canonical_json;
use serde_json::{Value, json};

use super::arguments::{Arguments, bounded};
use super::{Definition, MAX_ITEMS, OperatorFault, object_schema, path_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "join",
    about: "Pairs the items of two arrays whose keys are equal, as `{left, right}`; what has no partner is left out.",
    schema,
    yields: || {
        let pair =
            json!({"type": "object", "properties": {"left": true, "right": true}, "additionalProperties": false});
        json!({"type": "array", "items": pair})
    },
    apply,
};

fn schema() -> Value {
    let properties = json!({
        "left": {"type": "array", "description": "one array; its order is kept"},
        "right": {"type": "array", "description": "the other"},
        "on_left": path_schema("JSON Pointer to the key in each item of `left`"),
        "on_right": path_schema("JSON Pointer to the key in each item of `right`"),
    });
    object_schema(properties, &["left", "right", "on_left", "on_right"])
}

/// An item whose key is missing or null has no partner, as in SQL.
fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let (on_left, on_right) = (arguments.path("on_left")?, arguments.path("on_right")?);
    let mut by_key: HashMap<String, Vec<&Value>> = HashMap::new();
    for right in arguments.items("right")? {
        if let Some(key) = key(on_right.select(right)) {
            by_key.entry(key).or_default().push(right);
        }
    }
    let mut pairs = Vec::new();
    for left in arguments.items("left")? {
        let partners = key(on_left.select(left)).and_then(|key| by_key.get(&key));
        for right in partners.into_iter().flatten() {
            if pairs.len() == MAX_ITEMS {
                return Err(OperatorFault::TooLarge);
            }
            pairs.push(json!({"left": left, "right": right}));
        }
    }
    bounded(pairs)
}

/// One text for equal keys; numbers are equal by value.
fn key(found: Option<Value>) -> Option<String> {
    match found? {
        Value::Null => None,
        Value::Number(number) if number.is_f64() => number.as_f64().map(|float| float.to_string()),
        other => Some(canonical_json(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Join;

    #[test]
    fn partners_are_paired() {
        let rows = [
            (
                r#"{"left": [{"id": 1}, {"id": 2}], "right": [{"of": 2.0}, {"of": 2}, {"of": "1"}],
                    "on_left": "/id", "on_right": "/of"}"#,
                r#"[{"left":{"id":2},"right":{"of":2.0}},{"left":{"id":2},"right":{"of":2}}]"#,
            ),
            (r#"{"left": [{}, null], "right": [{}, null], "on_left": "/k", "on_right": "/k"}"#, "[]"),
            (r#"{"left": ["a"], "right": ["a", "b"], "on_left": "", "on_right": ""}"#, r#"[{"left":"a","right":"a"}]"#),
            (r#"{"left": [], "right": [], "on_left": "k", "on_right": ""}"#, "bad_path"),
            (r#"{"left": []}"#, "operator_argument_missing"),
        ];
        for (arguments, expected) in rows {
            check(Join, arguments, expected);
        }
        let many = vec![0; 200];
        let arguments = serde_json::json!({"left": many, "right": many, "on_left": "", "on_right": ""});
        check(Join, &arguments.to_string(), "result_too_large");
    }
}
