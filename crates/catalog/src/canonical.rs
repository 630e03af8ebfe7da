//! One text for one JSON value.

use serde_json::Value;

/// The value as compact JSON with object keys in byte order, so that equal
/// values have equal texts whatever order their members came in. Numbers are
/// written as `serde_json` prints them.
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            text.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(&members[key], text);
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn member_order_does_not_matter() {
        let one = json!({"b": [1, {"y": null, "x": "é\n"}], "a": 0.5});
        let two = json!({"a": 0.5, "b": [1, {"x": "é\n", "y": null}]});
        assert_eq!(canonical_json(&one), canonical_json(&two));
        assert_eq!(canonical_json(&one), r#"{"a":0.5,"b":[1,{"x":"é\n","y":null}]}"#);
    }
}
