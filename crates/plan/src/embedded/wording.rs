//! A query in the order in which the rest reads it.
//!
//! What comes in is a query as it was typed, what goes out says the same with
//! its marks written as words and with what was put first for emphasis in its
//! usual place: "Into a.md write 'x'" is "write 'x' into a.md". It knows
//! English and no tool; a query that it does not understand stays as it is.

use route::{Entities, is_action_verb, is_read_verb};

use super::mood;

/// Signs that say that one thing comes after another.
const ARROWS: &[&str] = &["->", "=>", "→", ">>", "-->"];

/// Words that open a place or a time, which may stand first in a sentence.
const PREPOSITIONS: &[&str] =
    &["at", "below", "from", "in", "inside", "into", "of", "on", "onto", "over", "to", "under", "within"];

/// The longest phrase that is moved to the end, in words.
const MAX_FRONTED_WORDS: usize = 7;

/// A query with its marks as words: arrows, numbered points, dots that trail
/// off.
pub(super) fn plain_marks(query: &str) -> String {
    let entities = Entities::find(query);
    let base = query.as_ptr() as usize;
    let points = query.split_whitespace().filter(|word| is_point(word)).count();
    let mut plain = String::with_capacity(query.len());
    let mut end = 0;
    for word in query.split_whitespace() {
        let at = word.as_ptr() as usize - base;
        let quoted = entities.iter().any(|own| own.kind != route::EntityKind::Number && own.span.contains(&at));
        let replaced = if quoted {
            None
        } else if ARROWS.contains(&word) || points > 1 && is_point(word) {
            Some(if plain.trim().is_empty() { "" } else { "; then" })
        } else if matches!(word, "..." | "…" | "-" | "–" | "—") {
            Some(if word.starts_with(['.', '…']) { ". " } else { ":" })
        } else {
            None
        };
        let before = &query[end..at];
        match replaced {
            // A mark stands right behind the word before it.
            Some(mark) => plain.push_str(mark),
            None => {
                plain.push_str(before);
                plain.push_str(word);
            }
        }
        end = at + word.len();
    }
    plain.trim_start().to_owned()
}

/// `1)`, `2.`, `(3)`: the number of a point.
fn is_point(word: &str) -> bool {
    let bare = word.trim_start_matches('(');
    let digits = bare.trim_end_matches([')', '.']);
    digits.len() < bare.len() && matches!(digits.len(), 1 | 2) && digits.chars().all(|c| c.is_ascii_digit())
}

/// A sentence with the place or time that it opens with behind the rest:
/// "**in #data**, what was said about VAT".
pub(super) fn unfronted(sentence: &str) -> String {
    let first = sentence.split_whitespace().next().unwrap_or_default().to_lowercase();
    if !PREPOSITIONS.contains(&first.as_str()) {
        return sentence.to_owned();
    }
    let Some(at) = fronted_end(sentence) else { return sentence.to_owned() };
    let (phrase, rest) = (sentence[..at].trim_end_matches([',', ' ']), sentence[at..].trim_start_matches([',', ' ']));
    let rest = rest.trim_end_matches(['?', '!', '.', ' ']);
    let speaks = phrase.split_whitespace().count() > 1 && !rest.is_empty();
    // The first letter was a capital for its place alone.
    let mut letters = phrase.chars();
    let lowered: String = letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect();
    if !speaks {
        return sentence.to_owned();
    }
    let end = next_begins(rest);
    format!("{} {lowered}{}", &rest[..end], &rest[end..])
}

/// Where the next thing begins that a sentence asks for: it is not meant
/// there. The sentence's end, if there is none.
fn next_begins(sentence: &str) -> usize {
    let entities = Entities::find(sentence);
    let lower = sentence.to_lowercase();
    let marks = [", and ", ", then ", " and then ", " then ", " and ", ", "];
    let divides = |(at, mark): &(usize, &str)| {
        let next = lower[at + mark.len()..].split_whitespace().next().unwrap_or_default();
        !entities.cover(*at) && (mark.contains("then") || is_verb(next))
    };
    let found = marks.iter().flat_map(|mark| lower.match_indices(mark)).filter(divides).map(|(at, _)| at);
    found.filter(|at| sentence.is_char_boundary(*at)).min().unwrap_or(sentence.len())
}

/// Where the phrase ends that a sentence opens with: at its first comma, or
/// before the first verb.
fn fronted_end(sentence: &str) -> Option<usize> {
    let entities = Entities::find(sentence);
    let base = sentence.as_ptr() as usize;
    for (count, word) in sentence.split_whitespace().enumerate() {
        let at = word.as_ptr() as usize - base;
        let bare = word.trim_end_matches(',').to_lowercase();
        if count > MAX_FRONTED_WORDS {
            return None;
        }
        if count > 1 && !entities.cover(at) && is_verb(&bare) {
            return Some(at);
        }
        if count > 0 && word.ends_with(',') {
            return Some(at + word.len());
        }
    }
    None
}

fn is_verb(word: &str) -> bool {
    is_action_verb(word) || is_read_verb(word) || mood::is_question_word(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_words() {
        let rows = [
            ("1) list docs 2) open the first", "list docs; then open the first"),
            ("open issues -> newest one -> its notes", "open issues; then newest one; then its notes"),
            ("a.md, b.md - show both", "a.md, b.md: show both"),
            ("who wrote it ... then thank them", "who wrote it.  then thank them"),
            ("say 'a -> b - c' in #d", "say 'a -> b - c' in #d"),
            ("step 1) of it", "step 1) of it"),
        ];
        for (query, expected) in rows {
            assert_eq!(plain_marks(query), expected);
        }
    }

    #[test]
    fn what_stands_first_for_emphasis_goes_behind() {
        let rows = [
            ("In #data, has VAT come up?", "has VAT come up in #data"),
            ("Into docs/a.md write 'x'", "write 'x' into docs/a.md"),
            ("To task 116, add the remark 'y, z'", "add the remark 'y, z' to task 116"),
            ("Under config, what is there", "what is there under config"),
            ("In docs list a.md and then read b.md", "list a.md in docs and then read b.md"),
            ("Into a.md write 'x, y', and merge it", "write 'x, y' into a.md, and merge it"),
            ("open a.md", "open a.md"),
            ("in docs", "in docs"),
        ];
        for (sentence, expected) in rows {
            assert_eq!(unfronted(sentence), expected);
        }
    }
}
