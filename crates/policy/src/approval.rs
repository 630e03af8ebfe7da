//! What a human let through.

use std::collections::BTreeSet;
use std::fmt;

use catalog::Fingerprint;
use plan::BoundCall;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names one call for approval: the tool, its definition and the exact
/// arguments. Any of them changed, it is another call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallHash(Fingerprint);

impl CallHash {
    /// A hash that was worked out when the call was withheld.
    pub fn from_fingerprint(hash: Fingerprint) -> Self {
        Self(hash)
    }

    /// The hash of a call as it is bound.
    pub fn of(call: &BoundCall) -> Self {
        Self(call.fingerprint())
    }

    /// Reads the hexadecimal digits that `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        Fingerprint::parse(text).map(Self)
    }
}

impl fmt::Display for CallHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for CallHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a call's hash is 64 hexadecimal digits"))
    }
}

/// The calls a human let through for one run. Only an edge that has a human
/// before it may fill it: never a model, and never a client on its own word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvals(BTreeSet<CallHash>);

impl Approvals {
    /// Nothing is approved.
    pub fn none() -> Self {
        Self::default()
    }

    /// These calls are.
    pub fn of(calls: impl IntoIterator<Item = CallHash>) -> Self {
        Self(calls.into_iter().collect())
    }

    /// These calls beside the ones approved already.
    #[must_use]
    pub fn with(mut self, calls: &[CallHash]) -> Self {
        self.0.extend(calls);
        self
    }

    /// The calls.
    pub fn calls(&self) -> impl Iterator<Item = CallHash> {
        self.0.iter().copied()
    }

    /// Whether exactly this call is.
    pub fn cover(&self, call: CallHash) -> bool {
        self.0.contains(&call)
    }
}
