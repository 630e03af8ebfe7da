//! Sentences that depend on the question before them.
//!
//! "Is PR 1 merged? **If so,** …", "nothing there? **Then** …": the question
//! is the condition. What goes out is what is to be done, and whether under
//! the opposite of what the question asks.

use super::mood;

/// Words that stand for the question before and for nothing else.
const ANSWERS: &[&str] = &[
    "so",
    "yes",
    "yeah",
    "it",
    "that",
    "they",
    "there",
    "he",
    "she",
    "the",
    "case",
    "is",
    "are",
    "was",
    "were",
    "does",
    "do",
    "did",
    "has",
    "have",
    "any",
    "anything",
    "something",
    "found",
    "turns",
    "turn",
    "comes",
    "up",
    "exists",
    "hit",
    "hits",
    "matches",
    "match",
    "result",
    "results",
    "then",
];

/// Those that say that the opposite is meant.
const DENIALS: &[&str] = &[
    "not", "no", "none", "nope", "nothing", "nobody", "doesnt", "dont", "didnt", "isnt", "arent", "wasnt", "hasnt",
    "havent", "without", "luck",
];

/// The answers that need no comma behind them: "if so post …".
const SHORT: &[&str] = &["so", "not", "yes", "no", "none", "nothing"];

const OPENINGS: &[&str] = &["if ", "in that ", "in which ", "when "];

/// What is to be done, and whether when the answer is no; `None` for a
/// sentence that stands by itself.
pub(super) fn follows(sentence: &str, before: Before) -> Option<(&str, bool)> {
    let lower = sentence.to_lowercase();
    if let Before::Question { denied } = before
        && let Some(opening) = ["then ", "then, "].iter().rev().find(|opening| lower.starts_with(**opening))
    {
        return Some((sentence.get(opening.len()..)?.trim_start_matches([',', ' ']), denied));
    }
    let opening = OPENINGS.iter().find(|opening| lower.starts_with(**opening))?;
    let rest = sentence.get(opening.len()..)?;
    if let Some((answer, body)) = rest.split_once(',')
        && let Some(denied) = answers(answer)
    {
        let body = body.trim_start();
        let then = body.get(..5).filter(|open| open.eq_ignore_ascii_case("then ")).map_or(0, str::len);
        return Some((&body[then..], denied));
    }
    let (answer, body) = rest.split_once(' ')?;
    let short = SHORT.contains(&bare(answer).as_str()) && !body.is_empty();
    short.then(|| (body.strip_prefix("then ").unwrap_or(body), answers(answer).unwrap_or_default()))
}

/// How the sentence before stands to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// It asks what yes or no answers; a *then* is meant for the answer yes,
    /// or for no where the question itself suggests that.
    Question {
        /// "… nothing there?"
        denied: bool,
    },
    /// Anything else.
    Other,
}

impl Before {
    /// How a sentence stands to the next one, and what it asks without the
    /// answer that it suggests: "look for x in y, **nothing there?**".
    pub(super) fn of(sentence: &str, is_question: bool) -> (Self, &str) {
        if !is_question {
            return (Self::Other, sentence);
        }
        if let Some((asked, suggested)) = sentence.rsplit_once(',')
            && answers(suggested) == Some(true)
        {
            return (Self::Question { denied: true }, asked.trim_end());
        }
        let asks_yes_or_no = mood::opening_word(sentence)
            .is_none_or(|word| !mood::is_question_word(&word) || mood::asks_yes_or_no(&word))
            && mood::order(sentence).is_none();
        (if asks_yes_or_no { Self::Question { denied: false } } else { Self::Other }, sentence)
    }
}

/// Whether words are nothing but an answer, and whether it is a no.
fn answers(words: &str) -> Option<bool> {
    let mut denied = false;
    let mut all = words.split_whitespace().map(bare).peekable();
    all.peek()?;
    for word in all {
        let denies = DENIALS.contains(&word.as_str()) || word.ends_with("n't");
        if !denies && !ANSWERS.contains(&word.as_str()) {
            return None;
        }
        denied |= denies;
    }
    Some(denied)
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_leads_on() {
        let rows = [
            ("If so, post it", Some(("post it", false))),
            ("if it does not, comment 'x'", Some(("comment 'x'", true))),
            ("if there aren't any, then say so", Some(("say so", true))),
            ("if nothing turns up, search b", Some(("search b", true))),
            ("if not show the rest", Some(("show the rest", true))),
            ("then list it", Some(("list it", false))),
            ("if it is merged, post it", None),
            ("if the build is red, tell us", None),
            ("show it", None),
        ];
        for (sentence, expected) in rows {
            assert_eq!(follows(sentence, Before::Question { denied: false }), expected, "{sentence}");
        }
        assert_eq!(follows("then list it", Before::Other), None);
    }

    #[test]
    fn a_question_suggests_its_answer() {
        let yes = Before::Question { denied: false };
        let no = Before::Question { denied: true };
        let rows = [
            ("is it open", true, (yes, "is it open")),
            ("look for x in y, nothing there", true, (no, "look for x in y")),
            ("more than 5 open tasks", true, (yes, "more than 5 open tasks")),
            ("who wrote it", true, (Before::Other, "who wrote it")),
            ("is it open", false, (Before::Other, "is it open")),
        ];
        for (sentence, is_question, expected) in rows {
            assert_eq!(Before::of(sentence, is_question), expected, "{sentence}");
        }
    }
}
