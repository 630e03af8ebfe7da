//! `orc.sort`: the items in the order of a key.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::arguments::{Arguments, bounded};
use super::{Definition, OperatorFault, object_schema, path_schema};
use crate::guard::number_order;

pub(super) const DEFINITION: Definition = Definition {
    name: "sort",
    about: "Orders the items by what stands at a path in each.",
    schema,
    yields: || json!({"type": "array"}),
    apply,
};

fn schema() -> Value {
    let properties = json!({
        "items": {"type": "array", "description": "what is ordered"},
        "path": path_schema("JSON Pointer to the key in each item; empty for the item itself"),
        "order": {"enum": ["asc", "desc"], "description": "ascending unless said otherwise"},
    });
    object_schema(properties, &["items"])
}

/// Numbers come before texts, texts before truth values; items of equal keys
/// keep their order, and those without a key come last either way.
fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let path = arguments.path("path")?;
    let descending = match arguments.text("order")? {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(OperatorFault::WrongType { argument: "order".to_owned(), expected: "`asc` or `desc`" }),
    };
    let items = arguments.items("items")?;
    let mut keyed: Vec<(Option<Value>, &Value)> = items.iter().map(|item| (key(path.select(item)), item)).collect();
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) if descending => order(b, a),
        (Some(a), Some(b)) => order(a, b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    bounded(keyed.into_iter().map(|(_, item)| item.clone()).collect())
}

fn key(found: Option<Value>) -> Option<Value> {
    found.filter(|value| rank(value).is_some())
}

fn rank(value: &Value) -> Option<u8> {
    match value {
        Value::Number(_) => Some(0),
        Value::String(_) => Some(1),
        Value::Bool(_) => Some(2),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        // Numbers read from JSON are finite, so they always compare.
        (Value::Number(a), Value::Number(b)) => number_order(a, b).unwrap_or(Ordering::Equal),
        _ => rank(a).cmp(&rank(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Sort;

    #[test]
    fn items_are_ordered() {
        let rows = [
            (r#"{"items": [3, 1, 2]}"#, "[1,2,3]"),
            (r#"{"items": [3, 1, 2], "order": "desc"}"#, "[3,2,1]"),
            (r#"{"items": ["b", 2, null, "a", true, 1.5]}"#, r#"[1.5,2,"a","b",true,null]"#),
            (r#"{"items": [null, 1, [0], 2], "order": "desc"}"#, "[2,1,null,[0]]"),
            (
                r#"{"items": [{"k": 2, "x": 1}, {"k": 1}, {"k": 2, "x": 0}, {}], "path": "/k"}"#,
                r#"[{"k":1},{"k":2,"x":1},{"k":2,"x":0},{}]"#,
            ),
            (r#"{"items": [], "order": "up"}"#, "operator_argument_type"),
            (r#"{}"#, "operator_argument_missing"),
        ];
        for (arguments, expected) in rows {
            check(Sort, arguments, expected);
        }
    }
}
