//! What a tool call yielded.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

/// A tool's result as it arrived, and, once somebody needs it, its normalised
/// value. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Output(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// An MCP `CallToolResult`, for results that a server sent.
    raw: Option<Value>,
    normalised: OnceLock<Value>,
}

impl Output {
    /// A result that a server sent: an MCP `CallToolResult` object.
    pub fn of_tool_result(raw: Value) -> Self {
        Self(Arc::new(Inner { raw: Some(raw), normalised: OnceLock::new() }))
    }

    /// A value that was computed here.
    pub fn computed(value: Value) -> Self {
        Self(Arc::new(Inner { raw: None, normalised: OnceLock::from(value) }))
    }

    /// The `CallToolResult` as the server sent it; `None` for what was
    /// computed here.
    pub fn raw(&self) -> Option<&Value> {
        self.0.raw.as_ref()
    }

    /// The value that references point into: `structuredContent`, else the
    /// JSON in a lone text block, else the text blocks joined by newlines.
    pub fn value(&self) -> &Value {
        self.0.normalised.get_or_init(|| self.0.raw.as_ref().map_or(Value::Null, normalise))
    }

    /// Whether the tool itself said that it failed.
    pub fn is_error(&self) -> bool {
        self.0.raw.as_ref().is_some_and(|raw| raw["isError"] == Value::Bool(true))
    }
}

fn normalise(raw: &Value) -> Value {
    match raw.get("structuredContent") {
        Some(structured) if !structured.is_null() => return structured.clone(),
        _ => {}
    }
    let blocks = raw["content"].as_array().map_or(&[][..], Vec::as_slice);
    let texts: Vec<&str> = blocks.iter().filter_map(text_of_block).collect();
    if let ([text], 1) = (texts.as_slice(), blocks.len())
        && let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
    {
        return value;
    }
    Value::String(texts.join("\n"))
}

fn text_of_block(block: &Value) -> Option<&str> {
    match block["type"].as_str()? {
        "text" => block["text"].as_str(),
        "resource" => block["resource"]["text"].as_str(),
        "resource_link" => block["uri"].as_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn results_are_normalised() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let rows = [
            (json!({"content": [text("{}")], "structuredContent": {"a": 1}}), json!({"a": 1})),
            (json!({"content": [text(r#"[{"a": 1}]"#)]}), json!([{"a": 1}])),
            (json!({"content": [text("12")]}), json!("12")),
            (json!({"content": [text("{}"), text("x")]}), json!("{}\nx")),
            (json!({"content": [{"type": "image", "data": ""}]}), json!("")),
            (json!({}), json!("")),
        ];
        for (raw, expected) in rows {
            assert_eq!(*Output::of_tool_result(raw).value(), expected);
        }
    }
}
