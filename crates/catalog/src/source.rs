//! Where snapshots come from.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use crate::Catalog;

/// The port to whatever keeps a catalogue current.
pub trait ToolSource: Send + Sync {
    /// The newest snapshot; cheap, and never waits.
    fn snapshot(&self) -> Arc<Catalog>;

    /// Resolves once no server is [`crate::Availability::Starting`] any more.
    /// A server may never answer: whoever waits bounds the wait.
    fn settled(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(ready(()))
    }
}
