//! Who may be told a value.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ServerId;

/// The servers that may be told a value. The person who asks may know
/// everything that is found for them; this is about what is sent on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Readers {
    /// Any server.
    #[default]
    Everyone,
    /// These and no other.
    Only(Arc<BTreeSet<ServerId>>),
}

impl Readers {
    /// These servers and no other.
    pub fn only(servers: impl IntoIterator<Item = ServerId>) -> Self {
        Self::Only(Arc::new(servers.into_iter().collect()))
    }

    /// Whether that server may be told.
    pub fn include(&self, server: &ServerId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Only(servers) => servers.contains(server),
        }
    }

    /// Who may be told what is made of both: whoever may be told either.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Everyone, readers) | (readers, Self::Everyone) => readers.clone(),
            (Self::Only(a), Self::Only(b)) if a == b => self.clone(),
            (Self::Only(a), Self::Only(b)) => Self::only(a.intersection(b).cloned()),
        }
    }

    /// The same, and that server: it knows what it said itself.
    #[must_use]
    pub(crate) fn and(&self, server: &ServerId) -> Self {
        match self {
            Self::Only(servers) if !servers.contains(server) => Self::only(servers.iter().chain([server]).cloned()),
            readers => readers.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mixed_is_told_to_whoever_may_know_both() {
        let of = |names: &str| match names {
            "*" => Readers::Everyone,
            names => Readers::only(names.chars().map(|name| ServerId::new(name.to_string()))),
        };
        let rows =
            [("*", "*", "*"), ("*", "ab", "ab"), ("ab", "*", "ab"), ("ab", "bc", "b"), ("a", "b", ""), ("", "*", "")];
        for (one, other, both) in rows {
            assert_eq!(of(one).join(&of(other)), of(both), "{one} and {other}");
            assert_eq!(of(both).include(&ServerId::new("b")), matches!(both, "*" | "b" | "ab"), "{both}");
        }
        assert_eq!(of("a").and(&ServerId::new("b")), of("ab"));
    }
}
