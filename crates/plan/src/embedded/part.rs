//! A sentence falls into parts at its connectives.

use route::{Entities, EntityKind, Router, is_action_verb, is_read_verb, terms};

use super::clause::{Link, asks};
use super::mood;
use super::phrase;
use super::reference::{Pointing, pointing};

/// A part of a sentence, and how it hangs together with the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) link: Link,
}

/// Words that divide, longest first, and how.
const CONNECTIVES: &[(&str, Link)] = &[
    ("once you have that", Link::Then),
    ("once you have those", Link::Then),
    ("and with that", Link::Then),
    ("and after that", Link::Then),
    ("and next", Link::Then),
    ("and then", Link::Then),
    ("after that", Link::Then),
    ("afterwards", Link::Then),
    ("followed by", Link::Then),
    ("finally", Link::Then),
    ("then", Link::Then),
    ("as well as", Link::Beside),
    ("along with", Link::Beside),
    ("together with", Link::Beside),
    ("and also", Link::Beside),
    ("and", Link::Beside),
    ("plus", Link::Beside),
    ("n", Link::Beside),
    ("&", Link::Beside),
    ("+", Link::Beside),
];

/// Ways to say again that what is meant was found before.
const FOUND: &[&str] = &[" that you find", " you find", " you found", " that you found", " you get", " that turn up"];

/// A stretch of the sentence between two connectives.
struct Stretch<'a> {
    text: &'a str,
    begin: usize,
    link: Link,
}

/// Divides a sentence where its connectives do divide.
pub(super) fn parts(sentence: &str, router: &Router) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let mut begun = 0;
    for stretch in stretches(sentence) {
        let mut stretch = stretch;
        let mut text = stretch.text.trim_matches(|c: char| c.is_whitespace() || ",;:.".contains(c));
        if let Some(rest) = text.strip_prefix("next ").filter(|rest| opens_with_verb(rest)) {
            (text, stretch.link) = (rest, Link::Then);
        }
        text = FOUND.iter().find_map(|tail| text.strip_suffix(tail)).unwrap_or(text);
        let Some(last) = found.last_mut().filter(|_| stretch.link == Link::Beside) else {
            begun = stretch.begin;
            let text = found.last().map_or_else(|| text.to_owned(), |before| with_noun(text, &before.text, router));
            found.push(Part { text, link: stretch.link });
            continue;
        };
        let text = &with_noun(text, &last.text, router);
        if let Some(text) = repetition(&last.text, text).or_else(|| bare_repetition(&last.text, text, router)) {
            begun = stretch.begin;
            found.push(Part { text, link: Link::Beside });
        } else if acts_on_result(text) || speaks_of_each(text) && asks(&last.text, router) {
            begun = stretch.begin;
            found.push(Part { text: text.to_owned(), link: Link::Then });
        } else if asks_alike(&last.text, text)
            || (asks(&last.text, router) || opens_distribution(&last.text)) && asks(text, router)
        {
            begun = stretch.begin;
            found.push(Part { text: text.to_owned(), link: Link::Beside });
        } else {
            let end = stretch.begin + stretch.text.len();
            last.text = sentence[begun..end].trim_matches(|c: char| c.is_whitespace() || ",;:.".contains(c)).to_owned();
        }
    }
    with_tails(found, router)
}

/// Whether a part asks for something of each of what was named before: "full
/// text **of every one**".
fn speaks_of_each(text: &str) -> bool {
    before_each(text).is_some_and(|asked| !terms(asked).is_empty())
}

/// What is asked for of each of what was named before: "**full text** of every
/// one".
pub(super) fn before_each(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(['.', '?', '!', ' ']);
    let lower = text.to_ascii_lowercase();
    let marks =
        ["of each", "of every one", "for each", "for every one", "on each", "on every one", "of them", "for them"];
    let found = marks.iter().find_map(|mark| {
        let end = [" one", " of them", ""].iter().find_map(|tail| {
            lower.strip_suffix(tail).and_then(|rest| rest.strip_suffix(mark)).filter(|rest| rest.ends_with(' '))
        })?;
        Some(end.len())
    });
    found.and_then(|end| text.get(..end)).map(str::trim_end)
}

/// Whether two parts are questions that open with the same word: "**what** is
/// in a and **what** is in b".
fn asks_alike(before: &str, text: &str) -> bool {
    let first = |text: &str| text.split_whitespace().next().map(str::to_lowercase);
    let word = first(text).filter(|word| mood::is_question_word(word));
    word.is_some() && word == first(before) && text.split_whitespace().count() > 2
}

/// Whether what follows the comma is meant for each of what this names.
fn opens_distribution(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "for each ",
        "for every ",
        "for all ",
        "per ",
        "go through ",
        "go thru ",
        "walk through ",
        "walk thru ",
        "take every ",
    ]
    .iter()
    .any(|opening| lower.starts_with(opening))
}

