//! What of a call stands in HTTP headers beside its body, so that gateways
//! can route it unread: the tool's name and the arguments its schema marks
//! with `x-mcp-header`.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

/// The types of arguments that can stand in a header.
const MARKABLE: &[&str] = &["string", "integer", "boolean"];

const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// One header.
pub(crate) type Mirrored = (HeaderName, HeaderValue);

/// Header names and values for one call.
pub(crate) fn mirrored(tool: &str, schema: &Value, arguments: &Value) -> Vec<Mirrored> {
    let mut headers = named(tool);
    collect(schema, arguments, &mut headers);
    headers
}

/// Header names and values for something asked for by name.
pub(crate) fn named(name: &str) -> Vec<Mirrored> {
    encoded(name).map(|name| (NAME, name)).into_iter().collect()
}

/// Why a tool with this schema cannot be called over HTTP; `None` when it
/// can.
pub(crate) fn unfit(schema: &Value) -> Option<&'static str> {
    unfit_within(schema, &mut BTreeSet::new())
}

fn unfit_within(schema: &Value, seen: &mut BTreeSet<String>) -> Option<&'static str> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut faults = properties.map(|(_, property)| {
        let fault = property.get("x-mcp-header").and_then(|mark| unfit_mark(mark, property, seen));
        fault.or_else(|| unfit_within(property, seen))
    });
    faults.find_map(|fault| fault)
}

fn unfit_mark(mark: &Value, property: &Value, seen: &mut BTreeSet<String>) -> Option<&'static str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let Some(name) = mark.as_str().filter(|name| !name.is_empty() && name.chars().all(is_name)) else {
        return Some("an `x-mcp-header` of its input schema is no header name");
    };
    if !property["type"].as_str().is_some_and(|kind| MARKABLE.contains(&kind)) {
        return Some("an `x-mcp-header` of its input schema is on something that does not fit into a header");
    }
    let first = seen.insert(name.to_ascii_lowercase());
    (!first).then_some("two parts of its input schema have one `x-mcp-header`")
}

fn collect(schema: &Value, arguments: &Value, headers: &mut Vec<Mirrored>) {
    let properties = schema["properties"].as_object().into_iter().flatten();
    for (name, property) in properties {
        let Some(argument) = arguments.get(name) else { continue };
        let header = property["x-mcp-header"].as_str().filter(|header| !header.is_empty());
        // Whatever is no header was left out when the tool was listed.
        let name = header.and_then(|header| HeaderName::try_from(format!("mcp-param-{header}")).ok());
        if let Some(name) = name {
            headers.extend(text_of(argument).and_then(|text| Some((name, encoded(&text)?))));
        }
        collect(property, argument, headers);
    }
}

fn text_of(argument: &Value) -> Option<String> {
    match argument {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(argument.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text as a header's value: as it is where that is safe, else in Base64
/// between marks.
fn encoded(text: &str) -> Option<HeaderValue> {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let marked = text.starts_with("=?base64?") && text.ends_with("?=");
    if printable && !marked && text.trim() == text {
        return HeaderValue::from_str(text).ok();
    }
    HeaderValue::try_from(format!("=?base64?{}?=", STANDARD.encode(text))).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_survive_as_headers() {
        let rows = [
            ("plain text!", "plain text!"),
            ("", ""),
            (" padded", "=?base64?IHBhZGRlZA==?="),
            ("søk", "=?base64?c8O4aw==?="),
            ("a\nb", "=?base64?YQpi?="),
            ("=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="),
        ];
        for (text, expected) in rows {
            assert_eq!(encoded(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn marked_arguments_are_mirrored_wherever_they_stand() {
        let schema = json!({"properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "limit": {"type": "integer", "x-mcp-header": "Limit"},
            "dry": {"type": "boolean", "x-mcp-header": "Dry"},
            "plain": {"type": "string"},
            "to": {"type": "object", "properties": {"team": {"type": "string", "x-mcp-header": "Team"}}},
        }});
        let arguments = json!({"region": "eu", "limit": 3, "plain": "x", "to": {"team": "ops"}, "dry": null});
        let headers = mirrored("find", &schema, &arguments);
        let expected =
            [("mcp-name", "find"), ("mcp-param-region", "eu"), ("mcp-param-limit", "3"), ("mcp-param-team", "ops")];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(headers, expected);
    }

    #[test]
    fn marks_are_names_of_plain_values_and_each_stands_once() {
        let marked = |kind: &str, mark: Value| json!({"type": kind, "x-mcp-header": mark});
        let rows = [
            (json!({"a": marked("string", json!("Region")), "b": {"type": "number"}}), true),
            (json!({"a": marked("integer", json!("A")), "b": marked("boolean", json!("B"))}), true),
            (json!({"a": marked("string", json!(""))}), false),
            (json!({"a": marked("string", json!(3))}), false),
            (json!({"a": marked("string", json!("My Region"))}), false),
            (json!({"a": marked("string", json!("A:B"))}), false),
            (json!({"a": marked("string", json!("Région"))}), false),
            (json!({"a": marked("number", json!("A"))}), false),
            (json!({"a": marked("object", json!("A"))}), false),
            (json!({"a": marked("string", json!("A")), "b": marked("string", json!("a"))}), false),
            (
                json!({"a": marked("string", json!("A")), "b": {"properties": {"c": marked("string", json!("A"))}}}),
                false,
            ),
        ];
        for (properties, fit) in rows {
            assert_eq!(unfit(&json!({"properties": properties})).is_none(), fit, "{properties}");
        }
    }
}
