//! From signs to scores, probabilities and decisions.
//!
//! Two signals, kept apart: whether anything here serves the query, and
//! whether several would do alike. Each has its own forest and its own bound.
//! The bounds were set on public query sets; [`crate::calibrate`] sets those of
//! sureness on the user's own catalogue, where it can.

use serde::Deserialize;

use crate::calibrate::{Bounds, Risk};
use crate::fusion::{Forest, SecondSigns, ServerSigns, Signs, VerdictSigns};

/// How signs become scores and decisions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fusion {
    /// Ranks tools.
    rank: Forest,
    /// Ranks the first few of them again.
    #[serde(default)]
    second: Forest,
    /// Ranks servers.
    #[serde(default)]
    server: Forest,
    /// Whether one tool serves the query, whatever the others do.
    #[serde(default)]
    serves: Forest,
    /// Whether anything here serves the query; what its best tools do for it
    /// by themselves is added.
    #[serde(default)]
    scope: Verdict,
    /// Whether several would do alike.
    #[serde(default)]
    ambiguity: Verdict,
    /// The bound of `scope` where several would do alike: that they do speaks
    /// for them.
    #[serde(default)]
    scope_if_ambiguous: f32,
    /// Whether the best tool is the one that is meant; the bound holds for
    /// reads.
    #[serde(default)]
    sure: Verdict,
    /// The same bound where the best tool has side effects.
    #[serde(default = "one")]
    sure_effects: f32,
    /// What fused scores are divided by before they become probabilities.
    #[serde(default = "one")]
    temperature: f32,
    /// The least probability of a tool in a set, by risk.
    #[serde(default)]
    floors: Floors,
}

/// A forest whose sum is a log-odds, and the bound from which it counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    forest: Forest,
    /// A probability.
    bound: f32,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    reads: f32,
    effects: f32,
}

fn one() -> f32 {
    1.0
}

/// What is thought of a whole ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judgement {
    /// How likely it is that anything here serves the query, 0 to 1.
    pub(crate) scope: f32,
    /// How likely it is that several would do alike, 0 to 1.
    pub(crate) ambiguity: f32,
    /// How likely it is that the best tool is the one that is meant, 0 to 1.
    pub(crate) sure: f32,
}

impl Fusion {
    /// A tool's fused score: comparable within one ranking only.
    pub(crate) fn score(&self, signs: &Signs) -> f32 {
        self.rank.score(signs)
    }

    /// A tool's score at the second look, if one was learnt.
    pub(crate) fn second_score(&self, signs: &SecondSigns) -> Option<f32> {
        (!self.second.is_empty()).then(|| self.second.score(signs))
    }

    /// Whether a second look was learnt.
    pub(crate) fn looks_twice(&self) -> bool {
        !self.second.is_empty()
    }

    /// A server's score: comparable within one ranking only.
    pub(crate) fn server_score(&self, signs: &ServerSigns) -> f32 {
        self.server.score(signs)
    }

    /// The probabilities that fused scores, best first, stand for.
    pub(crate) fn probabilities(&self, scores: &[f32]) -> Vec<f32> {
        let best = scores.first().copied().unwrap_or_default();
        let weights: Vec<f32> = scores.iter().map(|score| ((score - best) / self.temperature).exp()).collect();
        let total: f32 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    /// The log-odds that a tool serves the query by itself.
    pub(crate) fn serves(&self, signs: &Signs) -> f32 {
        self.serves.score(signs)
    }

    /// What is thought of a ranking of which the first few tools serve by
    /// themselves at most at these log-odds.
    pub(crate) fn judge(&self, signs: &VerdictSigns, serves: f32) -> Judgement {
        Judgement {
            scope: logistic(f32::midpoint(self.scope.forest.score(signs), serves)),
            ambiguity: logistic(self.ambiguity.forest.score(signs)),
            sure: logistic(self.sure.forest.score(signs)),
        }
    }

    pub(crate) fn is_in_scope(&self, judgement: Judgement) -> bool {
        let bound = if self.is_ambiguous(judgement) { self.scope_if_ambiguous } else { self.scope.bound };
        judgement.scope >= bound
    }

    pub(crate) fn is_ambiguous(&self, judgement: Judgement) -> bool {
        judgement.ambiguity >= self.ambiguity.bound
    }

    /// The bounds that the training set, by risk.
    pub(crate) fn bounds(&self, risk: Risk) -> Bounds {
        match risk {
            Risk::Reads => Bounds { sure: self.sure.bound, floor: self.floors.reads },
            Risk::Effects => Bounds { sure: self.sure_effects, floor: self.floors.effects },
        }
    }

    #[cfg(test)]
    pub(crate) fn is_trained(&self) -> bool {
        let verdicts = [&self.scope, &self.ambiguity, &self.sure];
        !self.rank.is_empty()
            && verdicts.iter().all(|own| !own.forest.is_empty() && own.bound > 0.0)
            && self.floors.reads > 0.0
    }
}

fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}
