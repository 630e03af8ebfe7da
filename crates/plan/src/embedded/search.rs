//! Searches that say what for, and not where.

use std::sync::Arc;

use catalog::Tool;
use route::{Candidate, Entities, EntityKind, Field, Router, is_read_verb, terms};

use super::phrase;
use super::reference::is_pronoun;
use super::subject;
use super::words::{Takes, Words, takes};

/// The most words that several searches are for: more is another question.
const MAX_SUBJECT_WORDS: usize = 5;

/// Words of looking for something that was said or written somewhere.
pub(super) const SEARCH_WORDS: &[&str] = &[
    "search",
    "find",
    "look",
    "lookup",
    "grep",
    "mention",
    "mentions",
    "mentioned",
    "discuss",
    "discussed",
    "discussion",
    "discussions",
    "talk",
    "talked",
    "talking",
    "anything",
    "said",
    "written",
    "wrote",
    "where",
    "occurrences",
    "places",
    "opinion",
    "opinions",
    "dig",
    "say",
    "says",
    "debated",
    "debate",
    "heard",
];

/// One search tool of each server, when the clause looks for something and
/// nothing in it says where: neither a server nor a sort of thing.
pub(super) fn anywhere(words: &Words<'_>, router: &Router) -> Vec<Candidate> {
    if !looks_for_something(words, router) {
        return Vec::new();
    }
    let searches = router.catalog().tools().iter().filter(|tool| is_search(tool));
    let mut options: Vec<Candidate> = Vec::new();
    for tool in searches {
        if options.iter().all(|other| other.tool.reference.server != tool.reference.server) {
            options.push(Candidate { tool: Arc::clone(tool), score: 1.0, coverage: 1.0, matched: Vec::new() });
        }
    }
    options
}

/// Whether a clause says that something is looked for.
pub(super) fn looks(clause: &str) -> bool {
    let lower = clause.to_lowercase();
    let mut said = lower.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    said.any(|word| SEARCH_WORDS.contains(&word)) || subject::is_indefinite(clause)
}

fn looks_for_something(words: &Words<'_>, router: &Router) -> bool {
    looks(words.clause)
        && router.named_servers(words.clause).is_empty()
        && !names_a_thing(words, router)
        && has_subject(words)
}

/// Whether the clause names what some tool is about, outside of what is
/// searched for.
fn names_a_thing(words: &Words<'_>, router: &Router) -> bool {
    let subject = subject::opened_subject(words.clause);
    let in_subject = |word: &str| subject.as_ref().is_some_and(|subject| subject.to_lowercase().contains(word));
    let is_intent = |word: &str| !is_read_verb(word) && !SEARCH_WORDS.contains(&word) && !in_subject(word);
    let strong = |field: Field| matches!(field, Field::Name | Field::Title | Field::Server | Field::Example);
    let ranked = router.rank(words.clause, usize::MAX);
    let named =
        |word: &str| ranked.iter().flat_map(|own| &own.matched).any(|own| own.word == word && strong(own.field));
    // "The discussion of the task": all of the subject is a thing.
    let is_thing = subject.as_ref().is_some_and(|own| {
        let found = terms(own);
        let plain = own.chars().all(|c| c.is_alphabetic() || c.is_whitespace());
        plain && !found.is_empty() && found.iter().all(|term| named(&term.word))
    });
    let mut found = ranked.iter().flat_map(|candidate| &candidate.matched);
    let other_value = words.entities.iter().any(|entity| match entity.kind {
        EntityKind::Quoted => false,
        EntityKind::Number => phrase::names_one(words.clause, entity),
        _ => true,
    });
    other_value || is_thing || found.any(|found| strong(found.field) && is_intent(&found.word))
}

fn has_subject(words: &Words<'_>) -> bool {
    if words.entities.of(EntityKind::Quoted).next().is_some() {
        return true;
    }
    if let Some(subject) = subject::opened_subject(words.clause) {
        return !is_pronoun(&subject);
    }
    terms(words.clause).iter().any(|term| {
        !is_read_verb(&term.form) && !SEARCH_WORDS.contains(&term.form.as_str()) && !words.entities.cover(term.start)
    })
}

/// A search that names several servers and says once what for, as one search
/// for each: "search **Slack and GitHub** for jitter".
pub(super) fn fan_out(sentence: &str, router: &Router) -> Option<Vec<String>> {
    let servers = router.named_servers(sentence);
    let lower = sentence.to_lowercase();
    let openings =
        lower.split_whitespace().filter(|word| matches!(*word, "for" | "about" | "on" | "mention" | "mentioning"));
    let says_once = openings.filter(|word| *word != "on").count() == 1;
    if servers.len() < 2 || !looks(sentence) || !says_once {
        return None;
    }
    let quoted = Entities::find(sentence).of(EntityKind::Quoted).next().map(|entity| format!("'{}'", entity.value));
    let subject = quoted.or_else(|| subject::opened_subject(sentence)).filter(|subject| !is_pronoun(subject))?;
    // What names a server is not what is searched for.
    let plain = subject.split([',']).next().unwrap_or(&subject).trim();
    let spoken = router.named_servers(plain).is_empty() && terms(plain).len() <= MAX_SUBJECT_WORDS;
    spoken.then(|| servers.iter().map(|server| format!("search {server} for {plain}")).collect())
}

/// A tool that reads, and requires a text to search for and nothing else.
fn is_search(tool: &Tool) -> bool {
    let mut required = tool.parameters.iter().filter(|parameter| parameter.required);
    let only = required.next().filter(|_| required.next().is_none());
    tool.effect.is_read_only() && only.is_some_and(|parameter| takes(parameter) == Takes::SearchText)
}
