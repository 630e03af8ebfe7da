//! The answer while a model writes it.
//!
//! In come the statements that have passed every check; out go lines that fit
//! the terminal, the newest at the end. They stand for the answer only until
//! it comes: then the painter takes them away.

use engine::Event;
use synthesize::{Form, Statement};
use unicode_width::UnicodeWidthStr;

use crate::render::clean;
use crate::render::style::{STRONG, styled};

/// The most statements kept; older ones have left the screen by then.
const MAX_STATEMENTS: usize = 200;

/// What stands above the rest where not all of it fits.
const CUT: &str = "…";

/// The statements so far.
#[derive(Debug, Default)]
pub(super) struct Telling(Vec<Statement>);

impl Telling {
    /// Takes in what happened.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::AnswerDelta { statement, .. } => {
                if self.0.len() == MAX_STATEMENTS {
                    self.0.remove(0);
                }
                self.0.push(statement.clone());
            }
            // Another plan makes another answer.
            Event::Planned { .. } => self.0.clear(),
            Event::Waiting { .. } | Event::Drafted { .. } | Event::ModelCalled { .. } | Event::Step { .. } => {}
        }
    }

    /// The last of it, in lines of at most `width` columns, at most `rows`.
    pub(super) fn lines(&self, width: usize, rows: usize) -> Vec<String> {
        if self.0.is_empty() || rows < 2 {
            return Vec::new();
        }
        let mut lines = vec![String::new()];
        lines.extend(self.0.iter().flat_map(|statement| set(statement, width)));
        if lines.len() > rows {
            lines.drain(..=lines.len() - rows);
            lines.insert(0, CUT.to_owned());
        }
        lines
    }
}

fn set(statement: &Statement, width: usize) -> Vec<String> {
    let mut steps: Vec<&str> = statement.citations.iter().map(|citation| citation.step.as_str()).collect();
    steps.dedup();
    let markers: String = steps.iter().map(|step| format!(" [{step}]")).collect();
    let (indent, is_title) = match statement.form {
        Form::Heading | Form::Title => (0, true),
        Form::Item { depth } | Form::Quote { depth } => (usize::from(depth) * 2, false),
        Form::Line | Form::Table | Form::Gap => (0, false),
    };
    let bullet = if matches!(statement.form, Form::Item { .. }) { "- " } else { "" };
    let text = format!("{bullet}{}{markers}", clean::lines(&statement.text));
    let lines = text.lines().flat_map(|line| wrapped(line, width.saturating_sub(indent)));
    lines.map(|line| format!("{}{}", " ".repeat(indent), if is_title { styled(STRONG, line) } else { line })).collect()
}

/// A line in as many as it takes, broken between words.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_inclusive(' ') {
        let fits = lines.last().is_some_and(|last| last.width() + word.trim_end().width() <= width);
        if !fits && lines.last().is_some_and(|last| !last.trim().is_empty()) {
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(word);
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use query::QueryId;

    use super::*;

    fn telling(statements: &[(Form, &str)]) -> Telling {
        let mut telling = Telling::default();
        for (form, text) in statements {
            let (citations, counted) = (Vec::new(), Vec::new());
            let statement = Statement { text: (*text).to_owned(), form: *form, citations, counted };
            telling.take(&Event::AnswerDelta { query: QueryId::new("q"), statement });
        }
        telling
    }

    #[test]
    fn statements_fit_the_screen() {
        let two =
            telling(&[(Form::Line, "One crate is full."), (Form::Item { depth: 1 }, "the other\u{1b}[2J is not")]);
        let rows: [(usize, usize, &[&str]); 5] = [
            (40, 24, &["", "One crate is full.", "  - the other<U+001B>[2J is not"]),
            (24, 24, &["", "One crate is full.", "  - the other<U+001B>[2J", "  is not"]),
            (40, 2, &["…", "  - the other<U+001B>[2J is not"]),
            (40, 1, &[]),
            (40, 0, &[]),
        ];
        for (width, height, expected) in rows {
            assert_eq!(two.lines(width, height), expected, "{width} x {height}");
        }
        assert_eq!(Telling::default().lines(40, 24), Vec::<String>::new());
    }

    #[test]
    fn a_new_plan_begins_a_new_answer() {
        let mut telling = telling(&[(Form::Line, "One crate is full.")]);
        telling.take(&Event::Planned { query: QueryId::new("q"), steps: Vec::new(), explain: String::new() });
        assert!(telling.0.is_empty());
    }
}
