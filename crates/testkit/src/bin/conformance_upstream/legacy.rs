//! The server of the older era: a handshake, and questions while a call lasts.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::wire::Wire;
use crate::{lists, results};

/// Between two things a tool says.
const PAUSE: Duration = Duration::from_millis(50);

/// Tools of this era alone.
const TOOLS: [&str; 5] = [
    "test_tool_with_logging",
    "test_sampling",
    "test_elicitation",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
];

/// Serves until nobody is there any more.
pub(crate) fn serve(wire: &mut Wire) {
    while let Some(message) = wire.next() {
        let (id, params) = (&message["id"], &message["params"]);
        let Some(method) = message["method"].as_str() else { continue };
        if id.is_null() {
            continue;
        }
        let result = match method {
            "initialize" => Some(json!({
                "protocolVersion": "2025-11-25",
                "capabilities": lists::capabilities(),
                "serverInfo": {"name": "conformance-upstream", "version": "1.0"},
            })),
            "ping" | "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe" => Some(json!({})),
            "tools/list" => Some(lists::tools(&TOOLS)),
            "resources/list" => Some(lists::resources()),
            "resources/templates/list" => Some(lists::templates()),
            "prompts/list" => Some(lists::prompts(&[])),
            "resources/read" => results::contents(params["uri"].as_str().unwrap_or_default()),
            "prompts/get" => results::messages(params["name"].as_str().unwrap_or_default(), &params["arguments"]),
            "completion/complete" => Some(json!({"completion": {"values": ["test"], "total": 1, "hasMore": false}})),
            "tools/call" => call(wire, params),
            _ => {
                wire.refuse(id, -32601, "Method not found", &Value::Null);
                continue;
            }
        };
        match result {
            Some(result) => wire.answer(id, &result),
            None if method == "resources/read" => {
                wire.refuse(id, -32002, "Resource not found", &json!({"uri": params["uri"]}));
            }
            None => wire.refuse(id, -32602, "there is nothing of that name", &Value::Null),
        }
    }
}

fn call(wire: &mut Wire, params: &Value) -> Option<Value> {
    let (tool, arguments) = (params["name"].as_str()?, &params["arguments"]);
    if let Some(result) = results::plain(tool) {
        return Some(result);
    }
    match tool {
        "test_tool_with_progress" => {
            for progress in [0, 50, 100] {
                if let Some(token) = params["_meta"].get("progressToken") {
                    let params = json!({"progressToken": token, "progress": progress, "total": 100});
                    wire.tell("notifications/progress", &params);
                }
                sleep(PAUSE);
            }
        }
        "test_tool_with_logging" | "test_logging_tool" => {
            for message in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                wire.tell("notifications/message", &json!({"level": "info", "logger": "conformance", "data": message}));
                sleep(PAUSE);
            }
        }
        "test_sampling" => {
            let content = results::text(arguments["prompt"].as_str().unwrap_or_default());
            let params = json!({"messages": [{"role": "user", "content": content}], "maxTokens": 100});
            return Some(match wire.ask("sampling/createMessage", &params) {
                Ok(answer) => results::said(&format!("LLM response: {}", answer["content"]["text"].as_str()?)),
                Err(why) => json!({"isError": true, "content": [results::text(&why)]}),
            });
        }
        "test_elicitation" => {
            let text = |description: &str| json!({"type": "string", "description": description});
            let properties = json!({"username": text("User's response"), "email": text("User's email address")});
            let required = json!(["username", "email"]);
            let schema = json!({"type": "object", "properties": properties, "required": required});
            return Some(elicit(wire, &arguments["message"], &schema, "User response"));
        }
        "test_elicitation_sep1034_defaults" => {
            return Some(elicit(wire, &json!("Please fill in"), &defaults(), "Elicitation completed"));
        }
        "test_elicitation_sep1330_enums" => {
            return Some(elicit(wire, &json!("Please choose"), &choices(), "Elicitation completed"));
        }
        _ => return None,
    }
    Some(results::said("done"))
}

fn elicit(wire: &mut Wire, message: &Value, schema: &Value, label: &str) -> Value {
    let message = message.as_str().unwrap_or("Please answer");
    match wire.ask("elicitation/create", &json!({"message": message, "requestedSchema": schema})) {
        Ok(answer) => {
            let action = answer["action"].as_str().unwrap_or_default();
            results::said(&format!("{label}: action={action}, content={}", answer["content"]))
        }
        Err(why) => json!({"isError": true, "content": [results::text(&why)]}),
    }
}

fn defaults() -> Value {
    json!({"type": "object", "properties": {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": true},
    }})
}

fn choices() -> Value {
    let titled =
        |first: &str, second: &str| json!([{"const": "value1", "title": first}, {"const": "value2", "title": second}]);
    let options = json!(["option1", "option2", "option3"]);
    json!({"type": "object", "properties": {
        "untitledSingle": {"type": "string", "enum": options},
        "titledSingle": {"type": "string", "oneOf": titled("First Option", "Second Option")},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": options}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled("First Choice", "Second Choice")}},
    }})
}
