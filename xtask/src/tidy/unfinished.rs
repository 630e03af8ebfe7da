//! What is unfinished is not checked in.

use super::rule::{Finding, Rule};
use super::source::Source;

/// What people write where they mean to come back.
const MARKS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

/// The rule.
pub(super) const RULE: Rule = Rule {
    name: "unfinished",
    reason: "a mark in the code is read by nobody who could act on it: finish it, or open an issue",
    check,
};

fn check(source: &Source) -> Vec<Finding> {
    if source.is_rulebook() {
        return Vec::new();
    }
    let marked = |(line, text)| Some(Finding::at(line, format!("it says `{}`", mark(text)?)));
    source.lines().filter_map(marked).collect()
}

/// The mark that a line has as a word of its own.
fn mark(line: &str) -> Option<&'static str> {
    let alone = |mark: &str| {
        line.match_indices(mark).any(|(at, _)| {
            let joined = |c: char| c.is_alphanumeric() || c == '_';
            !line[..at].ends_with(joined) && !line[at + mark.len()..].starts_with(joined)
        })
    };
    MARKS.iter().copied().find(|mark| alone(mark))
}

#[cfg(test)]
mod tests {
    use super::super::rule::found;
    use super::*;

    #[test]
    fn marks_are_words_of_their_own() {
        let rows = [
            ("// TODO: later", vec!["1: it says `TODO`"]),
            ("x\n# FIXME(me)", vec!["2: it says `FIXME`"]),
            ("Todo lists, a TODOS table and aXXXb", vec![]),
        ];
        for (text, expected) in rows {
            assert_eq!(found(&RULE, "a.rs", text), expected, "{text:?}");
        }
    }
}
