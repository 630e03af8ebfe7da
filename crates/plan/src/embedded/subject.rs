//! What something is about, in the user's words.
//!
//! The words behind *about* and its like, the quotation in a search, what is
//! left of a search when the tool's own words are taken out. What goes out is
//! a text to search for; which tool searches is not known here.

use catalog::Tool;
use route::{Entities, EntityKind, is_read_verb, mean_the_same, stem, terms};

use super::phrase::{ARTICLES, PHRASE_ENDS, tool_words};
use super::reference::{is_pronoun, names_role};
use super::search;

/// Words that open the subject of whatever is spoken of.
const SUBJECT_OPENERS: &[&str] = &[
    "about",
    "bout",
    "word",
    "re",
    "concerning",
    "contain",
    "containing",
    "contains",
    "discussing",
    "matching",
    "mention",
    "mentioned",
    "mentioning",
    "mentions",
    "regarding",
];

/// Words that do so where something is looked for.
const SEARCH_OPENERS: &[&str] = &["for", "of", "on", "re", "bout", "saying", "with", "word"];

/// What a search is for: a quotation, the words behind *about* and its like,
/// or what is left of the clause when the tool's own words are taken out.
pub(super) fn subject(clause: &str, entities: &Entities, tool: &Tool, antecedent: Option<&str>) -> Option<String> {
    if let Some(quoted) = entities.of(EntityKind::Quoted).next() {
        return Some(quoted.value.clone());
    }
    let tool_words = tool_words(tool);
    match subject_phrase(clause, &tool_words) {
        Some(phrase) if names_role(&phrase) => None,
        Some(phrase) if is_pronoun(&phrase) => antecedent.map(str::to_owned),
        Some(phrase) => Some(phrase),
        None if search::looks(clause) => left_over(clause, entities, tool).filter(|text| !names_role(text)),
        None => None,
    }
}

/// Whether a clause says, or is about to say, what something is about.
pub(super) fn opens_subject(clause: &str) -> bool {
    clause.split_whitespace().any(|word| SUBJECT_OPENERS.contains(&word.to_lowercase().as_str()))
}

/// The words behind *about* and its like, whatever tool is meant.
pub(super) fn opened_subject(clause: &str) -> Option<String> {
    subject_phrase(clause, &[])
}

fn subject_phrase(clause: &str, tool_words: &[String]) -> Option<String> {
    let found = opened_phrase(clause, SUBJECT_OPENERS, tool_words)
        .or_else(|| indefinite(clause).and_then(|rest| opened_phrase(rest, INDEFINITE_OPENERS, tool_words)));
    found.or_else(|| if search::looks(clause) { opened_phrase(clause, SEARCH_OPENERS, tool_words) } else { None })
}

/// Words for something of which nothing is known but what it is about.
const INDEFINITES: &[&str] = &[
    "all",
    "anything",
    "bits",
    "details",
    "everything",
    "hits",
    "info",
    "information",
    "infos",
    "insights",
    "lots",
    "mentions",
    "more",
    "much",
    "nothing",
    "references",
    "remarks",
    "results",
    "smth",
    "something",
    "sth",
    "stuff",
    "thing",
    "whatever",
    "whats",
    "what's",
    "what",
];

/// Words that may stand between them and what it is about.
const HAVING: &[&str] = &[
    "has", "have", "had", "got", "is", "was", "been", "there", "known", "say", "says", "said", "knows", "know",
    "exists", "exist",
];

/// Words for what a search finds.
const FOUND: &[&str] = &["hits", "mentions", "references", "results", "occurrences"];

const INDEFINITE_OPENERS: &[&str] = &["on", "about", "re", "regarding", "for", "of", "to"];

/// Whether a clause is about whatever there is on something.
pub(super) fn is_indefinite(clause: &str) -> bool {
    indefinite(clause).is_some()
}

