//! Sentences, and the conditions they are said under.

use super::following::{Before, follows};
use super::mood;
use super::paraphrase::{plainly, with_plain_verb};
use super::part::repetition;
use super::passive::active;
use super::wording::{plain_marks, unfronted};
use route::{Entities, is_action_verb, is_read_verb};

/// A condition in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// Its words, without *if*.
    pub(super) text: String,
    /// Whether the opposite is meant: *unless*, *otherwise*.
    pub(super) negated: bool,
}

/// Words that open a condition at a sentence's beginning.
const OPENERS: &[(&str, bool)] = &[
    ("as long as ", false),
    ("so long as ", false),
    ("in the event that ", false),
    ("on condition that ", false),
    ("assuming that ", false),
    ("assuming ", false),
    ("given that ", false),
    ("in case ", false),
    ("provided that ", false),
    ("provided ", false),
    ("only if ", false),
    ("only where ", false),
    ("only when ", false),
    ("supposing ", false),
    ("suppose that ", false),
    ("suppose ", false),
    ("except if ", true),
    ("should ", false),
    ("if ", false),
    ("when ", false),
    ("as soon as ", false),
    ("once ", false),
    ("unless ", true),
];

/// Words behind *when* that make it a question.
const QUESTIONS: &[&str] = &["was", "were", "did", "is", "are", "do", "does", "will", "has"];

/// Words that open a condition at a sentence's end.
const CLOSERS: &[(&str, bool)] = &[
    (" but only if ", false),
    (" but only when ", false),
    (" but only once ", false),
    (" only if ", false),
    (" only when ", false),
    (" only once ", false),
    (" in the event that ", false),
    (" on condition that ", false),
    (" assuming that ", false),
    (" assuming ", false),
    (" given that ", false),
    (" in case ", false),
    (" as long as ", false),
    (" so long as ", false),
    (" provided that ", false),
    (" provided ", false),
    (" if ", false),
    (" unless ", true),
    (" except when ", true),
    (" except if ", true),
];

/// Words with which the other branch opens.
const OTHERWISE: &[&str] = &["otherwise ", "otherwise, ", "else ", "if not, ", "if not "];

/// A sentence's body with the condition it stands under. A branch that opens
/// with *otherwise* stands under the opposite of the condition before it, and
/// one that opens with *if so* under what the question before it asks.
pub(super) fn sentences(query: &str) -> Vec<(Option<Condition>, String)> {
    let mut found: Vec<(Option<Condition>, String)> = Vec::new();
    let mut before = Before::Other;
    for (sentence, is_question) in divided(&branches(&plainly(&plain_marks(query)))) {
        let sentence = active(&sentence).unwrap_or(sentence);
        let sentence = mood::without_courtesies(&sentence).to_owned();
        if let Some((body, negated)) = follows(&sentence, before) {
            match found.last().cloned() {
                // The other answer to the same question.
                Some((Some(condition), _)) => {
                    let condition = Condition { negated: negated != condition.negated, ..condition };
                    found.push((Some(condition), ordered(body)));
                    continue;
                }
                // The question before it is the condition.
                Some((None, question)) => {
                    found.pop();
                    found.push((Some(Condition { text: asked(&question), negated }), ordered(body)));
                    continue;
                }
                None => {}
            }
        }
        if let Some(body) = opened_by(&sentence, OTHERWISE) {
            let body = found.last().and_then(|(_, before)| repetition(before, body)).unwrap_or_else(|| body.to_owned());
            let opposite = found.last().and_then(|(condition, _)| condition.clone());
            let opposite = opposite.map(|condition| Condition { negated: !condition.negated, ..condition });
            found.push((opposite, ordered(&body)));
            continue;
        }
        let (stands, sentence) = Before::of(&sentence, is_question);
        before = stands;
        let (condition, body) = parse(sentence);
        let body = found.last().and_then(|(_, before)| repetition(before, &body)).unwrap_or(body);
        found.push((condition, ordered(&body)));
    }
    found
}

fn ordered(body: &str) -> String {
    with_plain_verb(&unfronted(body))
}

