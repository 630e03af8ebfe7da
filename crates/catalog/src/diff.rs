//! What changed between two snapshots.

use crate::{Catalog, ToolRef};

/// How one tool changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has the same name and another definition.
    Redefined,
}

/// Every tool that changed, by server and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff(pub Vec<(ToolRef, Change)>);

impl Diff {
    /// What `after` has that `before` had not, and the reverse.
    pub fn between(before: &Catalog, after: &Catalog) -> Self {
        let mut changes = Vec::new();
        for tool in before.tools() {
            match after.tool(&tool.reference) {
                None => changes.push((tool.reference.clone(), Change::Removed)),
                Some(now) if now.fingerprint != tool.fingerprint => {
                    changes.push((tool.reference.clone(), Change::Redefined));
                }
                Some(_) => {}
            }
        }
        let new = after.tools().iter().filter(|tool| before.tool(&tool.reference).is_none());
        changes.extend(new.map(|tool| (tool.reference.clone(), Change::Added)));
        changes.sort_by(|a, b| a.0.cmp(&b.0));
        Self(changes)
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
