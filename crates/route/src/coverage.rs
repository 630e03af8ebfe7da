//! How much of what a text asks for a tool has to do with.

use crate::entity::Entities;
use crate::index::{Hit, Index};
use crate::terms::Term;

/// What a word that a tool does not know counts when it is likely a value: it
/// follows a word such as *about*, or it is a name.
const VALUE_WEIGHT: f32 = 0.05;

/// How many words back a word may stand from what makes it likely a value.
const OPENER_REACH: usize = 3;

/// Words behind which everything is likely a value.
const SUBJECT_OPENERS: &[&str] = &["about", "bout", "concerning", "containing", "mentioning", "re", "regarding"];

/// Words after which a value, rather than an intent, is to be expected.
const VALUE_OPENERS: &[&str] = &[
    "about",
    "by",
    "called",
    "concerning",
    "containing",
    "for",
    "from",
    "in",
    "inside",
    "labelled",
    "labeled",
    "like",
    "matching",
    "mention",
    "mentioned",
    "mentioning",
    "mentions",
    "named",
    "on",
    "regarding",
    "tagged",
    "titled",
    "touched",
    "touching",
    "under",
    "with",
];

/// What the terms of a text count in the sum of what is asked for.
pub(crate) struct Demand {
    /// By term: what it counts where a tool has to do with it, and where none
    /// or another has.
    weights: Vec<(f32, f32)>,
    unmatched: f32,
}

impl Demand {
    /// Terms that belong to a value count nothing; a term that is likely a
    /// value counts little for the tools that do not know it.
    pub(crate) fn of(text: &str, query: &[Term], entities: &Entities, index: &Index) -> Self {
        let weight = |term: &Term| {
            if entities.cover(term.start) {
                return (0.0, 0.0);
            }
            let full = index.weight(term);
            let missed = if is_likely_value(text, term.start) { VALUE_WEIGHT * full } else { full };
            (full, missed)
        };
        let weights: Vec<(f32, f32)> = query.iter().map(weight).collect();
        let unmatched = weights.iter().map(|(_, missed)| missed).sum();
        Self { weights, unmatched }
    }

    /// The share of what is asked for that these hits cover, 0 to 1. A text
    /// that asks for nothing but values is covered by nothing.
    pub(crate) fn covered(&self, hits: &[Hit]) -> f32 {
        let (mut found, mut total) = (0.0, self.unmatched);
        for hit in hits {
            let (full, missed) = self.weights[hit.term];
            found += full * hit.strength;
            total += full - missed;
        }
        if total > 0.0 { found / total } else { 0.0 }
    }
}

fn is_likely_value(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let mut words = before.split_whitespace().rev().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let follows_opener =
        words.by_ref().take(OPENER_REACH).any(|word| VALUE_OPENERS.contains(&word.to_lowercase().as_str()));
    let about = words_before(before).any(|word| SUBJECT_OPENERS.contains(&word.as_str()));
    let word_end = text[start..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |len| start + len);
    let owns = text[word_end..].starts_with("'s") || text[word_end..].starts_with("’s");
    let capital = text[start..].starts_with(char::is_uppercase) && !before.trim().is_empty();
    about || follows_opener || capital || owns
}

fn words_before(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
}
