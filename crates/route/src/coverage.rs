//! How much of what a text asks for a tool has to do with.

use crate::entity::Entities;
use crate::index::{Hit, Index};
use crate::terms::Term;

/// What an unknown word counts when it is likely a value: it follows a word
/// such as *about*, or it is a name.
const VALUE_WEIGHT: f32 = 0.15;

/// Words after which a value, rather than an intent, is to be expected.
const VALUE_OPENERS: &[&str] = &[
    "about",
    "by",
    "called",
    "concerning",
    "containing",
    "for",
    "from",
    "like",
    "matching",
    "mention",
    "mentioned",
    "mentioning",
    "mentions",
    "named",
    "regarding",
    "saying",
    "says",
    "titled",
    "touched",
    "touching",
    "with",
];

/// What each term of a text counts in the sum of what is asked for.
pub(crate) struct Demand {
    weights: Vec<f32>,
    total: f32,
}

impl Demand {
    /// Terms that belong to a value count nothing; terms that no tool knows
    /// count fully unless they are likely values.
    pub(crate) fn of(text: &str, query: &[Term], entities: &Entities, index: &Index, known: &[bool]) -> Self {
        let weight = |(at, term): (usize, &Term)| {
            if entities.cover(term.start) {
                return 0.0;
            }
            if known[at] {
                return index.weight(term);
            }
            let likely_value = is_likely_value(text, term.start);
            term.weight * index.unknown_weight() * if likely_value { VALUE_WEIGHT } else { 1.0 }
        };
        let weights: Vec<f32> = query.iter().enumerate().map(weight).collect();
        let total = weights.iter().sum();
        Self { weights, total }
    }

    /// The share of what is asked for that these hits cover, 0 to 1. A text
    /// that asks for nothing but values is covered by nothing.
    pub(crate) fn covered(&self, hits: &[Hit]) -> f32 {
        if self.total <= 0.0 {
            return 0.0;
        }
        hits.iter().map(|hit| self.weights[hit.term] * hit.strength).sum::<f32>() / self.total
    }
}

fn is_likely_value(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let mut words = before.split_whitespace().rev().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let follows_opener = words.by_ref().take(3).any(|word| VALUE_OPENERS.contains(&word.to_lowercase().as_str()));
    let capital = text[start..].starts_with(char::is_uppercase) && !before.trim().is_empty();
    follows_opener || capital
}
