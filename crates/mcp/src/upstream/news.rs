//! What changed at servers, as it happens.

use catalog::ServerId;

/// News kept for one listener; a slower one loses the oldest, and is told so.
pub const NEWS_KEPT: usize = 256;

/// Something changed at a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Its tools are others than they were; the catalogue has them.
    ToolsChanged(ServerId),
    /// Its resources or templates are others than they were; the offerings
    /// have them.
    ResourcesChanged(ServerId),
    /// Its prompts are others than they were; the offerings have them.
    PromptsChanged(ServerId),
    /// The contents of a resource are others than they were.
    ResourceUpdated {
        /// The server that has it.
        server: ServerId,
        /// The URI its server knows it by.
        uri: String,
    },
}
