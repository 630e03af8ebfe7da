//! What the user asks about: the words of the query that carry meaning,
//! stemmed, so that a sentence can be weighed against them.

use std::collections::{HashMap, HashSet};
use std::fmt;

use rust_stemmers::{Algorithm, Stemmer};

/// Words that carry no meaning of their own, and the verbs of asking.
const COMMON: &[&str] = &[
    "a",
    "about",
    "all",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "been",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "each",
    "every",
    "find",
    "for",
    "from",
    "get",
    "give",
    "had",
    "has",
    "have",
    "her",
    "him",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "list",
    "look",
    "many",
    "me",
    "much",
    "my",
    "no",
    "not",
    "of",
    "on",
    "one",
    "or",
    "our",
    "out",
    "per",
    "please",
    "read",
    "search",
    "she",
    "he",
    "show",
    "so",
    "some",
    "summarise",
    "summarize",
    "summary",
    "tell",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "up",
    "us",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "whom",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// How much a term with a digit weighs: it names one thing rather than a kind.
const NAME_WEIGHT: f32 = 2.0;

/// The most distinct terms that are kept of one query.
const MAX_TERMS: usize = 64;

/// Longer words are no words, and are not stemmed.
const MAX_WORD_BYTES: usize = 40;

/// The query's terms and the stemmer that made them.
pub(crate) struct Terms {
    stemmer: Stemmer,
    weights: HashMap<String, f32>,
}

impl Terms {
    /// The terms of a query.
    pub(crate) fn of(query: &str) -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let mut weights = HashMap::new();
        for stem in stems(&stemmer, query) {
            if weights.len() < MAX_TERMS {
                let weight = if stem.contains(|c: char| c.is_ascii_digit()) { NAME_WEIGHT } else { 1.0 };
                weights.insert(stem, weight);
            }
        }
        Self { stemmer, weights }
    }

    /// The stemmed words of a text that carry meaning, in order.
    pub(crate) fn stems<'a>(&'a self, text: &'a str) -> impl Iterator<Item = String> + 'a {
        stems(&self.stemmer, text)
    }

    /// How much of what the query asks about these words hold: the weights of
    /// the distinct terms among them.
    pub(crate) fn weigh(&self, stems: &HashSet<String>) -> f32 {
        stems.iter().filter_map(|stem| self.weights.get(stem)).sum()
    }

    /// How much of what the query asks about a text holds.
    pub(crate) fn weigh_text(&self, text: &str) -> f32 {
        self.weigh(&self.stems(text).collect())
    }

    /// Whether an identifier speaks of something that the query asks about.
    pub(crate) fn name(&self, identifier: &str) -> bool {
        let words = catalog::words(identifier);
        words.iter().any(|word| stems(&self.stemmer, word).any(|stem| self.weights.contains_key(&stem)))
    }
}

fn stems<'a>(stemmer: &'a Stemmer, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| word.len() <= MAX_WORD_BYTES).filter_map(move |word| {
        let lower = word.to_lowercase();
        (!COMMON.contains(&lower.as_str())).then(|| stemmer.stem(&lower).into_owned())
    })
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms").field("weights", &self.weights).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_weighed_against_the_query() {
        let terms = Terms::of("Summarize the changes in PR #123 and who reviewed them");
        let rows = [
            ("PR #123 changes the policy", 4.0),
            ("changed twice, changing again", 1.0),
            ("the reviewers of 123", 3.0),
            ("and in the", 0.0),
        ];
        for (text, expected) in rows {
            assert_eq!(terms.weigh_text(text), expected, "{text}");
        }
        assert!(terms.name("requestedReviews"));
        assert!(!terms.name("created_at"));
    }
}
