//! Orders in the passive: "the list **is to be posted** in #a", "PR 1 **has to
//! be merged**", "I ask for PR 1 **to be merged**".
//!
//! What goes out has the verb first: "post the list in #a".

use route::{Entities, action_verbs, read_verbs, stem};

/// Words that open what is to be done.
const MARKS: &[&str] = &[
    " is to be ",
    " are to be ",
    " has to be ",
    " have to be ",
    " needs to be ",
    " need to be ",
    " should be ",
    " must be ",
    " shall be ",
    " to be ",
];

/// What may stand before the thing that it is to be done to.
const ASKING: &[&str] =
    &["i hereby ask for ", "i ask for ", "i want ", "i would like ", "i'd like ", "we want ", "i need "];

/// Participles that do not end in *ed*.
const IRREGULAR: &[(&str, &str)] = &[
    ("sent", "send"),
    ("written", "write"),
    ("shown", "show"),
    ("found", "find"),
    ("read", "read"),
    ("put", "put"),
    ("told", "tell"),
    ("looked", "look"),
];

/// The order in the active voice; `None` for anything else.
pub(super) fn active(sentence: &str) -> Option<String> {
    let entities = Entities::find(sentence);
    let lower = sentence.to_ascii_lowercase();
    let found = MARKS.iter().find_map(|mark| {
        let at = lower.match_indices(mark).map(|(at, _)| at).find(|at| !entities.cover(*at))?;
        Some((at, mark.len()))
    });
    let (at, len) = found?;
    let rest = &sentence[at + len..];
    let participle = rest.split_whitespace().next()?;
    let bare = participle.trim_matches(|c: char| !c.is_alphanumeric());
    let verb = base(&bare.to_lowercase())?;
    let thing = &sentence[..at];
    let asking = ASKING.iter().find(|asking| lower.starts_with(**asking)).map_or(0, |asking| asking.len());
    let thing = thing.get(asking..)?.trim();
    let behind = &rest[bare.len()..];
    let lowered = thing.strip_prefix("The ").map_or_else(|| thing.to_owned(), |rest| format!("the {rest}"));
    (!thing.is_empty()).then(|| format!("{verb} {lowered}{behind}"))
}

/// The verb that a participle is of.
pub(super) fn base(participle: &str) -> Option<&'static str> {
    if let Some((_, verb)) = IRREGULAR.iter().find(|(own, _)| *own == participle) {
        return Some(verb);
    }
    let is_of = |verb: &&&str| stem(verb) == stem(participle);
    participle.ends_with("ed").then(|| action_verbs().iter().chain(read_verbs()).find(is_of).copied()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passive_becomes_active() {
        let rows = [
            ("The directory src is to be listed", Some("list the directory src")),
            ("I hereby ask for PR 122 to be merged, with rebase", Some("merge PR 122, with rebase")),
            ("the notes of task 5 are to be saved as a.md", Some("save the notes of task 5 as a.md")),
            ("the file should be opened", Some("open the file")),
            ("the tasks that are to be done", None),
            ("list the tasks", None),
        ];
        for (sentence, expected) in rows {
            assert_eq!(active(sentence).as_deref(), expected, "{sentence}");
        }
    }
}
