//! What the suite's tools, resources and prompts give.

use serde_json::{Value, json};

/// A picture of one red pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/// A sound of no samples.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// A text as a content block.
pub(crate) fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// A result of one text.
pub(crate) fn said(words: &str) -> Value {
    json!({"content": [text(words)]})
}

/// The result of a tool that takes nothing and does nothing; `None` for any
/// other.
pub(crate) fn plain(tool: &str) -> Option<Value> {
    let image = || json!({"type": "image", "data": PNG, "mimeType": "image/png"});
    let resource = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    Some(match tool {
        "test_simple_text" => said("This is a simple text response for testing."),
        "test_image_content" => json!({"content": [image()]}),
        "test_audio_content" => json!({"content": [{"type": "audio", "data": WAV, "mimeType": "audio/wav"}]}),
        "test_embedded_resource" => json!({"content": [
            resource("test://embedded-resource", "text/plain", "This is an embedded resource content."),
        ]}),
        "test_multiple_content_types" => json!({"content": [
            text("Multiple content types test:"),
            image(),
            resource("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#),
        ]}),
        "test_error_handling" => {
            json!({"isError": true, "content": [text("This tool intentionally returns an error for testing")]})
        }
        "json_schema_2020_12_tool" | "test_header_tool" => said("done"),
        _ => return None,
    })
}

/// A resource's contents; `None` where there is none.
pub(crate) fn contents(uri: &str) -> Option<Value> {
    let content = match uri {
        "test://static-text" => {
            json!({"mimeType": "text/plain", "text": "This is the content of the static text resource."})
        }
        "test://static-binary" => json!({"mimeType": "image/png", "blob": PNG}),
        "test://watched-resource" => json!({"mimeType": "text/plain", "text": "Watched resource content"}),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            let text = json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")}).to_string();
            json!({"mimeType": "application/json", "text": text})
        }
    };
    let mut content = content;
    content["uri"] = uri.into();
    Some(json!({"contents": [content]}))
}

/// A prompt's messages; `None` where there is none.
pub(crate) fn messages(name: &str, arguments: &Value) -> Option<Value> {
    let given = |name: &str| arguments[name].as_str().unwrap_or_default().to_owned();
    let user = |content: Value| json!({"role": "user", "content": content});
    let messages = match name {
        "test_simple_prompt" => vec![user(text("This is a simple prompt for testing."))],
        "test_prompt_with_arguments" => {
            let (one, two) = (given("arg1"), given("arg2"));
            vec![user(text(&format!("Prompt with arguments: arg1='{one}', arg2='{two}'")))]
        }
        "test_prompt_with_embedded_resource" => {
            let text_of = "Embedded resource content for testing.";
            let resource = json!({"uri": given("resourceUri"), "mimeType": "text/plain", "text": text_of});
            vec![
                user(json!({"type": "resource", "resource": resource})),
                user(text("Please process the embedded resource above.")),
            ]
        }
        "test_prompt_with_image" => vec![
            user(json!({"type": "image", "data": PNG, "mimeType": "image/png"})),
            user(text("Please analyze the image above.")),
        ],
        _ => return None,
    };
    Some(json!({"messages": messages}))
}
