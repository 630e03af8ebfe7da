//! Which protocol revision a connection speaks.

use serde_json::{Map, Value, json};

/// The revision without sessions and without a handshake.
pub(crate) const MODERN: &str = "2026-07-28";

/// The newest revision with a handshake: what `initialize` offers.
pub(crate) const NEWEST_LEGACY: &str = "2025-11-25";

/// The revisions with a handshake that we speak, oldest first.
pub(crate) const LEGACY: &[&str] = &["2024-11-05", "2025-03-26", "2025-06-18", NEWEST_LEGACY];

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// Every request stands by itself and carries its own context.
    Modern,
    /// A session opened by `initialize`, in this revision.
    Legacy(String),
}

impl Era {
    /// The revision's date.
    pub(crate) fn revision(&self) -> &str {
        match self {
            Self::Modern => MODERN,
            Self::Legacy(revision) => revision,
        }
    }

    /// The `_meta` a request carries: in the modern era who asks and in which
    /// revision, in the legacy era nothing.
    pub(crate) fn request_meta(&self) -> Map<String, Value> {
        let mut meta = Map::new();
        if *self == Self::Modern {
            meta.insert("io.modelcontextprotocol/protocolVersion".into(), MODERN.into());
            meta.insert("io.modelcontextprotocol/clientInfo".into(), who_we_are());
            meta.insert("io.modelcontextprotocol/clientCapabilities".into(), json!({}));
        }
        meta
    }
}

/// How we introduce ourselves to servers.
pub(crate) fn who_we_are() -> Value {
    json!({"name": "concertmaster", "version": env!("CARGO_PKG_VERSION")})
}
