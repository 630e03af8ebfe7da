//! The words of a text, ready to be looked up.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use crate::likeness::{ABBREVIATIONS, SYNONYMS};
use crate::vocabulary::{ACTION_VERBS, READ_VERB_WEIGHT, READ_VERBS, STOP_WORDS, TELLING_VERB_WEIGHT, TELLING_VERBS};

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
static STOPS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP_WORDS.iter().copied().collect());
static VERBS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| READ_VERBS.iter().copied().collect());
static SHORT_FORMS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| ABBREVIATIONS.iter().copied().collect());

/// One word of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its stem: what is looked up.
    pub stem: String,
    /// The word itself, lower-cased and with short forms written out.
    pub form: String,
    /// As the user wrote it, lower-cased.
    pub word: String,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// How much it counts: 1 for a word that names a thing.
    pub weight: f32,
}

static ALIKE: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for group in SYNONYMS {
        let stems: Vec<String> = group.iter().map(|word| stem(word)).collect();
        for own in &stems {
            let others = stems.iter().filter(|other| *other != own).cloned();
            all.entry(own.clone()).or_default().extend(others);
        }
    }
    all
});

/// The stems that may stand for this one.
pub(crate) fn synonyms(stem: &str) -> &'static [String] {
    ALIKE.get(stem).map_or(&[], Vec::as_slice)
}

/// Whether two stems are one, or may stand for each other.
pub fn mean_the_same(a: &str, b: &str) -> bool {
    a == b || synonyms(a).iter().any(|other| other == b)
}

/// The stem of one lower-case word (Snowball English).
pub fn stem(word: &str) -> String {
    STEMMER.stem(word).into_owned()
}

/// Whether a word is a verb of looking.
pub fn is_read_verb(word: &str) -> bool {
    VERBS.contains(word)
}

/// Whether a word is a verb that orders something to be done.
pub fn is_action_verb(word: &str) -> bool {
    ACTION_VERBS.contains(&word)
}

/// Every verb that orders something to be done.
pub fn action_verbs() -> &'static [&'static str] {
    ACTION_VERBS
}

/// Every verb of looking.
pub fn read_verbs() -> &'static [&'static str] {
    READ_VERBS
}

/// The words of a text that carry intent: stop words dropped, short forms
/// written out, `snake_case` and `camelCase` cut into their words.
pub fn terms(text: &str) -> Vec<Term> {
    let mut found = Vec::new();
    for (start, raw) in raw_words(text) {
        let lower = raw.to_lowercase();
        // A letter by itself is a unit, an initial or a slip.
        if STOPS.contains(lower.as_str()) || lower.chars().nth(1).is_none() && lower.chars().all(char::is_alphabetic) {
            continue;
        }
        let full = SHORT_FORMS.get(lower.as_str()).map_or_else(|| catalog::words(raw), |long| catalog::words(long));
        for word in full {
            if STOPS.contains(word.as_str()) {
                continue;
            }
            let weight = verb_weight(&word);
            found.push(Term { stem: stem(&word), form: word, word: lower.clone(), start, weight });
        }
    }
    found
}

fn verb_weight(word: &str) -> f32 {
    if TELLING_VERBS.contains(&word) {
        TELLING_VERB_WEIGHT
    } else if is_read_verb(word) {
        READ_VERB_WEIGHT
    } else {
        1.0
    }
}

/// Runs of letters, digits and underscores, with where they begin. An
/// apostrophe ends a word, and the `s` or `t` behind it is dropped.
fn raw_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest_from = 0;
    std::iter::from_fn(move || {
        let rest = &text[rest_from..];
        let begin = rest.find(|c: char| c.is_alphanumeric() || c == '_')? + rest_from;
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        let end = text[begin..].find(|c| !inside(c)).map_or(text.len(), |len| begin + len);
        let tail = &text[end..];
        let contraction = tail.strip_prefix(['\'', '’']).map_or(0, |after| {
            let letters = after.chars().take_while(|c| c.is_alphabetic()).count();
            if (1..=2).contains(&letters) { tail.len() - after.len() + letters } else { 0 }
        });
        rest_from = (end + contraction).min(text.len());
        while !text.is_char_boundary(rest_from) {
            rest_from += 1;
        }
        Some((begin, &text[begin..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_stems() {
        let rows = [
            ("summarize the changes in PR #123", "summar chang pull request 123"),
            ("What's new in the repo?", "new repositori"),
            ("run list_pull_requests", "run list pull request"),
            ("Who reviewed them", "review"),
            ("", ""),
            ("…’’s", ""),
        ];
        for (text, expected) in rows {
            let stems: Vec<String> = terms(text).into_iter().map(|term| term.stem).collect();
            assert_eq!(stems.join(" "), expected, "{text}");
        }
    }
}
