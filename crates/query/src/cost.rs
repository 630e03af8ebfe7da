//! What calls cost, in whole millionths of the operator's unit of price.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// Millionths in one unit of price.
const MICROS: f64 = 1e6;

/// An amount in the operator's unit of price, kept in millionths of it: sums
/// of many small prices stay exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cost(u64);

impl Cost {
    /// Nothing.
    pub const FREE: Self = Self(0);

    /// A limit that nothing reaches.
    pub const UNLIMITED: Self = Self(u64::MAX);

    /// That many millionths.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// That many units, to the nearest millionth; what is negative or no
    /// number is nothing.
    pub fn from_units(units: f64) -> Self {
        // A float too large for the type becomes its largest value.
        Self((units.max(0.0) * MICROS).round() as u64)
    }

    /// In millionths.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// In units.
    pub fn units(self) -> f64 {
        self.0 as f64 / MICROS
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left without the other; never less than nothing.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::FREE, Self::plus)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.units())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_kept_to_the_millionth() {
        let rows = [(0.0, 0), (0.1, 100_000), (0.000_000_4, 0), (2.5, 2_500_000), (-1.0, 0), (f64::NAN, 0)];
        for (units, micros) in rows {
            assert_eq!(Cost::from_units(units).micros(), micros, "{units}");
        }
        let tenth = Cost::from_units(0.1);
        assert_eq!([tenth; 10].into_iter().sum::<Cost>().to_string(), "1");
    }
}
