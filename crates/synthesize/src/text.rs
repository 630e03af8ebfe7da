//! A text result: prose, a diff, a log, a listing, or lines to be quoted.

use serde_json::Value;

use crate::at::At;
use crate::cut::head;
use crate::extract::extract;
use crate::focus::Focus;
use crate::line::Line;
use crate::passage::Kind;
use crate::sheet::Sheet;
use crate::{Form, diff, log, quote};

/// How much of a text is read to tell what kind of text it is, in bytes.
const SAMPLE_BYTES: usize = 8 * 1024;
/// The longest passage told at once, in bytes.
const PASSAGE_BYTES: usize = 700;
/// The least share of lines that must look like prose.
const PROSE_SHARE: f32 = 0.6;
/// Words from which on a line looks like prose.
const PROSE_WORDS: usize = 6;

/// What kind of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Genre {
    /// Sentences, paragraphs, lists.
    Prose,
    /// A unified diff.
    Diff,
    /// Lines with a time or a level each.
    Log,
    /// Anything whose lines mean something as they stand.
    Lines,
}

/// Tells a text, `budget` bytes of it at most where it is prose.
pub(crate) fn tell(text: &str, budget: usize, at: &At, sheet: &mut Sheet, focus: &Focus) {
    match genre(text) {
        Genre::Diff => diff::tell(text, at, sheet, focus),
        Genre::Log => log::tell(text, at, sheet, focus),
        Genre::Lines => quote::tell(text, at, sheet, focus),
        Genre::Prose => {
            for run in extract(text, &focus.terms, budget) {
                let form = match run.kind {
                    Kind::Heading => Form::Title,
                    Kind::Bullet => Form::Item { depth: 0 },
                    Kind::Sentence => Form::Line,
                };
                sheet.say(form, run.line(PASSAGE_BYTES), at);
            }
        }
    }
}

/// A text in one line, for a list.
pub(crate) fn in_one_line(text: &str, budget: usize, focus: &Focus) -> Line {
    match genre(text) {
        Genre::Diff => diff::in_one_line(text),
        _ => crate::extract::gist(text, &focus.terms, budget),
    }
}

/// Whether a value is a text that is a diff.
pub(crate) fn is_diff(value: &Value) -> bool {
    value.as_str().is_some_and(|text| diff::is_diff(head(text, SAMPLE_BYTES)))
}

/// Judges a text by its first lines.
pub(crate) fn genre(text: &str) -> Genre {
    let sample = head(text, SAMPLE_BYTES);
    if diff::is_diff(sample) {
        return Genre::Diff;
    }
    let lines: Vec<&str> = sample.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() >= log::LEAST_LINES && share(&lines, log::is_entry) >= PROSE_SHARE {
        return Genre::Log;
    }
    let is_code = share(&lines, is_code) > 1.0 - PROSE_SHARE;
    let is_prose = lines.len() <= 2 || share(&lines, is_prose) >= PROSE_SHARE;
    if is_prose && !is_code { Genre::Prose } else { Genre::Lines }
}

fn share(lines: &[&str], holds: impl Fn(&str) -> bool) -> f32 {
    let holding = lines.iter().filter(|line| holds(line)).count();
    if lines.is_empty() { 0.0 } else { holding as f32 / lines.len() as f32 }
}

fn is_prose(line: &str) -> bool {
    let bare = line.trim();
    let is_marked = ["# ", "## ", "### ", "- ", "* ", "> "].iter().any(|mark| bare.starts_with(mark));
    let is_numbered = crate::passage::is_numbered(bare);
    let ends_sentence = bare.ends_with(['.', '!', '?', ':', ';', ',', ')']);
    let words = bare.split_whitespace().count();
    is_marked || is_numbered || words >= PROSE_WORDS || ends_sentence && words > 2
}

fn is_code(line: &str) -> bool {
    let bare = line.trim();
    let ends = bare.ends_with(['{', '}', ';', ']', '\\']) || bare.ends_with("):") || bare.ends_with("),");
    let begins = ["import ", "from ", "def ", "class ", "fn ", "let ", "const ", "return ", "if ", "#include", "@"];
    ends || begins.iter().any(|word| bare.starts_with(word)) && !bare.ends_with('.') || bare.contains(" = ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart() {
        let rows = [
            ("One sentence only.", Genre::Prose),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b", Genre::Diff),
            ("@@ -1,2 +1,3 @@\n a\n+b", Genre::Diff),
            ("[DIR] src\n[DIR] tests\n[FILE] README.md\n[FILE] Cargo.toml", Genre::Lines),
            ("import time\n\ndef pause(self):\n    x = 1\n    return x", Genre::Lines),
            (
                "# Runbook\n\n1. Look at the dashboard: which service, since when?\n2. Restart one instance.\n",
                Genre::Prose,
            ),
            (
                "2026-11-01T10:00:00Z INFO start\n2026-11-01T10:00:01Z ERROR no answer\n2026-11-01T10:00:02Z INFO end",
                Genre::Log,
            ),
            ("", Genre::Prose),
        ];
        for (text, expected) in rows {
            assert_eq!(genre(text), expected, "{text}");
        }
    }
}
