//! Statements handed on while the model writes.
//!
//! What comes in: pieces of text, as they arrive. What goes out: statements
//! that have passed every check, each once, in order. Nothing unchecked is
//! handed on, and nothing behind a line that does not hold.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use model::Deltas;

use super::checker::Checker;
use super::manuscript::{MAX_REPLY_BYTES, Manuscript};
use crate::Statement;

/// Receives each statement as soon as it is complete and has passed every
/// check. Called from the task that awaits the answer; it must not block.
///
/// What it received is the beginning of the answer, unless the extractive
/// answer stands in the end.
pub type Said = Arc<dyn Fn(&Statement) + Send + Sync>;

/// Listens to the model and speaks on.
#[derive(Clone)]
pub(crate) struct Stream(Option<Arc<Mutex<Ear>>>);

struct Ear {
    said: Said,
    checker: Arc<Checker>,
    manuscript: Manuscript,
    /// What came of a line that has not ended.
    line: String,
    heard_bytes: usize,
    handed_on: Vec<Statement>,
}

impl Stream {
    /// One that hands statements on, or one that does nothing.
    pub(crate) fn new(checker: Arc<Checker>, said: Option<Said>) -> Self {
        let ear = |said| Ear {
            said,
            checker,
            manuscript: Manuscript::default(),
            line: String::new(),
            heard_bytes: 0,
            handed_on: Vec::new(),
        };
        Self(said.map(|said| Arc::new(Mutex::new(ear(said)))))
    }

    /// Where the model's text is to go, if anywhere.
    pub(crate) fn deltas(&self) -> Option<Deltas> {
        let ear = self.0.clone()?;
        Some(Arc::new(move |piece: &str| ear.lock().unwrap_or_else(PoisonError::into_inner).hear(piece)))
    }

    /// Hands on what is certain once the model has finished.
    pub(crate) fn settle(&self, manuscript: &Manuscript) {
        self.finish(&manuscript.settled());
    }

    /// Hands on the rest of an answer.
    pub(crate) fn finish(&self, statements: &[Statement]) {
        if let Some(ear) = &self.0 {
            ear.lock().unwrap_or_else(PoisonError::into_inner).hand_on(statements);
        }
    }
}

impl Ear {
    fn hear(&mut self, piece: &str) {
        self.heard_bytes = self.heard_bytes.saturating_add(piece.len());
        if self.heard_bytes > MAX_REPLY_BYTES {
            return;
        }
        self.line.push_str(piece);
        while let Some(end) = self.line.find('\n') {
            let line: String = self.line.drain(..=end).collect();
            self.manuscript.push(&line, &self.checker);
            self.hand_on(&self.manuscript.settled());
        }
    }

    /// Hands on what goes beyond what was handed on already; nothing, if that
    /// is not how these statements begin.
    fn hand_on(&mut self, statements: &[Statement]) {
        if let Some(new) = statements.strip_prefix(self.handed_on.as_slice()) {
            new.iter().for_each(|statement| (self.said)(statement));
            self.handed_on.extend_from_slice(new);
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.0.is_some()).finish()
    }
}
