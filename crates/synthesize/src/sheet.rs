//! What one step contributes: statements in order, within a byte budget.

use crate::at::At;
use crate::line::Line;
use crate::{Citation, Form, Statement};

/// What one used step may contribute, in bytes of rendered text. Statements
/// beyond it are not made, and the sheet's last line says so.
pub(crate) const STEP_BYTES: usize = 8 * 1024;

/// Bytes that a line costs beside its words: bullet, markers, line end.
const LINE_BYTES: usize = 12;

/// Statements under construction, all resting on the same sources.
#[derive(Debug)]
pub(crate) struct Sheet {
    sources: Vec<Citation>,
    statements: Vec<Statement>,
    pinned: Option<At>,
    left: usize,
    dropped: bool,
}

impl Sheet {
    /// An empty sheet. Statements cite `sources`; a place in the result is
    /// noted on the citation when there is but one source.
    pub(crate) fn new(sources: Vec<Citation>) -> Self {
        Self { sources, statements: Vec::new(), pinned: None, left: STEP_BYTES, dropped: false }
    }

    /// From here on every statement stands at `at`, whatever it says: its
    /// words were read out of a text, into which no pointer leads.
    pub(crate) fn pin(&mut self, at: &At) {
        self.pinned = Some(at.clone());
    }

    /// Adds a statement; an empty line adds nothing, and neither does one
    /// for which there is no room.
    pub(crate) fn say(&mut self, form: Form, line: Line, at: &At) {
        self.say_also(form, line, at, &[]);
    }

    /// Adds a statement that rests on `also` too.
    pub(crate) fn say_also(&mut self, form: Form, line: Line, at: &At, also: &[Citation]) {
        if line.is_empty() {
            return;
        }
        let cost = self.cost(&form, line.text());
        if self.dropped || cost > self.left {
            self.dropped = true;
            return;
        }
        self.left -= cost;
        let (text, counted) = line.finish();
        let mut citations = self.sources.clone();
        if let [only] = citations.as_mut_slice() {
            only.pointer = self.pinned.as_ref().unwrap_or(at).pointer();
        }
        for citation in also {
            if !citations.iter().any(|own| own.step == citation.step) {
                citations.insert(0, citation.clone());
            }
        }
        self.statements.push(Statement { form, text, citations, counted });
    }

    /// The most bytes that a statement may still have.
    pub(crate) fn room(&self) -> usize {
        if self.dropped { 0 } else { self.left.saturating_sub(self.marker_bytes() + LINE_BYTES) }
    }

    /// Whether nothing but headings was said.
    pub(crate) fn is_bare(&self) -> bool {
        self.statements.iter().all(|statement| statement.form == Form::Heading)
    }

    /// Everything said, with a last line if the room did not suffice.
    pub(crate) fn finish(mut self) -> Vec<Statement> {
        if self.dropped {
            let text = "… the rest is left out: the result is longer than an answer has room for".to_owned();
            self.statements.push(Statement { form: Form::Line, text, citations: self.sources, counted: Vec::new() });
        }
        self.statements
    }

    /// A table's rows each carry the markers.
    fn cost(&self, form: &Form, text: &str) -> usize {
        let lines = text.split('\n').count();
        let marked = if *form == Form::Table { lines } else { 1 };
        text.len() + lines * LINE_BYTES + marked * self.marker_bytes()
    }

    fn marker_bytes(&self) -> usize {
        self.sources.iter().map(|source| source.step.as_str().len() + 2).sum()
    }
}