/// The part of a clause from *on* in "anything **on** x", "whatever they have
/// **on** x".
fn indefinite(clause: &str) -> Option<&str> {
    let base = clause.as_ptr() as usize;
    let bare = |word: &str| word.trim_matches(|c: char| ",;:?!.".contains(c)).to_lowercase();
    let words: Vec<&str> = clause.split_whitespace().collect();
    let opens = |at: &usize| {
        let opener = bare(words[*at]);
        let before = at.checked_sub(1).map(|at| bare(words[at])).unwrap_or_default();
        let is_indefinite = |word: &str| INDEFINITES.contains(&bare(word).as_str());
        let having = HAVING.contains(&before.as_str()) && words[..*at].iter().any(|word| is_indefinite(word));
        let found = FOUND.contains(&before.as_str()) && matches!(opener.as_str(), "for" | "of" | "to");
        found
            || matches!(opener.as_str(), "on" | "about" | "re" | "regarding")
                && (having || INDEFINITES.contains(&before.as_str()))
    };
    let at = (0..words.len()).find(opens)?;
    // "What is on #general": a place, not what something is about.
    let place = words.get(at + 1).is_some_and(|word| word.starts_with('#'));
    (!place).then(|| &clause[words[at].as_ptr() as usize - base..])
}

/// The phrase behind the last opener that has one, up to where the clause
/// goes on to say where or when, unless what follows is part of a name.
fn opened_phrase(clause: &str, openers: &[&str], tool_words: &[String]) -> Option<String> {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| ",;:?!.".contains(c)).to_lowercase();
    let opened = words.iter().position(|word| openers.contains(&bare(word).as_str()))?;
    let mut rest = &words[opened + 1..];
    while let [first, others @ ..] = rest
        && ARTICLES.contains(&bare(first).as_str())
    {
        rest = others;
    }
    let says_where = |i: usize| {
        PHRASE_ENDS.contains(&bare(rest[i]).as_str())
            && rest[i + 1..].iter().any(|word| {
                let bare = bare(word);
                tool_words.contains(&stem(&bare)) || word.starts_with('#') || bare == "channel" || is_pronoun(&bare)
            })
    };
    let end = (0..rest.len()).find(|&i| says_where(i)).unwrap_or(rest.len());
    let phrase = rest[..end].join(" ");
    let phrase = phrase.trim_matches(|c: char| ",;:?!.".contains(c)).to_owned();
    if matches!(bare(rest.first().unwrap_or(&"")).as_str(), "me" | "us" | "you" | "myself") {
        return opened_phrase_after(&words[opened + 1..], openers, tool_words);
    }
    let carries = is_pronoun(&phrase) || terms(&phrase).iter().any(|term| !tool_words.contains(&term.stem));
    if carries { Some(phrase) } else { opened_phrase_after(&words[opened + 1..], openers, tool_words) }
}

fn opened_phrase_after(words: &[&str], openers: &[&str], tool_words: &[String]) -> Option<String> {
    if words.is_empty() { None } else { opened_phrase(&words.join(" "), openers, tool_words) }
}

/// What is said of a thing in a file, and is not what is looked for.
const USES: &[&str] =
    &["called", "defined", "handled", "implemented", "lines", "named", "refer", "set", "use", "used", "uses"];

/// The clause without its verbs of looking and without the tool's own words.
fn left_over(clause: &str, entities: &Entities, tool: &Tool) -> Option<String> {
    let described = terms(tool.listing.description.as_deref().unwrap_or_default());
    let tool_words: Vec<String> =
        tool_words(tool).into_iter().chain(described.into_iter().map(|term| term.stem)).collect();
    let mut kept: Vec<&str> = Vec::new();
    for term in terms(clause) {
        let known = tool_words.iter().any(|own| mean_the_same(own, &term.stem));
        let taken = entities.cover(term.start) || is_read_verb(&term.word) || known;
        if taken || search::SEARCH_WORDS.contains(&term.form.as_str()) || USES.contains(&term.form.as_str()) {
            continue;
        }
        let rest = &clause[term.start..];
        let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
        let word = rest[..end].trim_end_matches(|c: char| ",;:?!.".contains(c));
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    (!kept.is_empty()).then(|| kept.join(" "))
}
