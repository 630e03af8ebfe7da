//! `orc.sum`: the sum of the items' numbers.

use serde_json::{Number, Value, json};

use super::arguments::Arguments;
use super::{Definition, OperatorFault, object_schema, path_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "sum",
    about: "The sum of the numbers at a path in each item; an item with nothing or null there adds nothing.",
    schema,
    yields: || json!({"type": "number"}),
    apply,
};

fn schema() -> Value {
    let properties = json!({
        "items": {"type": "array", "description": "what is summed"},
        "path": path_schema("JSON Pointer to the number in each item; empty for the item itself"),
    });
    object_schema(properties, &["items"])
}

/// Whole numbers sum to a whole number, exactly, as long as it fits 64 bits.
fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let path = arguments.path("path")?;
    let mut whole: Option<i64> = Some(0);
    let mut float = 0.0;
    for (item, value) in arguments.items("items")?.iter().enumerate() {
        match path.select(value) {
            None | Some(Value::Null) => {}
            Some(Value::Number(number)) => {
                whole = whole.zip(number.as_i64()).and_then(|(sum, n)| sum.checked_add(n));
                float += number.as_f64().unwrap_or_default();
            }
            Some(_) => return Err(OperatorFault::NotANumber { item }),
        }
    }
    let sum = whole.map(Number::from).or_else(|| Number::from_f64(float));
    sum.map(Value::Number).ok_or(OperatorFault::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Sum;

    #[test]
    fn numbers_are_summed() {
        let rows = [
            (r#"{"items": [1, 2, 3]}"#, "6"),
            (r#"{"items": []}"#, "0"),
            (r#"{"items": [1, 0.5]}"#, "1.5"),
            (r#"{"items": [{"n": 2}, {"n": null}, {}, {"n": 3}], "path": "/n"}"#, "5"),
            (r#"{"items": [9223372036854775807, 1]}"#, "9.223372036854776e+18"),
            (r#"{"items": [1.7e308, 1.7e308]}"#, "result_too_large"),
            (r#"{"items": [1, "2"]}"#, "not_a_number"),
            (r#"{"items": "12"}"#, "operator_argument_type"),
        ];
        for (arguments, expected) in rows {
            check(Sum, arguments, expected);
        }
    }
}
