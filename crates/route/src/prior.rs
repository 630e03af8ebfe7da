//! What speaks for a tool beside its text: how its server stands, what it
//! costs, how long it takes.
//!
//! In: a ranking's candidates and what is known of each. Out: the same
//! candidates, those in another order that the ranking could hardly tell
//! apart. It never lifts a tool over one that suits the text better.

use std::time::Duration;

use catalog::Tool;
use query::Cost;

use crate::candidate::Candidate;

/// Two tools are a near tie from this share of the likelier one's probability
/// on: twins by text differ by as much, since places on a list are signs too.
const NEAR_TIE: f32 = 0.75;

/// Among how many of the best tools ties are broken.
const AMONG: usize = 10;

/// How long a call is held to take before one was made.
const USUAL_LATENCY: Duration = Duration::from_millis(250);

/// What is known of a tool beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prior {
    /// Whether its server is called as usual, rather than left alone.
    pub well: bool,
    /// What one call costs.
    pub price: Cost,
    /// How long its server's calls take; `None` before the first.
    pub latency: Option<Duration>,
}

impl Prior {
    /// What is put first: well, then cheap, then quick. Of two latencies
    /// only one of another order of magnitude, to the base of two, counts.
    fn order(self) -> (bool, Cost, u32) {
        let millis = self.latency.unwrap_or(USUAL_LATENCY).as_millis();
        (!self.well, self.price, u128::BITS - millis.leading_zeros())
    }
}

/// Breaks near ties among the best of these; equal ones keep their order.
/// Whether another tool is first now.
pub(crate) fn settle(candidates: &mut [Candidate], prior: impl Fn(&Tool) -> Prior) -> bool {
    let before = candidates.first().map(|best| best.tool.reference.clone());
    let mut rest = &mut candidates[..];
    let mut places = AMONG;
    while let Some(best) = rest.first()
        && places > 0
    {
        let least = NEAR_TIE * best.score;
        let tied = rest.iter().take(places).take_while(|candidate| candidate.score >= least).count().max(1);
        let (near, behind) = std::mem::take(&mut rest).split_at_mut(tied);
        near.sort_by_cached_key(|candidate| prior(&candidate.tool).order());
        (rest, places) = (behind, places - tied);
    }
    candidates.first().map(|best| &best.tool.reference) != before.as_ref()
}
