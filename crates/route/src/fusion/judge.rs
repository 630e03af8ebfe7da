//! From signs to scores, probabilities and decisions.
//!
//! Two signals, kept apart: whether anything here serves the query, and
//! whether several would do alike. Each has its own forest and its own bound.
//! The bounds were set on public query sets; [`crate::calibrate`] sets those of
//! sureness on the user's own catalogue, where it can.

use crate::calibrate::{Bounds, Risk};
use crate::fusion::Forest;
use crate::fusion::second::SECOND_SIGNS;
use crate::fusion::servers::SERVER_SIGNS;
use crate::fusion::signs::{Look, SIGNS};
use crate::fusion::sure::{SURE_SIGNS, sure_signs};
use crate::fusion::verdict::{Ranked, VERDICT_SIGNS, VerdictSigns};
use crate::fusion::written::{Unreadable, Written};

/// What a fusion's file begins with.
const MARK: &[u8; 4] = b"CMF1";

/// Among how many of the best tools one is looked for that serves by itself.
const MAY_SERVE: usize = 8;

/// How signs become scores and decisions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fusion {
    /// Ranks tools.
    rank: Forest,
    /// Ranks the first few of them again.
    second: Forest,
    /// Ranks servers.
    server: Forest,
    /// Whether one tool serves the query, whatever the others do.
    serves: Forest,
    /// Whether anything here serves the query; what its best tools do for it
    /// by themselves is added.
    scope: Forest,
    /// Whether several would do alike.
    ambiguity: Forest,
    /// Whether the best tool is the one that is meant.
    sure: Forest,
    bounds: Learnt,
}

/// The bounds that were learnt, in the order of the file.
#[derive(Clone, Copy, Debug, Default)]
struct Learnt {
    /// From which probability a query is in scope.
    scope: f32,
    /// The same where several would do alike: that they do speaks for them.
    scope_if_ambiguous: f32,
    /// From which probability several would do alike.
    ambiguity: f32,
    /// From which probability the best tool may be acted upon, by risk.
    sure: [f32; 2],
    /// What fused scores are divided by before they become probabilities.
    temperature: f32,
    /// The least probability of a tool in a set, by risk.
    floors: [f32; 2],
}

/// What is thought of a whole ranking; nothing of an empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Judgement {
    /// How likely it is that anything here serves the query, 0 to 1.
    pub(crate) scope: f32,
    /// How likely it is that several would do alike, 0 to 1.
    pub(crate) ambiguity: f32,
    /// How likely it is that the best tool is the one that is meant, 0 to 1.
    pub(crate) sure: f32,
}

impl Fusion {
    /// Reads what `tools/train-router` wrote. A forest that was not learnt yet
    /// is empty.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut written = Written(bytes.strip_prefix(MARK).ok_or(Unreadable)?);
        let mut forest = |signs| Forest::read(&mut written, signs);
        let fusion = Self {
            rank: forest(SIGNS)?,
            second: forest(SECOND_SIGNS)?,
            server: forest(SERVER_SIGNS)?,
            serves: forest(SIGNS)?,
            scope: forest(VERDICT_SIGNS)?,
            ambiguity: forest(VERDICT_SIGNS)?,
            sure: forest(SURE_SIGNS)?,
            bounds: Learnt {
                scope: written.number()?,
                scope_if_ambiguous: written.number()?,
                ambiguity: written.number()?,
                sure: [written.number()?, written.number()?],
                temperature: written.number()?,
                floors: [written.number()?, written.number()?],
            },
        };
        if written.0.is_empty() { Ok(fusion) } else { Err(Unreadable) }
    }

    /// The tools' fused scores: comparable within one ranking only.
    pub(crate) fn scores(&self, signs: &[&[f32]]) -> Vec<f32> {
        self.rank.scores(signs)
    }

    /// The tools' scores at the second look.
    pub(crate) fn second_scores(&self, signs: &[&[f32]]) -> Vec<f32> {
        self.second.scores(signs)
    }

    /// Whether a second look was learnt.
    pub(crate) fn looks_twice(&self) -> bool {
        !self.second.is_empty()
    }

    /// The servers' scores: comparable within one ranking only.
    pub(crate) fn server_scores(&self, signs: &[&[f32]]) -> Vec<f32> {
        self.server.scores(signs)
    }

    /// The probabilities that fused scores, best first, stand for.
    pub(crate) fn probabilities(&self, scores: &[f32]) -> Vec<f32> {
        let best = scores.first().copied().unwrap_or_default();
        let weights: Vec<f32> = scores.iter().map(|score| ((score - best) / self.bounds.temperature).exp()).collect();
        let total: f32 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect()
    }

    /// What is thought of a ranking.
    pub(crate) fn judge(&self, verdict: &VerdictSigns, looks: &[Look], ranked: &[Ranked]) -> Judgement {
        let first: Vec<&[f32]> = ranked.iter().take(MAY_SERVE).map(|(at, _)| looks[*at].signs.as_slice()).collect();
        let serves = self.serves.scores(&first);
        let best = serves.iter().copied().fold(f32::MIN, f32::max);
        let scope = self.scope.score(verdict);
        Judgement {
            scope: logistic(f32::midpoint(scope, best)),
            ambiguity: logistic(self.ambiguity.score(verdict)),
            sure: logistic(self.sure.score(&sure_signs(verdict, looks, ranked, &serves, scope))),
        }
    }

    pub(crate) fn is_in_scope(&self, judgement: Judgement) -> bool {
        let Learnt { scope, scope_if_ambiguous, .. } = self.bounds;
        judgement.scope >= if self.is_ambiguous(judgement) { scope_if_ambiguous } else { scope }
    }

    pub(crate) fn is_ambiguous(&self, judgement: Judgement) -> bool {
        judgement.ambiguity >= self.bounds.ambiguity
    }

    /// The bounds that the training set, by risk.
    pub(crate) fn bounds(&self, risk: Risk) -> Bounds {
        let at = risk as usize;
        Bounds { sure: self.bounds.sure[at], floor: self.bounds.floors[at] }
    }

    #[cfg(test)]
    pub(crate) fn is_trained(&self) -> bool {
        let verdicts = [
            (&self.scope, self.bounds.scope),
            (&self.ambiguity, self.bounds.ambiguity),
            (&self.sure, self.bounds.sure[0]),
        ];
        !self.rank.is_empty()
            && verdicts.iter().all(|(forest, bound)| !forest.is_empty() && *bound > 0.0)
            && self.bounds.floors[0] > 0.0
    }
}

fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}
