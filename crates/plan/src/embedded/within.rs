//! Clauses within clauses.
//!
//! "Who reviewed the PRs that touched auth.py" asks one thing of many, and
//! says with another question which ones. It becomes the two clauses that
//! "PRs that touched auth.py, then who reviewed each of them" falls into, the
//! first of which only helps. So do "the comments of every open PR", "the
//! diff of the newest PR" and "the commits of whoever opened issue 126".

use route::{Entities, Route, Router, is_read_verb, terms};

use super::clause::{Clause, Link, asks};
use super::condition::at_boundary;
use super::part::before_each;
use super::possession::possession;
use super::reference::{Pointing, is_pronoun, pointing};
use super::subject::opens_subject;
use super::superlative::superlative;

/// The clauses that a text holds: itself, when it holds no other.
pub(super) fn unfold(text: &str, link: Link, router: &Router) -> Vec<Clause> {
    let held = distribution(text, link)
        .or_else(|| possession(text, link, router))
        .or_else(|| every(text, link, router))
        .or_else(|| newest(text, link, router))
        .or_else(|| relative(text, link, router));
    let mut clauses = held.unwrap_or_else(|| vec![Clause::asked(all_of_them(text), link)]);
    if let Some(outer) = clauses.last_mut().filter(|outer| !outer.helps) {
        outer.said = Some(text.to_owned());
    }
    clauses
}

/// "Every issue" is all the issues.
fn all_of_them(text: &str) -> String {
    let lower = text.to_lowercase();
    let opening = ["every ", "each ", "any "].iter().find(|opening| lower.starts_with(**opening));
    opening.and_then(|opening| text.get(opening.len()..)).map_or_else(|| text.to_owned(), plural)
}

fn pair(inner: String, outer: String, link: Link, points: Pointing) -> Vec<Clause> {
    let outer = with_noun_of(&inner, outer);
    vec![Clause::helping(inner, link), Clause::asked(outer, Link::Then).pointing(points)]
}

/// "**for each** open PR [list its reviews]"; without a comma, what is to be
/// done begins at its verb.
fn distribution(text: &str, link: Link) -> Option<Vec<Clause>> {
    let lower = text.to_lowercase();
    let openings = [
        "for each of the ",
        "for each of ",
        "for each ",
        "for every ",
        "for all of the ",
        "for all of ",
        "for all the ",
        "for all ",
        "per ",
        "take every ",
        "take each ",
        "go through all the ",
        "go through the ",
        "go through ",
        "go thru the ",
        "go thru ",
        "walk through the ",
        "walk thru the ",
    ];
    let opening = openings.iter().find(|opening| lower.starts_with(**opening))?;
    let rest = text.get(opening.len()..)?;
    Some(match at_boundary(rest) {
        Some((inner, outer)) => {
            pair(plural(inner.strip_suffix(" and").unwrap_or(inner)), outer.to_owned(), link, Pointing::AtEach)
        }
        None => vec![Clause::helping(plural(rest), link).pointing(Pointing::AtEach)],
    })
}

/// "the comments of **every** open PR"
fn every(text: &str, link: Link, router: &Router) -> Option<Vec<Clause>> {
    let lower = text.to_lowercase();
    let marks = [
        " each of the ",
        " each of our ",
        " all of the ",
        " of all the ",
        " of all ",
        " for all the ",
        " for all ",
        " for every ",
        " for each ",
        " every ",
        " each ",
        " per ",
    ];
    let (at, mark) = marks.iter().find_map(|mark| lower.find(mark).map(|at| (at, mark)))?;
    let (outer, inner) = (text.get(..at)?, text.get(at + mark.len()..)?);
    let entities = Entities::find(text);
    if entities.cover(at) || is_pronoun(inner) || inner.to_lowercase().starts_with("of ") || terms(inner).is_empty() {
        return None;
    }
    let outer = with_object(outer, inner);
    let both = is_served(&outer, router) && is_served(&plural(inner), router);
    both.then(|| pair(plural(inner), outer, link, Pointing::AtEach))
}

/// "the diff of **the newest** PR"
fn newest(text: &str, link: Link, router: &Router) -> Option<Vec<Clause>> {
    let lower = text.to_lowercase();
    let marks = [
        " the most recent ",
        " the newest ",
        " the latest ",
        " the last ",
        " the first ",
        " the top ",
        " the oldest ",
        " the earliest ",
        " the largest ",
        " the biggest ",
        " the longest ",
        " the smallest ",
        " the shortest ",
    ];
    let (at, mark) = marks.iter().find_map(|mark| lower.find(mark).map(|at| (at, mark)))?;
    let (outer, inner) = (text.get(..at)?, text.get(at + mark.len()..)?);
    let counts = inner.starts_with(|c: char| c.is_ascii_digit()) || refers_back(inner);
    let says_what = terms(outer).iter().any(|term| !is_read_verb(&term.form));
    if counts || !says_what || is_pronoun(inner) || terms(inner).is_empty() || inner.to_lowercase().starts_with("of ") {
        return None;
    }
    (is_served(outer, router) && asks(inner, router)).then(|| {
        let mut both = pair(format!("list {}", plural(inner)), without_tail(outer), link, Pointing::AtFirst);
        if let Some(outer) = both.last_mut() {
            outer.meant = superlative(text);
        }
        both
    })
}

