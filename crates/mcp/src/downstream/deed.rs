//! What one request wants done at a server, told apart from every other.

use catalog::{Fingerprint, ServerId};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// What is wanted of which server.
pub(crate) struct Deed<'a> {
    /// The server.
    pub(crate) server: &'a ServerId,
    /// The method, as the client asked.
    pub(crate) method: &'static str,
    /// The tool, the prompt or the resource, as the client calls it.
    pub(crate) name: &'a str,
    /// The arguments, as the client wrote them.
    pub(crate) arguments: Option<&'a RawValue>,
    /// Whether it may be done as a task.
    pub(crate) may_defer: bool,
}

impl Deed<'_> {
    /// A hash of all of it: the same for the same deed, however its arguments
    /// are written, and for no other.
    pub(crate) fn hash(&self) -> String {
        let arguments: Value =
            self.arguments.and_then(|given| serde_json::from_str(given.get()).ok()).unwrap_or_default();
        let arguments = if arguments.is_null() { json!({}) } else { arguments };
        Fingerprint::of(&json!([self.server.as_str(), self.method, self.name, arguments])).to_string()
    }
}
