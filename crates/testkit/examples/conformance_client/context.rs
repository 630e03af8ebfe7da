//! What the suite says of a scenario beside the server's address.

use mcp::upstream::{RegisteredClient, Secret};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What the suite says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Context {
    /// Calls to make; every tool with made-up arguments when there are none.
    #[serde(rename = "toolCalls")]
    pub(crate) calls: Vec<Called>,
    name: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    issuer: Option<String>,
}

/// A call to make.
#[derive(Debug, Deserialize)]
pub(crate) struct Called {
    pub(crate) name: String,
    pub(crate) arguments: Map<String, Value>,
}

impl Context {
    /// As it stands in the environment.
    pub(crate) fn of_environment() -> Self {
        let text = std::env::var("MCP_CONFORMANCE_CONTEXT").unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Who we are to the authorization server, if it knows us already.
    pub(crate) fn client(&self) -> Option<RegisteredClient> {
        let id = self.client_id.clone()?;
        Some(RegisteredClient { id, secret: self.client_secret.clone().map(Secret::new), issuer: self.issuer.clone() })
    }

    /// Whether permission comes without a person: the operator's choice, not
    /// the server's.
    pub(crate) fn is_without_person(&self) -> bool {
        self.name.starts_with("auth/client-credentials")
    }
}
