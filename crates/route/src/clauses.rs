//! A query falls into parts, each of which one tool may serve.
//!
//! The parts are compared with tools beside the whole, so a division too many
//! costs little; the planner divides more carefully.

/// The most parts a query is divided into.
const MAX_CLAUSES: usize = 10;

/// The shortest part, in words that are not connectives; a shorter one stays
/// with the part before it.
const MIN_WORDS: usize = 2;

/// Words that begin another part.
const CONNECTIVES: &[&str] = &[
    "and",
    "then",
    "also",
    "after",
    "afterwards",
    "finally",
    "next",
    "plus",
    "additionally",
    "before",
    "while",
    "furthermore",
];

/// The parts, in order; the whole, if it does not divide.
pub(crate) fn clauses(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut words = 0;
    let mut before = "";
    for (start, word) in words_of(text) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let divides = CONNECTIVES.contains(&bare.as_str()) || before.ends_with(['.', '?', '!', ';', ',', ':']);
        if divides && words >= MIN_WORDS {
            cuts.push(start);
            words = 0;
        }
        if !CONNECTIVES.contains(&bare.as_str()) && !bare.is_empty() {
            words += 1;
        }
        before = word;
    }
    if words < MIN_WORDS && cuts.len() > 1 {
        cuts.pop();
    }
    cuts.truncate(MAX_CLAUSES);
    let ends = cuts.iter().skip(1).copied().chain([text.len()]);
    cuts.iter().copied().zip(ends).map(|(from, to)| text[from..to].trim()).collect()
}

fn words_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - base, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_falls_into_parts() {
        let rows = [
            ("open PRs and open issues", "open PRs | and open issues"),
            ("Book a table. Then send Ana the address, please", "Book a table. | Then send Ana the address, please"),
            ("weather in Rome", "weather in Rome"),
            ("read and write", "read and write"),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(clauses(text).join(" | "), expected);
        }
    }
}
