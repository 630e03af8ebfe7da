//! How sure is sure enough on this catalogue.
//!
//! The operator's examples are queries whose tools are known. Each is asked of
//! the catalogue as it would be without examples, and the bounds are set so
//! that they would have held for them (conformal prediction). Too few examples
//! prove nothing: then the bounds of the training stay, and it is said so.

use serde::Serialize;

/// The fewest examples that bounds can be set on: with fewer, not one of them
/// may be missed for [`Risk::Reads`] to hold.
pub(crate) const FEWEST_EXAMPLES: usize = 19;

/// The most examples that are asked; of more, evenly chosen ones.
pub(crate) const MOST_EXAMPLES: usize = 200;

/// What the decisions of a router rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// Too little was known of this catalogue to measure anything; the bounds
    /// come from public query sets and may be off here.
    Uncalibrated,
    /// The bounds of sureness were set on the operator's examples. Whether
    /// anything serves a query, and whether several would, still goes by
    /// public query sets: examples say nothing of what is out of scope.
    ByExamples {
        /// How many were asked.
        asked: usize,
        /// For how many of them their tool came first.
        first: usize,
    },
}

/// How much of the time the tool that is meant may be missing from a set of
/// likely tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Risk {
    /// 5 in 100: for reads.
    Reads,
    /// 2 in 100: where a candidate has side effects.
    Effects,
}

impl Risk {
    /// Every risk.
    pub(crate) const ALL: [Self; 2] = [Self::Reads, Self::Effects];

    /// The share that may be missed.
    fn missed(self) -> f32 {
        match self {
            Self::Reads => 0.05,
            Self::Effects => 0.02,
        }
    }
}

/// From where a decision is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    /// How sure one must be to act without asking, 0 to 1; above 1: never.
    pub(crate) sure: f32,
    /// The least probability that keeps a tool in a set of likely ones.
    pub(crate) floor: f32,
}

/// How one example fared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fared {
    /// How sure the router was of the best tool.
    pub(crate) sure: f32,
    /// Whether the best tool was the example's.
    pub(crate) first: bool,
    /// The probability that the example's tool was given; 0 if it was missed.
    pub(crate) probability: f32,
}

/// The bounds under which at most the risk's share of these examples would
/// have been missed or acted upon wrongly, and one more as bad as the worst.
pub(crate) fn bounds(fared: &[Fared], risk: Risk) -> Bounds {
    let count = fared.len() as f32 + 1.0;
    let mut probabilities: Vec<f32> = fared.iter().map(|own| own.probability).collect();
    probabilities.sort_by(f32::total_cmp);
    let may_miss = (risk.missed() * count) as usize;
    let floor = may_miss.checked_sub(1).map_or(0.0, |last| probabilities[last]);
    let mut surest: Vec<Fared> = fared.to_vec();
    surest.sort_by(|a, b| b.sure.total_cmp(&a.sure).then(a.first.cmp(&b.first)));
    let (mut wrong, mut sure) = (0.0, NEVER);
    for (at, own) in surest.iter().enumerate() {
        wrong += f32::from(u8::from(!own.first));
        let last_of_equals = surest.get(at + 1).is_none_or(|next| next.sure < own.sure);
        if last_of_equals && (wrong + 1.0) / (at as f32 + 2.0) <= risk.missed() {
            sure = own.sure;
        }
    }
    Bounds { sure, floor }
}

/// A sureness that is never reached.
const NEVER: f32 = 2.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_for_what_they_were_set_on() {
        let fared = |wrong: usize, all: usize| -> Vec<Fared> {
            let one = |at: usize| Fared {
                sure: at as f32 / all as f32,
                first: at >= wrong,
                probability: if at >= wrong { 0.5 } else { 0.01 },
            };
            (0..all).map(one).collect()
        };
        // (wrong, all) → (surely from, floor) for reads.
        let rows = [
            ((0, 10), (NEVER, 0.0)), // ten right ones do not prove 95 in 100
            ((0, 19), (0.0, 0.5)),
            ((5, 100), (0.05, 0.01)),
            ((50, 100), (0.5, 0.01)),
        ];
        for ((wrong, all), (sure, floor)) in rows {
            let own = bounds(&fared(wrong, all), Risk::Reads);
            assert!(own.sure <= sure && (sure == NEVER || own.sure >= sure - 0.05), "{wrong} of {all}: {own:?}");
            assert!((own.floor - floor).abs() < 1e-6, "{wrong} of {all}: {own:?}");
        }
    }
}
