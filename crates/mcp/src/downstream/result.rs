//! Results on their way to a client.

use query::Fault;
use rmcp::model::{CallToolResult, ContentBlock, Tool};
use serde_json::{Value, json};

use super::orchestra::Told;

/// An outcome of ours.
pub(crate) fn of_told(told: Told) -> CallToolResult {
    let content = vec![ContentBlock::text(told.text)];
    let mut result = if told.failed { CallToolResult::error(content) } else { CallToolResult::success(content) };
    result.structured_content = Some(told.outcome);
    result
}

/// A call that brought no result.
pub(crate) fn of_fault(fault: &Fault) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(fault.message.clone())]);
    result.structured_content = Some(json!({"error": fault}));
    result
}

/// A server's result. Content of a kind that the typed model does not know is
/// passed on as the JSON it is, in a text.
pub(crate) fn of_server(mut raw: Value) -> CallToolResult {
    let content = raw["content"].take();
    let blocks = content.as_array().into_iter().flatten().map(block).collect();
    let is_error = raw["isError"].as_bool();
    let mut result = CallToolResult::success(blocks);
    result.is_error = is_error;
    result.structured_content = raw.get_mut("structuredContent").map(Value::take);
    result.meta = raw.get_mut("_meta").and_then(|meta| serde_json::from_value(meta.take()).ok());
    result
}

fn block(block: &Value) -> ContentBlock {
    serde_json::from_value(block.clone()).unwrap_or_else(|_| ContentBlock::text(block.to_string()))
}

/// A definition as the typed model has it; `None` when it does not fit, which
/// a checked definition does.
pub(crate) fn tool(definition: Value) -> Option<Tool> {
    serde_json::from_value(definition).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_result_passes_with_what_is_unknown_in_it() {
        let raw = json!({
            "content": [{"type": "text", "text": "a"}, {"type": "hologram", "frames": 3}],
            "structuredContent": {"z": 9_007_199_254_740_993_u64, "a": null},
            "isError": true,
            "_meta": {"k": 1},
        });
        let passed = serde_json::to_value(of_server(raw.clone())).unwrap();
        assert_eq!(passed["structuredContent"].to_string(), raw["structuredContent"].to_string());
        assert_eq!(passed["content"][0], raw["content"][0]);
        assert_eq!(passed["content"][1], json!({"type": "text", "text": r#"{"type":"hologram","frames":3}"#}));
        assert_eq!((&passed["isError"], &passed["_meta"]), (&json!(true), &json!({"k": 1})));
    }
}
