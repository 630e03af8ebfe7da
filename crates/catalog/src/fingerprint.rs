//! The hash of a tool's definition.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::canonical_json;

/// BLAKE3 of a canonical JSON text. A tool whose fingerprint changed is
/// another tool, whatever its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The hash of a value's canonical JSON.
    pub fn of(value: &Value) -> Self {
        Self(*blake3::hash(canonical_json(value).as_bytes()).as_bytes())
    }

    /// The first 16 hexadecimal digits: for people and for tables.
    pub fn short(&self) -> String {
        self.to_string()[..16].to_owned()
    }

    /// Reads the 64 hexadecimal digits that `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text).ok().map(|hash| Self(*hash.as_bytes()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.short())
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
