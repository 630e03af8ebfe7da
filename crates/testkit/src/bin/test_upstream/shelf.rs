//! What the server offers beside its tools.

use serde_json::{Value, json};

/// The answer to a request for it; `None` when that is something else.
pub(crate) fn answer(method: &str, params: &Value, grown: usize) -> Option<Value> {
    let more = |uri: &str| json!({"uri": uri, "name": uri, "x-own": 1});
    Some(match method {
        "resources/list" if params["cursor"].is_null() => {
            json!({"resources": [more("note:1"), {"name": "nowhere"}], "nextCursor": "2"})
        }
        "resources/list" => {
            let grown = (0..grown).map(|i| more(&format!("grown:{i}")));
            let last: Vec<Value> = std::iter::once(more("note:2")).chain(grown).collect();
            json!({"resources": last})
        }
        "resources/templates/list" => json!({"resourceTemplates": [{"uriTemplate": "note:{id}", "name": "a note"}]}),
        "prompts/list" => json!({"prompts": [{"name": "greet", "arguments": [{"name": "whom"}]}]}),
        "resources/read" => json!({"contents": [{"uri": params["uri"], "text": "ice", "x-own": 1}]}),
        "prompts/get" => {
            let text = json!({"type": "text", "text": format!("Greet {}.", params["arguments"]["whom"])});
            json!({"messages": [{"role": "user", "content": text}], "name": params["name"]})
        }
        "completion/complete" => json!({"completion": {"values": [params["argument"]["value"], "more"]}}),
        "resources/subscribe" | "resources/unsubscribe" | "logging/setLevel" => json!({}),
        _ => return None,
    })
}
