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
    if let Some(noun) = said.strip_suffix(" only").or_else(|| said.strip_prefix("only ")).filter(|noun| is_word(noun)) {
        return Some(Topic::Whole(format!("{named} {noun}")));
    }
    if let Some(verb) = bare_verb(said) {
        return Some(Topic::Whole(format!("{verb} {named}")));
    }
    Some(Topic::Named(named.to_owned(), said.to_owned()))
}

fn is_word(text: &str) -> bool {
    text.split_whitespace().count() == 1
}

/// One sentence for each value that a topic lists, in the order of the list;
/// `None` for a topic that names other things: "PRs 1, 2 and 3: who reviewed
/// **them**".
pub(super) fn for_each_value(named: &str, said: &str) -> Option<Vec<String>> {
    let entities = Entities::find(named);
    let values: Vec<_> = entities.iter().collect();
    let first = values.first().filter(|_| values.len() > 1)?;
    let same = values.iter().all(|value| value.kind == first.kind);
    let noun = named[..first.span.start].trim();
    let listed = |word: &str| matches!(word, "and" | "," | "&" | "") || is_word(word) && word == ",";
    let between = values.windows(2).all(|two| {
        named[two[0].span.end..two[1].span.start].split(|c: char| c.is_whitespace() || c == ',').all(listed)
    });
    let last = values.last().map_or(0, |value| value.span.end);
    let one = noun.rsplit_once(' ').map_or(noun, |(_, noun)| noun);
    let one = one.strip_suffix('s').unwrap_or(one);
    if !same || !between || !named[last..].trim().is_empty() || noun.split_whitespace().count() > 2 {
        return None;
    }
    let points = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        matches!(bare.as_str(), "them" | "each" | "those" | "they" | "these" | "it" | "all")
    };
    let sentence = |value: &&route::Entity| {
        let thing = format!("{one} {}", &named[value.span.clone()]);
        let thing = thing.trim();
        let words: Vec<&str> = said.split_whitespace().collect();
        let Some(at) = words.iter().position(|word| points(word)) else { return format!("{said} of {thing}") };
        // "each of them" is one pointer.
        let end = (at..words.len()).take_while(|at| points(words[*at]) || words[*at] == "of").last().unwrap_or(at);
        [&words[..at], &[thing], &words[end + 1..]].concat().join(" ")
    };
    Some(values.iter().map(sentence).collect())
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
    fn a_list_of_values_is_meant_one_by_one() {
        let rows = [
            (
                "PRs 104, 109 and 112",
                "who reviewed each of them",
                "who reviewed PR 104 | who reviewed PR 109 | who reviewed PR 112",
            ),
            ("a.md and b.md", "the size", "the size of a.md | the size of b.md"),
            ("PR 104", "who reviewed it", ""),
            ("the notes of PR 104 and of PR 105", "show them", ""),
        ];
        for (named, said, expected) in rows {
            assert_eq!(for_each_value(named, said).unwrap_or_default().join(" | "), expected);
        }
    }

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
