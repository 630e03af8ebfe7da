//! What speaks for the best tool being the one that is meant.
//!
//! More than the ranking shows by itself: what the other forests made of it,
//! and how the best tool stands to the next, sign by sign.

use crate::fusion::second::FAR;
use crate::fusion::signs::{Look, SIGNS};
use crate::fusion::verdict::{Ranked, VERDICT_SIGNS, VerdictSigns};

/// How many signs of what the other forests made of a ranking.
const MADE: usize = 13;

/// How many signs sureness is made of.
pub(crate) const SURE_SIGNS: usize = VERDICT_SIGNS + MADE + SIGNS;

/// The log-odds of a tool that does not exist.
const UNSERVED: f32 = -9.0;

/// How many of the tools behind the best are held against it by score.
const BEHIND: usize = 4;

/// Keeps the logarithm of a chance from being endless.
const LEAST_CHANCE: f32 = 1e-9;

/// The signs of sureness. `serves`: the log-odds, in the ranking's order, that
/// its first tools serve by themselves; `scope`: those that anything does.
pub(crate) fn sure_signs(
    verdict: &VerdictSigns,
    looks: &[Look],
    ranked: &[Ranked],
    serves: &[f32],
    scope: f32,
) -> Vec<f32> {
    let mut best_first = serves.to_vec();
    best_first.sort_by(|a, b| b.total_cmp(a));
    let served = |place: usize| best_first.get(place).copied().unwrap_or(UNSERVED);
    let own = serves.first().copied().unwrap_or(UNSERVED);
    let others = serves.iter().skip(1).copied().reduce(f32::max).unwrap_or(UNSERVED);
    let score = ranked.first().map_or(0.0, |(_, score)| *score);
    let behind = |place: usize| ranked.get(place).map_or(-FAR, |(_, other)| other - score);
    let weights = || ranked.iter().map(|(_, other)| (other - score).exp());
    let total: f32 = weights().sum();
    let disorder: f32 =
        weights().map(|weight| weight / total).map(|chance| chance * (chance + LEAST_CHANCE).ln()).sum();
    let mut all = Vec::with_capacity(SURE_SIGNS);
    all.extend(verdict);
    all.extend([own, served(0), served(1), served(2), own - others]);
    all.extend([serves.iter().map(|odds| odds.exp()).sum::<f32>().ln(), scope]);
    all.extend((1..=BEHIND).map(behind));
    all.extend([-disorder, 1.0 / total]);
    let signs = |place: usize| ranked.get(place).map_or([0.0; SIGNS], |(at, _)| looks[*at].signs);
    all.extend(signs(0).iter().zip(signs(1)).map(|(own, next)| own - next));
    all
}