/// "Depending on whether C, A (if so) or B (if not)" as "if C, A; otherwise
/// B".
fn branches(query: &str) -> String {
    let lower = query.to_lowercase();
    let Some(at) = lower.find("depending on whether ").filter(|at| !Entities::find(query).cover(*at)) else {
        return query.to_owned();
    };
    let rest = &query[at + "depending on whether ".len()..];
    let split = rest.split_once(", ").and_then(|(condition, both)| {
        let both = ["(if so)", "(if not)", "either "].iter().fold(both.to_owned(), |both, mark| both.replace(mark, ""));
        let at = both.find(" or ").filter(|at| !Entities::find(&both).cover(*at))?;
        let (yes, no) = (both[..at].trim(), both[at + " or ".len()..].trim());
        Some(format!("if {condition}, {yes}; otherwise {no}"))
    });
    split.map_or_else(|| query.to_owned(), |split| format!("{}{split}", &query[..at]))
}

/// A question as what it asks: "check whether PR 1 is closed".
fn asked(question: &str) -> String {
    let lower = question.to_lowercase();
    let openings = ["check whether ", "check if ", "see whether ", "see if ", "find out whether ", "find out if "];
    let opening = openings.iter().find(|opening| lower.starts_with(**opening)).map_or(0, |opening| opening.len());
    question.get(opening..).unwrap_or(question).to_owned()
}

fn parse(sentence: &str) -> (Option<Condition>, String) {
    let lower = sentence.to_lowercase();
    for (opener, negated) in OPENERS {
        let Some(rest) = lower.strip_prefix(opener).and_then(|rest| sentence.get(sentence.len() - rest.len()..)) else {
            continue;
        };
        let asks_when =
            rest.split_whitespace().next().is_some_and(|word| QUESTIONS.contains(&word.to_lowercase().as_str()));
        // "Once you have that": only an order in time.
        let in_time = *opener == "once " && rest.to_lowercase().starts_with("you ");
        if let Some((condition, body)) = at_boundary(rest).filter(|_| !asks_when && !in_time) {
            return (Some(Condition { text: condition.to_owned(), negated: *negated }), body.to_owned());
        }
    }
    let entities = Entities::find(sentence);
    for (closer, negated) in CLOSERS {
        let Some(at) = lower.find(closer).filter(|at| !entities.cover(*at)) else { continue };
        let (body, condition) = (sentence.get(..at), sentence.get(at + closer.len()..));
        let asks_whether = |text: &str| {
            ["see", "check", "know", "tell me", "find out"].iter().any(|verb| text.trim_end().ends_with(verb))
        };
        let body = body.filter(|text| !asks_whether(text));
        let is_courtesy = |text: &str| {
            ["you ", "u ", "possible", "i may", "i can"].iter().any(|open| text.to_lowercase().starts_with(open))
        };
        if let (Some(body), Some(condition)) = (body, condition.filter(|text| !is_courtesy(text))) {
            let body = body.trim_end_matches([',', ' ']).to_owned();
            return (Some(Condition { text: condition.to_owned(), negated: *negated }), body);
        }
    }
    (None, sentence.to_owned())
}

/// Words that make what is said with them depend on something. Where one is
/// left in a clause, its condition was not understood.
pub(super) fn depends(clause: &str) -> bool {
    let entities = Entities::find(clause);
    let lower = clause.to_lowercase();
    let words = [
        " if ",
        " when ",
        " unless ",
        " provided ",
        " as long as ",
        " in case ",
        " except ",
        " until ",
        " once ",
        " only ",
    ];
    let padded = format!(" {lower} ");
    words.iter().any(|word| padded.match_indices(word).any(|(at, _)| !entities.cover(at)))
}

