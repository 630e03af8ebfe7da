//! One line of what a model wrote: its form, and its sentences with the steps
//! they cite. Whether it holds is not judged here.

use super::marker::{Marked, sentences};
use crate::Form;

/// The deepest list, counted from 0.
const MAX_DEPTH: u8 = 3;

/// What one line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Nothing that says anything.
    Nothing,
    /// The beginning of a list of sources, which the program makes itself.
    Sources,
    /// Words.
    Words(Form, Vec<Marked>),
}

/// Reads one line.
pub(crate) fn read(line: &str, is_step: &dyn Fn(&str) -> bool) -> Reply {
    let (form, words) = form(line);
    let bare = words.trim_matches(|c: char| c.is_whitespace() || "*_:#".contains(c));
    if bare.eq_ignore_ascii_case("sources") || bare.eq_ignore_ascii_case("missing") {
        return Reply::Sources;
    }
    if words.trim_start().starts_with("```") || !words.contains(char::is_alphanumeric) {
        return Reply::Nothing;
    }
    let words = if words.starts_with('|') { row(words) } else { words.to_owned() };
    let mut found = sentences(&words, is_step);
    if form == Form::Heading {
        found = joined(found);
    }
    let is_bold = |marked: &Marked| {
        let text = marked.text.trim();
        text.len() > 4 && text.starts_with("**") && text.ends_with("**") && !text[2..text.len() - 2].contains("**")
    };
    let form = match found.as_slice() {
        [only] if form == Form::Line && is_bold(only) => Form::Title,
        _ => form,
    };
    if found.is_empty() { Reply::Nothing } else { Reply::Words(form, found) }
}

/// What kind of line it is, and its words.
fn form(line: &str) -> (Form, &str) {
    let bare = line.trim_start();
    let indent = line.len() - bare.len();
    let depth = u8::try_from(indent / 2).unwrap_or(MAX_DEPTH).min(MAX_DEPTH);
    let words = bare.trim_end();
    let hashes = words.len() - words.trim_start_matches('#').len();
    if hashes > 0 && words[hashes..].starts_with(' ') {
        return (Form::Heading, words[hashes..].trim());
    }
    if let Some(rest) = ["- ", "* ", "• ", "+ "].iter().find_map(|mark| words.strip_prefix(mark)) {
        return (Form::Item { depth }, rest.trim());
    }
    if let Some(rest) = words.strip_prefix('>') {
        return (Form::Line, rest.trim());
    }
    match numbering(words) {
        Some(rest) => (Form::Item { depth }, rest),
        None => (Form::Line, words),
    }
}

/// What follows `1. ` or `2) `.
fn numbering(words: &str) -> Option<&str> {
    let rest = words.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_short = (1..=3).contains(&(words.len() - rest.len()));
    let rest = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))?;
    is_short.then(|| rest.trim())
}

/// A row of a table as one line.
fn row(words: &str) -> String {
    let cells = words.trim_matches('|').split('|').map(str::trim).filter(|cell| !cell.is_empty());
    cells.collect::<Vec<_>>().join(" · ")
}

fn joined(found: Vec<Marked>) -> Vec<Marked> {
    let all = found.into_iter().reduce(|mut all, next| {
        all.text.push_str(&next.text);
        all.cited.extend(next.cited);
        all
    });
    all.into_iter().collect()
}

/// What follows the number of a line that is written again: `3: …`.
pub(crate) fn renumbered(line: &str) -> Option<(usize, &str)> {
    let bare = line.trim_start().trim_start_matches(['*', '-', ' ']);
    let bare = bare.strip_prefix("Line ").or_else(|| bare.strip_prefix("line ")).unwrap_or(bare);
    let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &bare[..bare.len() - rest.len()];
    let rest = rest.strip_prefix([':', ')'])?;
    Some((digits.parse().ok()?, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_forms() {
        let is_step = |name: &str| name == "s1";
        let words = |form, text: &str, cited: &[&str]| {
            let cited = cited.iter().map(|name| (*name).to_owned()).collect();
            Reply::Words(form, vec![Marked { text: text.to_owned(), cited }])
        };
        let rows = [
            ("", Reply::Nothing),
            ("---", Reply::Nothing),
            ("```json", Reply::Nothing),
            ("|---|:--|", Reply::Nothing),
            ("**Sources:**", Reply::Sources),
            ("## Retries [s1]", words(Form::Heading, "Retries ", &["s1"])),
            ("#123 is open [s1]", words(Form::Line, "#123 is open ", &["s1"])),
            ("  - one [s1]", words(Form::Item { depth: 1 }, "one ", &["s1"])),
            ("2. two [s1]", words(Form::Item { depth: 0 }, "two ", &["s1"])),
            ("> said [s1]", words(Form::Line, "said ", &["s1"])),
            ("**Title** [s1]", words(Form::Title, "**Title** ", &["s1"])),
            ("| a | b | [s1] |", words(Form::Line, "a · b · ", &["s1"])),
        ];
        for (line, expected) in rows {
            assert_eq!(read(line, &is_step), expected, "{line}");
        }
    }

    #[test]
    fn numbers_before_a_line_are_read() {
        let rows = [
            ("3: x [s1]", Some((3, "x [s1]"))),
            ("- 12: -", Some((12, "-"))),
            ("Line 4: y", Some((4, "y"))),
            (": z", None),
            ("at 10 we", None),
            ("99999999999999999999999: x", None),
        ];
        for (line, expected) in rows {
            assert_eq!(renumbered(line), expected, "{line}");
        }
    }
}
