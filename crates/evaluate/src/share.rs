//! Counts, and the figures that they amount to.

use serde::{Serialize, Serializer};

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that are right.
    pub right: usize,
    /// All of them.
    pub of: usize,
}

/// What was found of what was wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Wanted and found.
    pub hits: usize,
    /// Found and not wanted.
    pub false_alarms: usize,
    /// Wanted and not found.
    pub misses: usize,
}

impl Share {
    /// One, right or not.
    pub fn one(right: bool) -> Self {
        Self { right: usize::from(right), of: 1 }
    }

    /// The share, 0 to 1; `None` of nothing.
    pub fn value(self) -> Option<f64> {
        ratio(self.right, self.of)
    }

    /// Whether none is wrong.
    pub fn is_whole(self) -> bool {
        self.right == self.of
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.right += other.right;
        self.of += other.of;
    }
}

impl Hits {
    /// How much of what was found was wanted, 0 to 1; `None` if nothing was
    /// found.
    pub fn precision(self) -> Option<f64> {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    /// How much of what was wanted was found, 0 to 1; `None` if nothing was
    /// wanted.
    pub fn recall(self) -> Option<f64> {
        ratio(self.hits, self.hits + self.misses)
    }

    /// The harmonic mean of both, 0 to 1; `None` if nothing was wanted and
    /// nothing found.
    pub fn f1(self) -> Option<f64> {
        ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }

    /// Whether everything that was wanted was found, and nothing else.
    pub fn is_clean(self) -> bool {
        self.false_alarms == 0 && self.misses == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.false_alarms += other.false_alarms;
        self.misses += other.misses;
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            value: Option<f64>,
            right: usize,
            of: usize,
        }
        Written { value: self.value(), right: self.right, of: self.of }.serialize(serializer)
    }
}

impl Serialize for Hits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            value: Option<f64>,
            precision: Option<f64>,
            recall: Option<f64>,
            hits: usize,
            false_alarms: usize,
            misses: usize,
        }
        let Self { hits, false_alarms, misses } = *self;
        let (precision, recall) = (self.precision(), self.recall());
        Written { value: self.f1(), precision, recall, hits, false_alarms, misses }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_from_counts() {
        let rows = [
            ((0, 0, 0), None),
            ((0, 1, 0), Some(0.0)),
            ((0, 0, 1), Some(0.0)),
            ((3, 0, 0), Some(1.0)),
            ((3, 1, 1), Some(0.75)),
            ((1, 2, 0), Some(0.5)),
        ];
        for ((hits, false_alarms, misses), expected) in rows {
            assert_eq!(Hits { hits, false_alarms, misses }.f1(), expected);
        }
        let found = Hits { hits: 1, false_alarms: 3, misses: 1 };
        assert_eq!((found.precision(), found.recall()), (Some(0.25), Some(0.5)));
        assert_eq!(Share { right: 1, of: 4 }.value(), Some(0.25));
        assert_eq!(Share::default().value(), None);
    }
}
