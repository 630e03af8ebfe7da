//! How sure one may be of what a model came to.

use serde::{Serialize, Serializer};

/// A measure from 0 to 1: what the model states and what the router sees,
/// each counting half. Neither is calibrated; it orders, and it decides when
/// a complete embedded plan is the better bet.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f32);

/// How sure a model says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stated {
    Low,
    Medium,
    High,
}

/// Below this, a complete plan of the embedded planner is preferred.
const UNSURE: f32 = 0.35;

impl Stated {
    /// Every word there is, for the schema.
    pub(super) const WORDS: [&str; 3] = ["low", "medium", "high"];

    /// Reads a word; anything else is as good as nothing stated.
    pub(super) fn read(word: Option<&str>) -> Self {
        match word {
            Some("high") => Self::High,
            Some("medium") => Self::Medium,
            _ => Self::Low,
        }
    }

    fn share(self) -> f32 {
        match self {
            Self::Low => 0.3,
            Self::Medium => 0.6,
            Self::High => 0.9,
        }
    }

    /// Both opinions together; `coverage` is the router's, 0 to 1.
    pub(super) fn with(self, coverage: f32) -> Confidence {
        Confidence(f32::midpoint(self.share(), coverage.clamp(0.0, 1.0)))
    }
}

impl Confidence {
    /// The measure, 0 to 1.
    pub fn get(self) -> f32 {
        self.0
    }

    pub(super) fn is_unsure(self) -> bool {
        self.0 < UNSURE
    }
}

impl Serialize for Confidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f32(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_opinions_count_half() {
        let rows = [
            (Some("high"), 0.9, 0.9, false),
            (Some("high"), 0.0, 0.45, false),
            (Some("low"), 0.3, 0.3, true),
            (Some("low"), 2.0, 0.65, false),
            (Some("certainly"), 0.1, 0.2, true),
            (None, 0.0, 0.15, true),
        ];
        for (word, coverage, expected, unsure) in rows {
            let both = Stated::read(word).with(coverage);
            assert!((both.get() - expected).abs() < 1e-6, "{word:?} {coverage}: {}", both.get());
            assert_eq!(both.is_unsure(), unsure, "{word:?} {coverage}");
        }
    }
}
