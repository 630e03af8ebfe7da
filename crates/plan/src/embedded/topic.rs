//! What a sentence names first and then speaks of.
//!
//! "PR 120: who reviewed it", "the reviewers of PR 117: list the commits of
//! each": what stands before the colon is found first, and what follows
//! points at it. A preface that names nothing ("two questions:") is dropped.

use route::{Entities, is_read_verb, terms};

use super::mood;
use super::reference::is_pronoun;

/// A sentence with a topic before its colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// What is named first, and what is said of it.
    Named(String, String),
    /// All of it in one, the topic having been only the verb's object.
    Whole(String),
}

/// The topic of a sentence, if it has one.
pub(super) fn topic(sentence: &str) -> Option<Topic> {
    let entities = Entities::find(sentence);
    let mut colons = sentence.match_indices(':').filter(|(at, _)| !entities.cover(*at));
    let (at, _) = colons.find(|(at, _)| sentence[at + 1..].starts_with(char::is_whitespace))?;
    let (named, said) = (sentence[..at].trim(), sentence[at + 1..].trim());
    // Behind an order stands what is to be written.
    if named.is_empty() || said.is_empty() || mood::order(named).is_some() || speaks_only(said) {
        return None;
    }
    if is_preface(named) {
        return Some(Topic::Whole(said.to_owned()));
    }
    if let Some(verb) = bare_verb(said) {
        return Some(Topic::Whole(format!("{verb} {named}")));
    }
    Some(Topic::Named(named.to_owned(), said.to_owned()))
}

/// Whether nothing is asked behind the colon, only given: a quotation.
fn speaks_only(said: &str) -> bool {
    let entities = Entities::find(said);
    !entities.is_empty() && terms(said).iter().all(|term| entities.cover(term.start))
}

/// Words that announce what is asked and name nothing themselves.
const PREFACES: &[&str] = &[
    "question",
    "questions",
    "thing",
    "things",
    "todo",
    "request",
    "requests",
    "two",
    "three",
    "four",
    "here",
    "following",
    "quick",
    "fyi",
    "asap",
    "2",
    "3",
    "4",
    "favour",
    "favor",
    "ask",
    "help",
];

fn is_preface(named: &str) -> bool {
    terms(named).iter().all(|term| PREFACES.contains(&term.word.as_str()) || is_read_verb(&term.form))
}

/// The verb of a sentence that has nothing else: "show **all 3**".
fn bare_verb(said: &str) -> Option<&str> {
    let mut words = said.split_whitespace();
    let verb = words.next().filter(|verb| is_read_verb(&verb.to_lowercase()))?;
    let rest: Vec<&str> = words.collect();
    let counts = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        bare.chars().all(|c| c.is_ascii_digit())
            || matches!(bare.as_str(), "all" | "both" | "three" | "four" | "please" | "pls" | "me" | "the" | "of")
    };
    rest.iter().all(|word| counts(word) || is_pronoun(word) && !word.to_lowercase().starts_with("each")).then_some(verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_told_from_messages() {
        let named = |a: &str, b: &str| Some(Topic::Named(a.to_owned(), b.to_owned()));
        let whole = |text: &str| Some(Topic::Whole(text.to_owned()));
        let rows = [
            ("PR 120: who reviewed it", named("PR 120", "who reviewed it")),
            ("every open task: what was said on each", named("every open task", "what was said on each")),
            ("I have two questions: what is in a.md, and who wrote it", whole("what is in a.md, and who wrote it")),
            ("a.md, b.md: show all 3", whole("show a.md, b.md")),
            ("comment on task 5: looks good", None),
            ("tell everybody: 'all clear'", None),
            ("at 12:30 in the hall", None),
        ];
        for (sentence, expected) in rows {
            assert_eq!(topic(sentence), expected, "{sentence}");
        }
    }
}
