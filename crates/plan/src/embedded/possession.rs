//! Something of one thing, asked for by another question.
//!
//! "The commits of **whoever opened** issue 126", "what is in **the file
//! that** PR 120 changes": the thing is fetched first, and its author, file or
//! title is what the outer question is asked of.

use route::{Entities, Router, is_read_verb, terms};

use super::clause::{Clause, Link, asks};
use super::reference::{Pointing, Role};
use super::within::without_tail;

/// Words for somebody, of whom what they did says more.
const PEOPLE: &[&str] = &[
    "person",
    "guy",
    "one",
    "dev",
    "developer",
    "user",
    "author",
    "somebody",
    "someone",
    "engineer",
    "colleague",
    "teammate",
    "human",
];

/// What somebody did to a thing, and what of the thing they are then.
const DEEDS: &[(&str, Role)] = &[
    ("opened", Role::Author),
    ("wrote", Role::Author),
    ("raised", Role::Author),
    ("filed", Role::Author),
    ("reported", Role::Author),
    ("made", Role::Author),
    ("created", Role::Author),
    ("submitted", Role::Author),
    ("authored", Role::Author),
    ("reviewed", Role::Reviewer),
    ("approved", Role::Reviewer),
    ("merged", Role::Merger),
];

const MEMBERS: &[(&str, Role)] = &[
    ("the author of ", Role::Author),
    ("the creator of ", Role::Author),
    ("the reporter of ", Role::Author),
    ("the reviewer of ", Role::Reviewer),
    ("the reviewers of ", Role::Reviewer),
    ("the file that ", Role::File),
    ("the files that ", Role::File),
    ("the file changed by ", Role::File),
    ("the files changed by ", Role::File),
    ("the files of ", Role::File),
    ("the title of ", Role::Title),
    ("the subject of ", Role::Title),
];

/// The two clauses that a text falls into, the first of which only helps.
pub(super) fn possession(text: &str, link: Link, router: &Router) -> Option<Vec<Clause>> {
    let (at, len, role) = opening(text)?;
    let entities = Entities::find(text);
    let owner = entities.iter().find(|entity| entity.span.start >= at + len)?;
    let outer = format!("{}{}", text.get(..at)?, text.get(owner.span.end..).map_or("", behind_owner));
    let thing = text.get(at + len..owner.span.end)?.trim();
    let says_what = terms(&outer).iter().any(|term| !is_read_verb(&term.form));
    // "What is inside the file that …" is to read it.
    let outer = if !says_what && role == Role::File { format!("read file {outer}") } else { outer };
    let inner = if role == Role::Reviewer { format!("list the reviews of {thing}") } else { format!("get {thing}") };
    ((says_what || role == Role::File) && asks(&outer, router)).then(|| {
        let inner = Clause::helping(inner, link);
        vec![inner, Clause::asked(without_tail(&outer), Link::Then).pointing(Pointing::At(role))]
    })
}

/// Where something of a thing is named, how long its words are, and what it
/// is. It never opens the text: then it is what is asked for.
fn opening(text: &str) -> Option<(usize, usize, Role)> {
    let lower = text.to_ascii_lowercase();
    let member = MEMBERS.iter().find_map(|(words, role)| Some((lower.find(words)?, words.len(), *role)));
    let doer = || {
        let base = lower.as_ptr() as usize;
        let words: Vec<(usize, &str)> =
            lower.split_whitespace().map(|word| (word.as_ptr() as usize - base, word)).collect();
        let deed = |at: usize| {
            let (start, word) = words.get(at)?;
            let (_, role) = DEEDS.iter().find(|(deed, _)| deed == word)?;
            Some((start + word.len(), *role))
        };
        (0..words.len()).find_map(|at| {
            let (begin, verb) = match words.get(at..)? {
                [(begin, "whoever"), ..] => (*begin, at + 1),
                [(begin, "the" | "that"), (_, who), (_, "who" | "that"), ..] if PEOPLE.contains(who) => {
                    (*begin, at + 3)
                }
                _ => return None,
            };
            let (end, role) = deed(verb)?;
            Some((begin, end - begin, role))
        })
    };
    member.or_else(doer).filter(|(at, ..)| *at > 0)
}

/// What follows the owner, without the verb that belonged to it ("the file
/// that PR 120 **changes**").
fn behind_owner(rest: &str) -> &str {
    let rest = rest.trim_start();
    let verbs = ["changes", "changed", "touches", "touched", "modifies", "modified"];
    verbs.iter().find_map(|verb| rest.strip_prefix(verb)).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_of_a_thing_is_named() {
        let rows = [
            ("notes by the guy that reported task 6", Some(("the guy that reported", Role::Author))),
            ("what has whoever merged task 6 written", Some(("whoever merged", Role::Merger))),
            ("notes of the reviewer of task 6", Some(("the reviewer of ", Role::Reviewer))),
            ("what is in the file that task 6 changes", Some(("the file that ", Role::File))),
            ("the author of task 6", None),
            ("the tool that opened it", None),
            ("notes of task 6", None),
        ];
        for (text, expected) in rows {
            let found = opening(text).map(|(at, len, role)| (&text[at..at + len], role));
            assert_eq!(found, expected, "{text}");
        }
    }
}
