//! What a tool does to the world: one word in, the four MCP hints out.

use rmcp::model::ToolAnnotations;

/// The effect of calling a tool. All demo servers are closed worlds: nothing
/// leaves the machine, so `openWorldHint` is always false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Changes nothing.
    Read,
    /// Adds something; a second call adds it again.
    Additive,
    /// Changes or replaces something that cannot be brought back.
    Destructive {
        /// Whether a second, equal call changes nothing further.
        idempotent: bool,
    },
}

impl Effect {
    pub(crate) fn annotations(self) -> ToolAnnotations {
        let (read_only, destructive, idempotent) = match self {
            Self::Read => (true, false, true),
            Self::Additive => (false, false, false),
            Self::Destructive { idempotent } => (false, true, idempotent),
        };
        ToolAnnotations::new().read_only(read_only).destructive(destructive).idempotent(idempotent).open_world(false)
    }
}