/// Where a condition ends and what is to be done begins: at a comma, at
/// *then*, or before the first verb that orders or looks.
pub(super) fn at_boundary(text: &str) -> Option<(&str, &str)> {
    let entities = Entities::find(text);
    let outside = |at: &usize| !entities.cover(*at);
    let marked = [", then ", " then ", ", ", ": "]
        .iter()
        .find_map(|mark| text.find(mark).filter(outside).map(|at| (at, mark.len())));
    if let Some((at, len)) = marked {
        return Some((text.get(..at)?, text.get(at + len..)?));
    }
    // A verb right at the beginning belongs to the condition itself.
    const LEAD: usize = 2;
    let base = text.as_ptr() as usize;
    let starts = text.split_whitespace().map(|word| (word.as_ptr() as usize - base, word)).skip(LEAD);
    let verb =
        |(at, word): &(usize, &str)| outside(at) && (is_action_verb(word) || is_read_verb(word)) && *word != "open";
    let (at, _) = starts.into_iter().find(verb)?;
    Some((text[..at].trim_end(), &text[at..]))
}

fn opened_by<'a>(sentence: &'a str, openers: &[&str]) -> Option<&'a str> {
    let lower = sentence.to_lowercase();
    openers.iter().find(|opener| lower.starts_with(**opener)).and_then(|opener| sentence.get(opener.len()..))
}

/// Sentences end at a full stop, a question or an exclamation mark before
/// white space, and at a semicolon; a branch that opens with *otherwise* is
/// one of its own. With each: whether it is a question.
fn divided(query: &str) -> Vec<(String, bool)> {
    let entities = Entities::find(query);
    let mut found: Vec<(&str, bool)> = Vec::new();
    let mut begun = 0;
    for (at, c) in query.char_indices() {
        let behind = &query[at + c.len_utf8()..];
        let ends = match c {
            '.' | '?' | '!' => behind.starts_with(char::is_whitespace),
            ';' => true,
            ',' => opened_by(behind.trim_start(), OTHERWISE).is_some(),
            _ => false,
        };
        if ends && !entities.cover(at) {
            found.push((&query[begun..at], c == '?'));
            begun = at + c.len_utf8();
        }
    }
    found.push((&query[begun..], query.trim_end().ends_with('?')));
    let clean = |(sentence, asks): (&str, bool)| {
        (sentence.trim_matches(|c: char| c.is_whitespace() || ".?!,;".contains(c)).to_owned(), asks)
    };
    found.into_iter().map(clean).filter(|(sentence, _)| !sentence.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_taken_off() {
        let rows = [
            ("If PR 1 is open, post 'hi, you' in #a.", "[PR 1 is open] post 'hi, you' in #a"),
            ("unless pr 121 is merged post 'still' in #b", "[not: pr 121 is merged] post 'still' in #b"),
            ("Merge PR 1 if it is approved", "[it is approved] Merge PR 1"),
            (
                "If X is closed, list its comments; otherwise show its diff",
                "[X is closed] list its comments | [not: X is closed] show its diff",
            ),
            ("Post 'x' in #a in the event that X is closed", "[X is closed] Post 'x' in #a"),
            ("Merge PR 1, but only if it is approved", "[it is approved] Merge PR 1"),
            ("is X closed? if it is not, list a", "[not: is X closed] list a"),
            ("look for x in a, nothing there? then look in b", "[not: look for x in a] look in b"),
            ("X closed? then a, if not then b", "[X closed] a | [not: X closed] b"),
            ("Should more than 3 tasks be open, post 'x'", "[more than 3 tasks be open] post 'x'"),
            ("who wrote X? then list a", "who wrote X | then list a"),
            (
                "Depending on whether X is open, list a (if so) or show b (if not).",
                "[X is open] list a | [not: X is open] show b",
            ),
            ("Read a.md. Then read b.md", "Read a.md | Then read b.md"),
            ("show version 1.2 of it", "show version 1.2 of it"),
        ];
        for (query, expected) in rows {
            let shown = |(condition, body): (Option<Condition>, String)| match condition {
                Some(Condition { text, negated: true }) => format!("[not: {text}] {body}"),
                Some(Condition { text, negated: false }) => format!("[{text}] {body}"),
                None => body,
            };
            let all: Vec<String> = sentences(query).into_iter().map(shown).collect();
            assert_eq!(all.join(" | "), expected);
        }
    }
}
