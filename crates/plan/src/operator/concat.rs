//! `orc.concat`: several arrays as one.

use serde_json::{Map, Value, json};

use super::arguments::{Arguments, array, bounded};
use super::{Definition, INPUTS, OperatorFault, object_schema};

pub(super) const DEFINITION: Definition = Definition {
    name: "concat",
    about: "Several arrays as one: those of the array `lists`, then `a`, `b` … in this order.",
    schema,
    yields: || json!({"type": "array"}),
    apply,
};

fn schema() -> Value {
    let mut properties = Map::new();
    properties.insert("lists".to_owned(), json!({"type": "array", "description": "an array of arrays"}));
    for name in INPUTS {
        properties.insert(name.to_owned(), json!({"type": "array", "description": "an array"}));
    }
    object_schema(Value::Object(properties), &[])
}

fn apply(arguments: &Arguments<'_>) -> Result<Value, OperatorFault> {
    let lists = arguments.get("lists").map(|lists| array("lists", lists)).transpose()?;
    let of_lists = lists.into_iter().flatten().map(|list| ("lists", list));
    let named = INPUTS.iter().filter_map(|name| arguments.get(name).map(|list| (*name, list)));
    let mut all = Vec::new();
    let mut given = lists.is_some();
    for (name, list) in of_lists.chain(named) {
        given = true;
        all.extend_from_slice(array(name, list)?);
        if all.len() > super::MAX_ITEMS {
            return Err(OperatorFault::TooLarge);
        }
    }
    if given { bounded(all) } else { Err(OperatorFault::Missing("a")) }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::Operator::Concat;

    #[test]
    fn arrays_become_one() {
        let rows = [
            (r#"{"b": [3], "a": [1, 2]}"#, "[1,2,3]"),
            (r#"{"lists": [[1], [], [2, [3]]], "a": [4]}"#, "[1,2,[3],4]"),
            (r#"{"lists": []}"#, "[]"),
            (r#"{"lists": [1]}"#, "operator_argument_type"),
            (r#"{"a": "x"}"#, "operator_argument_type"),
            (r#"{}"#, "operator_argument_missing"),
        ];
        for (arguments, expected) in rows {
            check(Concat, arguments, expected);
        }
        let half = vec![0; 6_000];
        check(Concat, &serde_json::json!({"a": half, "b": half}).to_string(), "result_too_large");
    }
}
