//! Names of accounts, rates and values.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Stands between the parts of a key.
const BETWEEN: char = '\u{1f}';

/// Names one account, rate or value: a few parts in order, such as what it
/// is, the principal, the server and the tool. Different parts never make the
/// same key. Cheap to clone; worked out once and kept, where it is used often.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Arc<str>);

impl Key {
    /// The key made of these parts.
    pub fn of<P: AsRef<str>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut key = String::new();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                key.push(BETWEEN);
            }
            for c in part.as_ref().chars() {
                // The separator, and what escapes it, are escaped within a part.
                if c == BETWEEN || c == '\u{1e}' {
                    key.push('\u{1e}');
                }
                key.push(c);
            }
        }
        Self(key.into())
    }

    /// The key as one text, for stores that keep it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    /// The parts with slashes between them, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace(BETWEEN, "/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_parts_make_different_keys() {
        let rows: [&[&str]; 7] =
            [&["a", "b"], &["ab"], &["a", "", "b"], &["a\u{1f}b"], &["a\u{1e}", "b"], &["a\u{1e}\u{1f}b"], &["", "ab"]];
        let keys: std::collections::BTreeSet<Key> = rows.iter().map(|parts| Key::of(*parts)).collect();
        assert_eq!(keys.len(), rows.len());
        assert_eq!(Key::of(["calls", "ann", "github"]).to_string(), "calls/ann/github");
    }
}
