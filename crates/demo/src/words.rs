//! Search by words: a query and texts in, scores out, best first.
//!
//! Words are compared without case, plural endings and the commonest words of
//! English. A number that names an issue or pull request (`#123`, `PR 123`,
//! `pull/123`) is a reference: a query that has one finds only texts that
//! mention it; its other words merely order them.

use std::collections::HashMap;

/// Matches below this share of the best one are left out.
const CUT: f64 = 0.5;

/// Words that say nothing about what is looked for.
const COMMON: &[&str] = &[
    "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "by", "did", "do", "does", "for", "from", "has",
    "have", "how", "in", "is", "it", "its", "me", "of", "on", "or", "our", "that", "the", "their", "them", "there",
    "this", "to", "us", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "you",
];

/// Words that turn the number after them into a reference.
const REFERRING: &[&str] = &["pr", "pull", "request", "issue", "mr"];

/// What a text says: its words and references, each with how often.
#[derive(Debug, Default)]
pub(crate) struct Words {
    words: HashMap<String, usize>,
    references: HashMap<u64, usize>,
}

impl Words {
    /// Reads a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut this = Self::default();
        let mut before = "";
        let tokens: Vec<&str> = tokens(text).collect();
        for (token, next) in tokens.iter().zip(tokens.iter().skip(1).chain([&""])) {
            match token.strip_prefix('#').unwrap_or(token).parse::<u64>() {
                Ok(number) if token.starts_with('#') || is_referring(before) => {
                    *this.references.entry(number).or_default() += 1;
                }
                _ if is_referring(token) && refers(next) => {}
                _ => this.add(token),
            }
            before = token;
        }
        this
    }

    /// Whether there is nothing to search for.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.references.is_empty()
    }

    fn add(&mut self, token: &str) {
        let word = stem(&token.trim_start_matches('#').to_lowercase());
        if word.len() > 1 && !COMMON.contains(&word.as_str()) {
            *self.words.entry(word).or_default() += 1;
        }
    }
}

/// The positions of the `texts` that match, best first; equals keep their order.
pub(crate) fn rank(query: &Words, texts: &[Words]) -> Vec<usize> {
    let candidates: Vec<usize> =
        (0..texts.len()).filter(|&at| mentions(&texts[at].references, &query.references)).collect();
    let mut scored: Vec<(usize, f64)> = candidates
        .into_iter()
        .map(|at| (at, score(query, &texts[at], texts)))
        .filter(|&(_, score)| score > 0.0)
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    let best = scored.first().map_or(0.0, |&(_, score)| score);
    let floor = if query.references.is_empty() { best * CUT } else { 0.0 };
    scored.into_iter().filter(|&(_, score)| score >= floor).map(|(at, _)| at).collect()
}

fn mentions(text: &HashMap<u64, usize>, query: &HashMap<u64, usize>) -> bool {
    query.is_empty() || query.keys().any(|number| text.contains_key(number))
}

/// Rare words weigh more, repetitions count with diminishing returns.
fn score(query: &Words, text: &Words, all: &[Words]) -> f64 {
    let often = |times: usize| 1.0 + (times as f64).ln();
    let references: f64 =
        query.references.keys().filter_map(|number| text.references.get(number)).map(|&times| 2.0 * often(times)).sum();
    let words: f64 =
        query.words.keys().filter_map(|word| text.words.get(word).map(|&times| rarity(word, all) * often(times))).sum();
    references + words
}

fn rarity(word: &str, all: &[Words]) -> f64 {
    let holding = all.iter().filter(|text| text.words.contains_key(word)).count();
    (1.0 + all.len() as f64 / (1.0 + holding as f64)).ln()
}

/// Runs of letters and digits, with a leading `#` where there is one.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '#').filter(|token| !token.is_empty())
}

fn is_referring(token: &str) -> bool {
    REFERRING.contains(&token.to_lowercase().as_str())
}

/// Whether `token`, standing after a referring word, continues a reference.
fn refers(token: &str) -> bool {
    is_referring(token) || token.trim_start_matches('#').parse::<u64>().is_ok()
}

/// The singular, roughly: `retries` → `retry`, `timeouts` → `timeout`.
fn stem(word: &str) -> String {
    if let Some(root) = word.strip_suffix("ies").filter(|root| root.len() > 2) {
        return format!("{root}y");
    }
    match word.strip_suffix('s') {
        Some(root) if root.len() > 2 && !root.ends_with('s') => root.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "PR #123 (exponential backoff) is ready. Does the 5 s timeout stay?",
        "Gateway 1.7.0 is planned for the 26th. In it: #123 and #121.",
        "Opened #125: should POST /orders be retried?",
        "Six tickets about checkout timeouts since yesterday.",
        "Lunch at 12:15. Who joins?",
    ];

    fn found(query: &str) -> Vec<usize> {
        let texts: Vec<Words> = TEXTS.iter().map(|text| Words::of(text)).collect();
        rank(&Words::of(query), &texts)
    }

    #[test]
    fn queries_find_texts_best_first() {
        for (query, expected) in [
            ("#123", vec![0, 1]),
            ("PR 123", vec![0, 1]),
            ("PR #123", vec![0, 1]),
            ("pull request #123", vec![0, 1]),
            ("pull/121", vec![1]),
            ("backoff timeout for #123", vec![0, 1]),
            ("#999 timeout", vec![]),
            ("Timeouts", vec![0, 3]),
            ("checkout timeout", vec![3]),
            ("LUNCH", vec![4]),
            ("123", vec![]),
            ("the and of", vec![]),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn a_pull_request_in_prose_stays_a_word() {
        let read = Words::of("pull requests of the month, PR 7");
        let mut words: Vec<&String> = read.words.keys().collect();
        words.sort();
        assert_eq!(words, ["month", "pull", "request"]);
        assert_eq!(read.references.keys().collect::<Vec<_>>(), [&7]);
    }
}
