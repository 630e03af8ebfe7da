//! The revisions of the protocol that the front door speaks.

/// One revision, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Revision {
    /// 2024-11-05.
    First,
    /// 2025-03-26: the only one with batches.
    Batching,
    /// 2025-06-18.
    Structured,
    /// 2025-11-25.
    Tasked,
    /// 2026-07-28: without sessions.
    Stateless,
}

impl Revision {
    /// All of them, newest first.
    pub(crate) const ALL: [Self; 5] = [Self::Stateless, Self::Tasked, Self::Structured, Self::Batching, Self::First];

    /// The newest that opens with a handshake.
    pub(crate) const NEWEST_LEGACY: Self = Self::Tasked;

    /// The revision that a text names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.name() == name)
    }

    /// As it is written on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::First => "2024-11-05",
            Self::Batching => "2025-03-26",
            Self::Structured => "2025-06-18",
            Self::Tasked => "2025-11-25",
            Self::Stateless => "2026-07-28",
        }
    }

    /// Whether every request stands for itself.
    pub(crate) const fn is_stateless(self) -> bool {
        matches!(self, Self::Stateless)
    }

    /// What a handshake that asks for `wanted` comes out at: that revision
    /// where we speak it, else the newest that has a handshake.
    pub(crate) fn agreed(wanted: &str) -> Self {
        Self::named(wanted).filter(|revision| !revision.is_stateless()).unwrap_or(Self::NEWEST_LEGACY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_comes_out_at_a_revision_that_has_one() {
        let rows = [
            ("2024-11-05", "2024-11-05"),
            ("2025-03-26", "2025-03-26"),
            ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("2031-01-01", "2025-11-25"),
            ("", "2025-11-25"),
        ];
        for (wanted, agreed) in rows {
            assert_eq!(Revision::agreed(wanted).name(), agreed, "{wanted}");
        }
    }
}