/// Whether a text speaks of what was found before: "the first file **found**".
fn refers_back(text: &str) -> bool {
    let marks =
        ["found", "there", "them", "those", "these", "listed", "hit", "hits", "result", "results", "match", "matches"];
    text.split_whitespace()
        .any(|word| marks.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str()))
}

/// "who reviewed the PRs **that** touched auth.py"
fn relative(text: &str, link: Link, router: &Router) -> Option<Vec<Clause>> {
    let lower = text.to_lowercase();
    let entities = Entities::find(text);
    let found = RELATIVES.iter().filter_map(|word| lower.find(word));
    let relative = found.filter(|at| !entities.cover(*at)).min()?;
    let begin = noun_before(&lower, relative)?;
    let (outer, inner) = (text.get(..begin)?.trim(), text.get(begin..)?.trim());
    let says_what = terms(outer).iter().any(|term| !is_read_verb(&term.form));
    let is_one = !text.get(begin..relative)?.trim_end().ends_with('s');
    let points = if is_one { Pointing::AtFirst } else { Pointing::AtEach };
    (says_what && asks(outer, router) && asks(inner, router))
        .then(|| pair(inner.to_owned(), without_tail(outer), link, points))
}

/// Words that open what says which thing is meant.
const RELATIVES: &[&str] = &[
    " that ",
    " which ",
    " whose ",
    " who ",
    " in which ",
    " where ",
    " fixing ",
    " closing ",
    " resolving ",
    " addressing ",
];

/// The outer clause with what it is asked of: the comments on **an issue** are
/// others than those on a pull request.
pub(super) fn with_noun_of(inner: &str, outer: String) -> String {
    let inner = inner.strip_prefix("list ").unwrap_or(inner);
    let Some(noun) = head(inner) else { return outer };
    let one = noun.strip_suffix('s').unwrap_or(noun);
    if let Some(asked) = before_each(&outer).filter(|asked| !opens_subject(asked)) {
        return format!("{asked} of the {one}");
    }
    let said = terms(&outer);
    let is_said = terms(noun).iter().all(|term| said.iter().any(|own| own.stem == term.stem));
    let last = outer.split_whitespace().next_back().unwrap_or_default();
    let points = pointing(&outer) != Pointing::Nowhere || opens_subject(&outer) || NOUN_ENDS.contains(&last);
    if is_said || points || is_pronoun(noun) { outer } else { format!("{outer} of the {one}") }
}

/// "Read" of "every file" is to read a file: a verb of looking by itself
/// takes its object along.
fn with_object(outer: &str, inner: &str) -> String {
    let outer = without_tail(outer);
    if terms(&outer).iter().any(|term| !is_read_verb(&term.form)) {
        return outer;
    }
    let noun = head(inner).unwrap_or_default();
    format!("{outer} {}", noun.strip_suffix('s').unwrap_or(noun))
}

/// Whether some tool has enough to do with a text that lacks its object.
fn is_served(text: &str, router: &Router) -> bool {
    !matches!(router.route(text), Route::OutOfScope { .. })
}

/// Words that end a noun and open what is said of it.
const NOUN_ENDS: &[&str] = &[
    "about",
    "at",
    "by",
    "changing",
    "containing",
    "for",
    "from",
    "in",
    "inside",
    "labeled",
    "labelled",
    "mentioning",
    "of",
    "on",
    "since",
    "that",
    "to",
    "touching",
    "under",
    "where",
    "which",
    "who",
    "with",
    "within",
];

/// The noun that a text opens with: its last word before what is said of it,
/// or before another thing that is named by its number ("every file **PR 12**
/// touches").
fn head(text: &str) -> Option<&str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_number = |at: usize| {
        words.get(at).is_some_and(|word| word.trim_start_matches('#').starts_with(|c: char| c.is_ascii_digit()))
    };
    let ends = |at: &usize| NOUN_ENDS.contains(&words[*at].to_lowercase().as_str()) || *at > 0 && is_number(at + 1);
    let end = (0..words.len()).find(ends).unwrap_or(words.len());
    words.get(end.checked_sub(1)?).copied()
}

/// The text with its noun in the plural: one of many is found among many.
fn plural(text: &str) -> String {
    match head(text) {
        Some(noun) if noun.ends_with(char::is_alphabetic) && !noun.to_lowercase().ends_with('s') => {
            text.replacen(noun, &format!("{noun}s"), 1)
        }
        _ => text.to_owned(),
    }
}

/// Words before a noun, behind which the inner clause begins.
const DETERMINERS: &[&str] = &["the", "all", "each", "every", "any", "those", "these", "of", "for", "on", "in", "to"];

/// Where the noun begins that a relative word follows: behind the last
/// determiner before it.
fn noun_before(lower: &str, relative: usize) -> Option<usize> {
    let mut begin = relative;
    for word in lower[..relative].split_whitespace().rev() {
        let at = lower[..begin].rfind(word)?;
        if DETERMINERS.contains(&word) {
            return (begin < relative).then_some(begin);
        }
        begin = at;
    }
    None
}

/// The outer clause without the words that belonged to the noun.
pub(super) fn without_tail(outer: &str) -> String {
    let mut words: Vec<&str> = outer.split_whitespace().collect();
    while words.last().is_some_and(|last| DETERMINERS.contains(&last.to_lowercase().as_str())) {
        words.pop();
    }
    words.join(" ")
}
