//! What the server lists.

use serde_json::{Value, json};

/// Tools that both eras have.
const PLAIN: [&str; 8] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_error_handling",
    "test_tool_with_progress",
    "test_logging_tool",
];

/// Every tool changes nothing: it may be called unasked by whoever believes it.
fn tool(name: &str, schema: Value) -> Value {
    json!({
        "name": name,
        "description": format!("Conformance: {name}."),
        "inputSchema": schema,
        "annotations": {"readOnlyHint": true, "openWorldHint": false},
    })
}

/// The tools of an era: those of both, and these.
pub(crate) fn tools(own: &[&str]) -> Value {
    let any = || json!({"type": "object"});
    let mut tools: Vec<Value> = PLAIN.iter().chain(own).map(|name| tool(name, any())).collect();
    tools.push(tool("json_schema_2020_12_tool", elaborate()));
    let shown = json!({"type": "string", "x-mcp-header": "Region"});
    tools.push(tool("test_header_tool", json!({"type": "object", "properties": {"region": shown}})));
    json!({"tools": tools})
}

/// A schema of everything that a gateway could lose.
fn elaborate() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": text(), "city": text()},
        }},
        "properties": {
            "name": text(),
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": text(),
            "email": text(),
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

/// The resources.
pub(crate) fn resources() -> Value {
    let resource = |uri: &str, name: &str, kind: &str| json!({"uri": uri, "name": name, "description": format!("Conformance: {name}."), "mimeType": kind});
    json!({"resources": [
        resource("test://static-text", "static text", "text/plain"),
        resource("test://static-binary", "static binary", "image/png"),
        resource("test://watched-resource", "watched", "text/plain"),
    ]})
}

/// The templates.
pub(crate) fn templates() -> Value {
    json!({"resourceTemplates": [{
        "uriTemplate": "test://template/{id}/data",
        "name": "template",
        "description": "Conformance: a template.",
        "mimeType": "application/json",
    }]})
}

/// The prompts, and these.
pub(crate) fn prompts(own: &[&str]) -> Value {
    let prompt = |name: &str, arguments: &[&str]| {
        let argument = |name: &&str| json!({"name": name, "description": "An argument.", "required": true});
        let arguments: Vec<Value> = arguments.iter().map(argument).collect();
        json!({"name": name, "description": format!("Conformance: {name}."), "arguments": arguments})
    };
    let mut prompts = vec![
        prompt("test_simple_prompt", &[]),
        prompt("test_prompt_with_arguments", &["arg1", "arg2"]),
        prompt("test_prompt_with_embedded_resource", &["resourceUri"]),
        prompt("test_prompt_with_image", &[]),
    ];
    prompts.extend(own.iter().map(|name| prompt(name, &[])));
    json!({"prompts": prompts})
}

/// What the server can do.
pub(crate) fn capabilities() -> Value {
    json!({
        "completions": {},
        "logging": {},
        "prompts": {"listChanged": true},
        "resources": {"listChanged": true, "subscribe": true},
        "tools": {"listChanged": true},
    })
}
