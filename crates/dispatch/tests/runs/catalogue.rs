//! Three servers with one tool of each kind.

use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Effect, Entry, ServerId, ServerLabels, ServerListing, ToolListing, ToolSource};
use serde_json::json;

/// The servers' names.
pub(crate) const SERVERS: [&str; 3] = ["a", "b", "c"];

/// The tools each server has, and what they do. `put` may be repeated.
pub(crate) const TOOLS: [(&str, Effect); 4] =
    [("read", Effect::Read), ("add", Effect::Additive), ("put", Effect::Additive), ("drop", Effect::Destructive)];

/// A snapshot of the three servers.
pub(crate) fn catalogue() -> Arc<Catalog> {
    static SNAPSHOT: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(snapshot()));
    Arc::clone(&SNAPSHOT)
}

fn snapshot() -> Catalog {
    let listing = |(name, _): &(&str, Effect)| ToolListing {
        name: (*name).to_owned(),
        input_schema: json!({"type": "object", "properties": {"x": {}, "y": {}}, "required": ["x"]}),
        ..ToolListing::default()
    };
    let labels = ServerLabels {
        effects: TOOLS.iter().map(|(name, effect)| ((*name).to_owned(), *effect)).collect(),
        idempotent: ["put".to_owned()].into(),
        ..ServerLabels::default()
    };
    let entry = |server: &&str| {
        let tools = TOOLS.iter().map(listing).collect();
        Entry::Ready(
            ServerListing { id: ServerId::new(*server), title: None, instructions: None, tools },
            labels.clone(),
        )
    };
    Catalog::new(1, SERVERS.iter().map(entry).collect())
}

/// A source that always has the same snapshot.
pub(crate) struct Still(pub(crate) Arc<Catalog>);

impl ToolSource for Still {
    fn snapshot(&self) -> Arc<Catalog> {
        Arc::clone(&self.0)
    }
}
