//! Where snapshots come from.

use std::sync::Arc;

use crate::Catalog;

/// The port to whatever keeps a catalogue current.
pub trait ToolSource: Send + Sync {
    /// The newest snapshot; cheap, and never waits.
    fn snapshot(&self) -> Arc<Catalog>;
}
