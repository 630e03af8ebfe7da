//! Literals, fitted to the types a parameter admits where nothing is lost by
//! it.

use catalog::{JsonType, JsonTypes};
use serde_json::{Number, Value};

/// The largest whole number that every float up to it can tell apart: 2^53.
const MAX_EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// The value a wire literal's text stands for. A JSON string in quotes stands
/// for its content. Otherwise, where the types admit what the text is as
/// JSON, that; where they admit a text, the text as it stands: for a
/// `string` parameter `123` stays `"123"`.
pub(crate) fn of_text(text: &str, types: JsonTypes) -> Value {
    let read: Option<Value> = serde_json::from_str(text).ok();
    let plain = || Value::String(text.to_owned());
    match read {
        Some(Value::String(content)) => Value::String(content),
        Some(value) if types.admits(JsonType::of(&value)) => value,
        Some(_) if types.admits(JsonType::String) => plain(),
        Some(value) => value,
        None => plain(),
    }
}

/// The value as one of the types admitted, if it already is or becomes one
/// exactly: `"123"` and 123, `"true"` and true, 7.0 and 7. Any other value
/// stays as it is, for the schema to refuse.
pub(crate) fn fitted(value: Value, types: JsonTypes) -> Value {
    if types.admits(JsonType::of(&value)) {
        return value;
    }
    let other = match &value {
        Value::String(text) => scalar_in(text),
        Value::Number(number) => whole(number).map(Value::from).filter(|_| types.admits(JsonType::Integer)),
        _ => None,
    };
    match other {
        Some(other) if types.admits(JsonType::of(&other)) => other,
        _ if types.admits(JsonType::String) && matches!(value, Value::Number(_) | Value::Bool(_)) => {
            Value::String(value.to_string())
        }
        _ => value,
    }
}

/// The number or truth value a text writes, if it writes it as JSON would.
fn scalar_in(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    let written = value.to_string();
    (matches!(value, Value::Number(_) | Value::Bool(_)) && written == text).then_some(value)
}

fn whole(number: &Number) -> Option<i64> {
    let float = number.as_f64()?;
    // In this range the cast is exact.
    (float.fract() == 0.0 && float.abs() < MAX_EXACT_FLOAT).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn types(names: Value) -> JsonTypes {
        JsonTypes::of_schema(&json!({ "type": names }))
    }

    #[test]
    fn texts_become_what_the_parameter_takes() {
        let rows = [
            ("123", json!("integer"), json!(123)),
            ("123", json!("string"), json!("123")),
            ("123", json!(["string", "null"]), json!("123")),
            ("null", json!(["string", "null"]), json!(null)),
            ("123", json!(["string", "integer"]), json!(123)),
            ("true", json!("boolean"), json!(true)),
            ("true", json!("string"), json!("true")),
            ("open issues", json!("string"), json!("open issues")),
            (r#""quoted""#, json!("string"), json!("quoted")),
            (r#"["a"]"#, json!(["string", "array"]), json!(["a"])),
            (r#"{"a": 1}"#, json!("object"), json!({"a": 1})),
            ("", json!("string"), json!("")),
            ("abc", json!("integer"), json!("abc")),
            ("2.5", json!("integer"), json!(2.5)),
        ];
        for (text, named, expected) in rows {
            assert_eq!(of_text(text, types(named.clone())), expected, "{text} as {named}");
        }
        assert_eq!(of_text("123", JsonTypes::ANY), json!(123));
        assert_eq!(of_text("PR 123", JsonTypes::ANY), json!("PR 123"));
    }

    #[test]
    fn only_exact_fits_are_made() {
        let rows = [
            (json!("123"), json!("integer"), json!(123)),
            (json!("0123"), json!("integer"), json!("0123")),
            (json!(" 1"), json!("integer"), json!(" 1")),
            (json!("1e3"), json!("number"), json!("1e3")),
            (json!("1.5"), json!("number"), json!(1.5)),
            (json!("1.5"), json!("integer"), json!("1.5")),
            (json!(7), json!("string"), json!("7")),
            (json!(7.0), json!("integer"), json!(7)),
            (json!(7.5), json!("integer"), json!(7.5)),
            (json!(false), json!("string"), json!("false")),
            (json!("false"), json!("boolean"), json!(false)),
            (json!("no"), json!("boolean"), json!("no")),
            (json!([1]), json!("string"), json!([1])),
            (json!(1), json!("boolean"), json!(1)),
            (json!("123"), json!(["string", "integer"]), json!("123")),
        ];
        for (value, named, expected) in rows {
            assert_eq!(fitted(value.clone(), types(named.clone())), expected, "{value} as {named}");
        }
    }
}
