//! `orc.first`: the first items of an array, or the first input that exists.

use serde_json::{Map, Value, json};

use super::arguments::{Arguments, bounded};
use super::{Definition, INPUTS, OperatorFault, object_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "first",
    about: "The first item of `items`, the first `n` of them as an array, or the first of `a`, `b` … that exists: \
            over steps with complementary guards, if and else.",
    schema,
    yields: || json!(true),
    apply,
};

fn schema() -> Value {
    let mut properties = Map::new();
    properties.insert("items".to_owned(), json!({"type": "array", "description": "what is taken from"}));
    properties.insert("n".to_owned(), json!({"type": "integer", "minimum": 0, "description": "how many, as an array"}));
    for name in INPUTS {
        properties.insert(name.to_owned(), json!({"description": "an alternative; may be missing"}));
    }
    object_schema(Value::Object(properties), &[])
}

fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let Some(items) = arguments.get("items") else {
        let alternatives = INPUTS.iter().filter_map(|name| arguments.get(name));
        return alternatives.into_iter().find(|value| !value.is_null()).cloned().ok_or(OperatorFault::NothingThere);
    };
    let items = super::arguments::array("items", items)?;
    match arguments.get("n") {
        None => items.first().cloned().ok_or(OperatorFault::NothingThere),
        Some(n) => {
            let wrong = || OperatorFault::WrongType { argument: "n".to_owned(), expected: "a whole number from 0" };
            let n = n.as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(wrong)?;
            bounded(items.iter().take(n).cloned().collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::First;

    #[test]
    fn the_first_is_taken() {
        let rows = [
            (r#"{"items": [1, 2, 3]}"#, "1"),
            (r#"{"items": [1, 2, 3], "n": 2}"#, "[1,2]"),
            (r#"{"items": [1], "n": 9}"#, "[1]"),
            (r#"{"items": [], "n": 1}"#, "[]"),
            (r#"{"items": []}"#, "nothing_there"),
            (r#"{"b": "else", "a": "then"}"#, r#""then""#),
            (r#"{"b": "else"}"#, r#""else""#),
            (r#"{"a": null, "c": 0}"#, "0"),
            (r#"{}"#, "nothing_there"),
            (r#"{"items": [1], "n": -1}"#, "operator_argument_type"),
            (r#"{"items": 1}"#, "operator_argument_type"),
        ];
        for (arguments, expected) in rows {
            check(First, arguments, expected);
        }
    }
}
