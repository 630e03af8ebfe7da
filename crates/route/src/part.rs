//! A query of several parts, and which tool is for which.

use catalog::ToolRef;

use crate::asked::Asked;
use crate::fusion::{Look, Ranked};

/// Among how many of the best tools one is looked for.
const AMONG: usize = 10;

/// The least share of a part's words, by rarity, that a tool must have, or
/// have like ones of, to serve it.
const LEAST_COVERED: f32 = 0.3;

/// One part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As it stands in the query, slips put right.
    pub text: String,
    /// The best tool for it; none if nothing near the top serves it.
    pub tool: Option<ToolRef>,
}

/// The parts of a query with their tools; none if it is of one piece.
pub(crate) fn parts(asked: &Asked, looks: &[Look], ranked: &[Ranked], tool: impl Fn(usize) -> ToolRef) -> Vec<Part> {
    let near = &ranked[..ranked.len().min(AMONG)];
    let covered = |at: usize, words: &[usize]| {
        let mass: f32 = words.iter().map(|&word| asked.words[word].rarity).sum();
        let own: f32 = words.iter().map(|&word| looks[at].cover[word] * asked.words[word].rarity).sum();
        own / mass.max(f32::EPSILON)
    };
    let part = |(place, clause): (usize, &crate::asked::Clause)| {
        let serves = |(at, _): &&Ranked| looks[*at].part == Some(place) && covered(*at, &clause.words) >= LEAST_COVERED;
        Part { text: clause.text.clone(), tool: near.iter().find(serves).map(|(at, _)| tool(*at)) }
    };
    asked.clauses.iter().enumerate().map(part).collect()
}
