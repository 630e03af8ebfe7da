//! On whose authority a query runs.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Whoever a query acts for. Everything that identifies, counts, caches or
/// resumes is keyed by it; nothing crosses from one principal to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Principal(Arc<str>);

impl Principal {
    /// A principal by the stable name its authenticator gave it.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The person at this machine: the command line and a stdio client.
    pub fn local() -> Self {
        Self::new("local")
    }

    /// The stable name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