/// The part before, with its value replaced, when `text` is nothing but a
/// value of the same sort, and words that the part before has too: "diff of
/// PR 121 and **PR 122**".
pub(super) fn repetition(before: &str, text: &str) -> Option<String> {
    if let Some(text) = possessive_repetition(before, text) {
        return Some(text);
    }
    let entities = Entities::find(text);
    let own = entities.iter().next()?;
    let said: Vec<String> = terms(before).into_iter().map(|term| term.stem).collect();
    let is_new = |term: &route::Term| !entities.cover(term.start) && !said.contains(&term.stem);
    let earlier = Entities::find(before);
    let same = |own: &route::Entity| earlier.iter().filter(|entity| entity.kind == own.kind).last();
    // "… #a for x and **#b for y**": both the place and what is looked for.
    if let Some(text) = same(own).and_then(|replaced| repeated_search(before, replaced, text, own)) {
        return Some(text);
    }
    if terms(text).iter().any(|term| is_new(term) || is_read_verb(&term.form)) {
        return None;
    }
    // Each value takes the place of the last one of its sort.
    let mut places: Vec<(route::Span, &str)> = Vec::new();
    for own in entities.iter() {
        let replaced = same(own).filter(|replaced| places.iter().all(|(span, _)| *span != replaced.span))?;
        // Numbers that name nothing belong together: "the sum of 2 and 3".
        if own.kind == EntityKind::Number && !phrase::names_one(before, replaced) {
            return None;
        }
        places.push((replaced.span.clone(), &text[own.span.clone()]));
    }
    places.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let replace = |text: String, (span, value): (route::Span, &str)| {
        format!("{}{value}{}", &text[..span.start], &text[span.end..])
    };
    Some(places.into_iter().fold(before.to_owned(), replace))
}

fn repeated_search(before: &str, replaced: &route::Entity, text: &str, own: &route::Entity) -> Option<String> {
    if !text[..own.span.start].trim().is_empty() {
        return None;
    }
    let behind = text[own.span.end..].trim();
    let subject = behind.strip_prefix("for ").or_else(|| behind.strip_prefix("about "))?;
    let rest = &before[replaced.span.end..];
    let (at, mark) = [" for ", " about "].iter().find_map(|mark| Some((rest.find(mark)?, *mark)))?;
    let value = &text[own.span.clone()];
    Some(format!("{}{value}{}{mark}{subject}", &before[..replaced.span.start], &rest[..at]))
}

/// "**notes** and diffs **of every task**": what stands behind the last of
/// several things is said of each of them.
fn with_tails(parts: Vec<Part>, router: &Router) -> Vec<Part> {
    let tail = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let marks = [
            " of every ",
            " of each ",
            " of all ",
            " for every ",
            " for each ",
            " for all ",
            " on every ",
            " on each ",
        ];
        marks.iter().find_map(|mark| lower.find(mark)).map(|at| text[at..].to_owned())
    };
    let mut parts = parts;
    for at in (1..parts.len()).rev() {
        let Some(tail) = tail(&parts[at].text).filter(|_| parts[at].link == Link::Beside) else { continue };
        let before = &mut parts[at - 1];
        let bare = before.text.split_whitespace().count() <= MAX_BARE_WORDS && Entities::find(&before.text).is_empty();
        let has_own = [" of ", " for ", " on ", " in ", " by "].iter().any(|mark| before.text.contains(mark));
        if bare && !has_own && asks(&before.text, router) {
            before.text.push_str(&tail);
        }
    }
    parts
}

/// The most words of a thing that is named without saying of what: "show me
/// the notes".
const MAX_BARE_WORDS: usize = 4;

/// The part before with another owner: "jonas's notes and **mira's**".
fn possessive_repetition(before: &str, text: &str) -> Option<String> {
    let owner = |word: &str| {
        let bare = word.trim_end_matches(|c: char| ",;:?!.".contains(c));
        let name = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s"))?;
        (!terms(name).is_empty() && !matches!(name.to_lowercase().as_str(), "what" | "who" | "that"))
            .then(|| bare.to_owned())
    };
    let own = owner(text.split_whitespace().next_back()?)?;
    if terms(text).len() > 1 {
        return None;
    }
    let earlier = before.split_whitespace().find_map(owner).filter(|earlier| !before.ends_with(earlier.as_str()))?;
    Some(before.replacen(&earlier, &own, 1))
}

