//! What of a call stands in HTTP headers beside its body, so that gateways
//! can route it unread: the tool's name and the arguments its schema marks
//! with `x-mcp-header`.

use serde_json::Value;

/// Header names and values for one call.
pub(crate) fn mirrored(tool: &str, schema: &Value, arguments: &Value) -> Vec<(String, String)> {
    let mut headers = vec![("Mcp-Name".to_owned(), encoded(tool))];
    collect(schema, arguments, &mut headers);
    headers
}

fn collect(schema: &Value, arguments: &Value, headers: &mut Vec<(String, String)>) {
    let properties = schema["properties"].as_object().into_iter().flatten();
    for (name, property) in properties {
        let Some(argument) = arguments.get(name) else { continue };
        let header = property["x-mcp-header"].as_str().filter(|header| !header.is_empty());
        if let (Some(header), Some(text)) = (header, text_of(argument)) {
            headers.push((format!("Mcp-Param-{header}"), encoded(&text)));
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
fn encoded(text: &str) -> String {
    let printable = text.chars().all(|c| (' '..='~').contains(&c));
    let marked = text.starts_with("=?base64?") && text.ends_with("?=");
    if printable && !marked && text.trim() == text {
        return text.to_owned();
    }
    format!("=?base64?{}?=", base64(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) as usize & 63;
            text.push(if place <= chunk.len() { ALPHABET[sextet] as char } else { '=' });
        }
    }
    text
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
            assert_eq!(encoded(text), expected, "{text:?}");
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
            [("Mcp-Name", "find"), ("Mcp-Param-Region", "eu"), ("Mcp-Param-Limit", "3"), ("Mcp-Param-Team", "ops")];
        assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
