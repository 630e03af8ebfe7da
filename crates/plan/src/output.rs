//! What a tool call yielded.

use std::sync::{Arc, OnceLock};

use memchr::memmem::{find, find_iter};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

/// A tool's result as it arrived, and, once somebody needs it, its normalised
/// value. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Output(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// A server's result as the server wrote it; nobody has read it yet, and
    /// on the way to a client nobody has to.
    text: Option<Box<RawValue>>,
    /// An MCP `CallToolResult`, for results that a server sent.
    raw: OnceLock<Value>,
    normalised: OnceLock<Value>,
    failed: bool,
    has_kind: bool,
}

/// What of a result is read at once.
#[derive(Deserialize)]
struct Verdict {
    #[serde(default, rename = "isError")]
    is_error: Option<bool>,
    #[serde(default, rename = "resultType")]
    kind: Option<IgnoredAny>,
}

impl Verdict {
    /// Whether the tool failed, and whether the result says what it is; `None`
    /// when it is no result. Most results say so at their beginning or not at
    /// all, and nothing of failure, and then need not be read to their end.
    fn of(object: &str) -> Option<(bool, bool)> {
        let begins_with_kind = object.starts_with(r#"{"resultType":""#);
        let finds = |needle: &str| find(object.as_bytes(), needle.as_bytes()).is_some();
        if is_said_to_be_well(object) && (begins_with_kind || !finds("resultType")) {
            return Some((false, begins_with_kind));
        }
        let verdict: Self = serde_json::from_str(object).ok()?;
        Some((verdict.is_error == Some(true), verdict.kind.is_some()))
    }
}

/// Whether a result says of failure, wherever it speaks of it, that there is
/// none; which member it stands in need not be known then.
fn is_said_to_be_well(object: &str) -> bool {
    const MEMBER: &str = "isError";
    let text = object.as_bytes();
    find_iter(text, MEMBER).all(|at| text[at + MEMBER.len()..].starts_with(br#"":false"#))
}

impl Output {
    /// A result that a server sent, as it wrote it: an MCP `CallToolResult`
    /// object. `None` when the text is no such object.
    pub fn received(text: Box<RawValue>) -> Option<Self> {
        // An array would pass for an object of that many members.
        let object = Some(text.get()).filter(|text| text.starts_with('{'))?;
        let (failed, has_kind) = Verdict::of(object)?;
        let (raw, normalised) = (OnceLock::new(), OnceLock::new());
        Some(Self(Arc::new(Inner { text: Some(text), raw, normalised, failed, has_kind })))
    }

    /// A result that a server sent: an MCP `CallToolResult` object.
    pub fn of_tool_result(raw: Value) -> Self {
        let (failed, has_kind) = (raw["isError"] == Value::Bool(true), raw.get("resultType").is_some());
        let (raw, normalised) = (OnceLock::from(raw), OnceLock::new());
        Self(Arc::new(Inner { text: None, raw, normalised, failed, has_kind }))
    }

    /// A server's result of which only a part is left, and the value that
    /// references point into, where it is not the result's own.
    pub fn cut_down(raw: Value, value: Option<Value>, failed: bool) -> Self {
        let normalised = value.map_or_else(OnceLock::new, OnceLock::from);
        let has_kind = raw.get("resultType").is_some();
        Self(Arc::new(Inner { text: None, raw: OnceLock::from(raw), normalised, failed, has_kind }))
    }

    /// A value that was computed here.
    pub fn computed(value: Value) -> Self {
        let (raw, normalised) = (OnceLock::new(), OnceLock::from(value));
        Self(Arc::new(Inner { text: None, raw, normalised, failed: false, has_kind: false }))
    }

    /// The `CallToolResult` byte for byte as the server wrote it, where it
    /// came that way.
    pub fn text(&self) -> Option<&RawValue> {
        self.0.text.as_deref()
    }

    /// The `CallToolResult` as the server sent it; `None` for what was
    /// computed here. Null where it is nested too deeply to be read.
    pub fn raw(&self) -> Option<&Value> {
        let Some(text) = &self.0.text else { return self.0.raw.get() };
        Some(self.0.raw.get_or_init(|| serde_json::from_str(text.get()).unwrap_or_default()))
    }

    /// The value that references point into: `structuredContent`, else the
    /// JSON in a lone text block, else the text blocks joined by newlines.
    pub fn value(&self) -> &Value {
        self.0.normalised.get_or_init(|| self.raw().filter(|raw| raw.is_object()).map_or(Value::Null, normalise))
    }

    /// Whether the result says of what kind it is (MCP's `resultType`), as
    /// those of the newer protocol era do.
    pub fn has_kind(&self) -> bool {
        self.0.has_kind
    }

    /// Whether the tool itself said that it failed.
    pub fn is_error(&self) -> bool {
        self.0.failed
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
            assert_eq!(*Output::of_tool_result(raw.clone()).value(), expected);
            let received = Output::received(serde_json::value::to_raw_value(&raw).unwrap()).unwrap();
            assert_eq!(*received.value(), expected);
        }
    }

    #[test]
    fn what_was_received_stays_as_it_was_written() {
        let written = |text: &str| Output::received(RawValue::from_string(text.to_owned()).unwrap());
        let rows = [
            (r#"{"content":[],"structuredContent":{"n":12345678901234567890123.10}}"#, false),
            (r#"{ "x" : 1, "isError":true,"content":[]}"#, true),
            (r#"{"isError":false}"#, false),
        ];
        for (text, failed) in rows {
            let output = written(text).unwrap();
            assert_eq!((output.text().unwrap().get(), output.is_error()), (text, failed));
            assert!(!output.has_kind(), "{text}");
        }
        let said = r#"{"a":"isError","b":[{"isError":false}],"isError":true}"#;
        assert!(written(said).unwrap().is_error());
        for text in ["[true]", "3", "null", r#"{"isError":"yes"}"#] {
            assert!(written(text).is_none(), "{text}");
        }
        assert!(written(r#"{"content":[],"resultType":"complete"}"#).unwrap().has_kind());
        let deep = format!(r#"{{"content":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
        let output = written(&deep).unwrap();
        assert_eq!((output.text().unwrap().get(), output.value()), (deep.as_str(), &Value::Null));
    }
}
