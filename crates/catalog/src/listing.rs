//! What a server says of itself, as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ServerId;

/// One server's answer to being asked what it can do. Every text in it was
/// written by the server: data, never instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerListing {
    /// The operator's name for the server.
    pub id: ServerId,
    /// The display name the server gives itself.
    pub title: Option<String>,
    /// The server's usage instructions.
    pub instructions: Option<String>,
    /// Its tools, in its order.
    pub tools: Vec<ToolListing>,
}

/// One tool as its server lists it (MCP `Tool`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolListing {
    /// The name to call it by.
    pub name: String,
    /// A display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments.
    pub input_schema: Value,
    /// JSON Schema of its structured result, where it promises one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// What it claims about its own behaviour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

/// A tool's claims about its own behaviour (MCP `ToolAnnotations`). An absent
/// hint means what the specification says it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// It changes nothing. Absent: it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_hint: Option<bool>,
    /// It may undo or overwrite. Absent: it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    /// Repeating it changes nothing more. Absent: it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent_hint: Option<bool>,
    /// It deals with an open world. Absent: it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_world_hint: Option<bool>,
}
