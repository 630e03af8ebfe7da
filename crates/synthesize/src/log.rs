//! A log: its lines that matter most, in their order.

use std::collections::BTreeSet;

use crate::Form;
use crate::at::At;
use crate::cut::head;
use crate::focus::Focus;
use crate::line::Line;
use crate::role::looks_like_date;
use crate::sheet::Sheet;

/// The least number of lines that make a log.
pub(crate) const LEAST_LINES: usize = 3;

/// How much of one log is read, in bytes.
const READ_BYTES: usize = 64 * 1024;
/// The longest line told, in bytes.
const LINE_BYTES: usize = 240;

/// Levels by how much their lines matter; a line without one matters least.
const GRAVE: &[&str] = &["ERROR", "FATAL", "CRITICAL", "PANIC", "EMERG", "ALERT"];
const WARNING: &[&str] = &["WARN", "WARNING"];
const CALM: &[&str] = &["INFO", "DEBUG", "TRACE", "NOTICE"];

/// Whether a line looks like a log's: it begins with a time or names a level.
pub(crate) fn is_entry(line: &str) -> bool {
    let bare = line.trim_start_matches(['[', ' ']);
    let begins_with_time = bare.len() > 19 && looks_like_date(bare) || bare.get(..8).is_some_and(is_clock);
    begins_with_time || [GRAVE, WARNING, CALM].into_iter().any(|levels| names(line, levels))
}

/// Tells the lines that matter most: what the query asks about, errors before
/// warnings, later before earlier.
pub(crate) fn tell(text: &str, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let total = text.lines().filter(|line| !line.trim().is_empty()).count();
    let read = head(text, READ_BYTES);
    let lines: Vec<&str> = read.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut order: Vec<(f32, usize)> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| (weight(line, focus) + i as f32 / lines.len() as f32 * 0.5, i))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let kept: BTreeSet<usize> = order.into_iter().take(focus.quoted_lines()).map(|(_, i)| i).collect();
    let lead = match kept.len() {
        shown if shown == total => Line::new().own("Log lines: ").count(total),
        shown => Line::new().own("Log lines: ").count(shown).own(" of ").count(total).own(" shown"),
    };
    sheet.say(Form::Line, lead, at);
    for i in kept {
        sheet.say(Form::Quote { depth: 0 }, Line::new().verbatim(lines[i], LINE_BYTES), at);
    }
}

fn weight(line: &str, focus: &Focus) -> f32 {
    let level = if names(line, GRAVE) {
        3.0
    } else if names(line, WARNING) {
        1.5
    } else {
        0.0
    };
    level + focus.terms.weigh_text(head(line, LINE_BYTES * 2))
}

fn names(line: &str, levels: &[&str]) -> bool {
    let mut words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(10);
    words.any(|word| levels.contains(&word))
}

fn is_clock(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "00:00:00"
}
