//! A text falls into the words that a search looks up.
//!
//! The planner has its own reading ([`crate::terms`]): it may drop whatever
//! carries no intent. A search among thousands of tools may not: "history" or
//! "latest" can be all that tells two tools apart. What ships was trained with
//! this reading, so it stands by itself.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::key::{Key, key};
use super::stops::{SHORT_FORMS, STOP_WORDS};
use crate::terms::stem;

static STOPS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP_WORDS.iter().copied().collect());
static LONG_FORMS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| SHORT_FORMS.iter().copied().collect());

/// The longest word that is also looked up unsplit, in bytes: "GitHub" is
/// both *git hub* and *github*.
const LONGEST_JOINED: usize = 12;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// Its stem's number: what is looked up.
    pub(crate) stem: Key,
    /// The word itself, lower-cased, short forms written out.
    pub(crate) form: String,
    /// As it stands in the text, lower-cased.
    pub(crate) word: String,
}

/// The words of a text that may tell one tool from another.
pub(crate) fn words(text: &str) -> Vec<Spoken> {
    let mut found = Vec::new();
    for raw in raw_words(text) {
        let lower = raw.to_lowercase();
        if STOPS.contains(lower.as_str()) {
            continue;
        }
        let parts = LONG_FORMS.get(lower.as_str()).map_or_else(|| catalog::words(raw), |long| catalog::words(long));
        let is_name = parts.len() == 2 && lower.len() <= LONGEST_JOINED && lower.chars().all(char::is_alphabetic);
        let joined = (is_name && !LONG_FORMS.contains_key(lower.as_str())).then(|| lower.clone());
        for form in parts.into_iter().chain(joined) {
            let is_letter = form.chars().nth(1).is_none() && form.chars().all(char::is_alphabetic);
            if !is_letter && !STOPS.contains(form.as_str()) {
                found.push(Spoken { stem: key(&stem(&form)), form, word: lower.clone() });
            }
        }
    }
    found
}

/// The stems that a search looks up for a text: what
/// `tools/train-router` counts.
pub fn stems(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| stem(&word.form)).collect()
}

/// Runs of letters, digits and underscores; what follows an apostrophe
/// (`'s`, `'re`) is not a word.
fn raw_words(text: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut after_apostrophe = false;
    text.split_inclusive(move |c: char| !inside(c)).filter_map(move |run| {
        let word = run.trim_end_matches(|c: char| !inside(c));
        let is_tail = after_apostrophe && word.chars().count() <= 2;
        after_apostrophe = !word.is_empty() && run.ends_with(['\'', '’']);
        (!word.is_empty() && !is_tail).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_words() {
        let rows = [
            ("summarize the changes in PR #123", "summarize changes pull request 123"),
            ("What's new in GitHub's history?", "new git hub github history"),
            ("run list_pull_requests", "run list pull requests"),
            ("turn the lights off", "turn lights off"),
            ("", ""),
            ("…’’s", ""),
        ];
        for (text, expected) in rows {
            let forms: Vec<String> = words(text).into_iter().map(|word| word.form).collect();
            assert_eq!(forms.join(" "), expected, "{text}");
        }
    }
}
