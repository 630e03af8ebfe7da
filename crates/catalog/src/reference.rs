//! How servers and tools are named.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name the operator gave a server. Never empty and without a dot, so
/// that `server.tool` splits in one way only; the configuration sees to that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(Arc<str>);

impl ServerId {
    /// A server's name, already checked by whoever read it.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// Why this text cannot name a server, if it cannot.
    pub fn fault_in(name: &str) -> Option<&'static str> {
        if name.is_empty() {
            return Some("it is empty");
        }
        if name.len() > 40 {
            return Some("it is longer than 40 characters");
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (!name.chars().all(fits)).then_some("only letters, digits, `-` and `_` may stand in it")
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One tool on one server, written `server.tool`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ToolRef {
    /// The server that has it.
    pub server: ServerId,
    /// The tool's name as that server lists it.
    pub tool: Arc<str>,
}

impl ToolRef {
    /// A tool by its server's name and its own.
    pub fn new(server: impl Into<Arc<str>>, tool: impl Into<Arc<str>>) -> Self {
        Self { server: ServerId::new(server), tool: tool.into() }
    }

    /// Reads `server.tool`; the first dot divides.
    pub fn parse(text: &str) -> Option<Self> {
        let (server, tool) = text.split_once('.')?;
        (!server.is_empty() && !tool.is_empty()).then(|| Self::new(server, tool))
    }
}

impl fmt::Display for ToolRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.server, self.tool)
    }
}

impl Serialize for ToolRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ToolRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not of the form server.tool")))
    }
}
