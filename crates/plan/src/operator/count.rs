//! `orc.count`: how many items.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::{Definition, OperatorFault, object_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "count",
    about: "How many items an array has.",
    schema,
    yields: || json!({"type": "integer"}),
    apply,
};

fn schema() -> Value {
    object_schema(json!({"items": {"type": "array", "description": "what is counted"}}), &["items"])
}

fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    Ok(Value::from(arguments.items("items")?.len()))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Count;

    #[test]
    fn items_are_counted() {
        check(Count, r#"{"items": [1, null, []]}"#, "3");
        check(Count, r#"{"items": {"a": 1}}"#, "operator_argument_type");
        check(Count, r#"{}"#, "operator_argument_missing");
    }
}