/// The text with the noun that its *ones* stands for: "the open issues and
/// the closed **ones**".
fn with_noun(text: &str, before: &str, router: &Router) -> String {
    let is_ones = |word: &&str| matches!(word.to_lowercase().as_str(), "ones" | "those");
    let Some(ones) = text.split_whitespace().find(is_ones) else { return text.to_owned() };
    let known = terms(before).into_iter().find(|term| term.form.ends_with('s') && router.knows(&term.stem));
    known.map_or_else(|| text.to_owned(), |noun| text.replacen(ones, &noun.word, 1))
}

/// The part before, with its last word replaced, when `text` is one bare
/// word: "describe the tables customers and **orders**".
fn bare_repetition(before: &str, text: &str, router: &Router) -> Option<String> {
    // A name such as `order_items` is no verb.
    let is_verb = |word: &str| is_read_verb(&word.to_lowercase()) || is_action_verb(&word.to_lowercase());
    let is_name = |word: &str| !terms(word).is_empty() && !is_verb(word.trim_matches(|c: char| !c.is_alphanumeric()));
    if text.split_whitespace().nth(1).is_some() || !is_name(text) || asks(text, router) {
        return None;
    }
    let (rest, last) = before.rsplit_once(char::is_whitespace)?;
    let in_phrase = super::subject::opened_subject(before).is_some() || Entities::find(before).iter().next().is_some();
    (is_name(last) && !in_phrase && !asks(last, router)).then(|| format!("{rest} {text}"))
}

/// Whether a text is a verb and a word that points back: "open **them all**".
fn acts_on_result(text: &str) -> bool {
    let names_thing = terms(text).iter().any(|term| !is_read_verb(&term.form) && !is_action_verb(&term.form));
    opens_with_verb(text) && !names_thing && pointing(text) != Pointing::Nowhere
}

fn opens_with_verb(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| is_read_verb(word) || is_action_verb(word))
}

fn stretches(sentence: &str) -> Vec<Stretch<'_>> {
    let entities = Entities::find(sentence);
    let lower = sentence.to_ascii_lowercase();
    let mut all = Vec::new();
    let (mut begun, mut link) = (0, Link::Beside);
    let mut at = 0;
    while at < sentence.len() {
        let divided = if entities.cover(at) { None } else { connective(sentence, &lower, at) };
        if let Some((len, next)) = divided {
            all.push(Stretch { text: &sentence[begun..at], begin: begun, link });
            (begun, link) = (at + len, next);
            at = begun;
        } else {
            at += sentence[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    all.push(Stretch { text: &sentence[begun..], begin: begun, link });
    merge_empty(all)
}

/// A connective right behind another (", then") leaves nothing between them;
/// the pair divides as the stronger of the two.
fn merge_empty(all: Vec<Stretch<'_>>) -> Vec<Stretch<'_>> {
    let mut kept: Vec<Stretch<'_>> = Vec::new();
    let mut pending = Link::Beside;
    for stretch in all {
        let link = if pending == Link::Then { Link::Then } else { stretch.link };
        let empty = stretch.text.trim_matches(|c: char| c.is_whitespace() || ",;:.".contains(c)).is_empty();
        pending = if empty { link } else { Link::Beside };
        if !empty {
            kept.push(Stretch { link, ..stretch });
        }
    }
    kept
}

/// The connective that begins at this byte: its length and how it divides.
fn connective(sentence: &str, lower: &str, at: usize) -> Option<(usize, Link)> {
    let rest = &sentence[at..];
    match rest.chars().next()? {
        ';' => return Some((1, Link::Then)),
        ',' => return Some((1, Link::Beside)),
        _ => {}
    }
    if let Some(behind) = lower[at..].strip_prefix("also ")
        && at > 0
        && opens_with_verb(behind)
    {
        return Some(("also ".len(), Link::Beside));
    }
    let before = sentence[..at].chars().next_back();
    if before.is_some_and(|c| !c.is_whitespace() && c != ',') {
        return None;
    }
    let ends_word = |len: usize| sentence[at + len..].chars().next().is_none_or(|c| c.is_whitespace() || c == ',');
    let words = CONNECTIVES.iter().find(|(words, _)| lower[at..].starts_with(words) && ends_word(words.len()));
    words.map(|(words, link)| (words.len(), *link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_once_is_meant_twice() {
        let rows = [
            ("diff of PR 121", "PR 122", Some("diff of PR 122")),
            ("the sum of 2", "3", None),
            ("search #a for x", "#b for y z", Some("search #b for y z")),
            ("What are kofi's tasks", "What are noor's", Some("What are noor's tasks")),
            ("list noor's tasks", "mira's", Some("list mira's tasks")),
            ("list noor's tasks", "open mira's notes", None),
            ("tell #a 'x'", "#b 'y'", Some("tell #b 'y'")),
            ("diff of PR 121", "the notes of PR 122", None),
        ];
        for (before, text, expected) in rows {
            assert_eq!(repetition(before, text).as_deref(), expected, "{text}");
        }
    }
}
