//! A line under construction, in which our words and an upstream's are told
//! apart: ours go in as they are, theirs only cleaned.

use crate::clean;
use crate::cut::{head, shortened};

/// How many bytes of an upstream's text are read for one byte shown; the rest
/// can only be cut away.
const READ_PER_SHOWN: usize = 8;

/// A line under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    text: String,
    counted: Vec<u64>,
}

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds words of ours.
    #[must_use]
    pub(crate) fn own(mut self, words: &str) -> Self {
        self.text.push_str(words);
        self
    }

    /// Adds a number that was counted here.
    #[must_use]
    pub(crate) fn count(mut self, number: usize) -> Self {
        self.text.push_str(&number.to_string());
        self.counted.push(u64::try_from(number).unwrap_or(u64::MAX));
        self
    }

    /// Adds an upstream's words as running text, at most `limit` bytes.
    #[must_use]
    pub(crate) fn quote(mut self, words: &str, limit: usize) -> Self {
        let reach = limit.saturating_mul(READ_PER_SHOWN).saturating_add(1024);
        let read = head(words, reach);
        let mut shown = shortened(&clean::inline(read), limit);
        if read.len() < words.len() && !shown.ends_with('…') {
            shown.push_str(if shown.is_empty() { "…" } else { " …" });
        }
        self.text.push_str(&shown);
        self
    }

    /// Adds an upstream's line as it stands, at most `limit` bytes.
    #[must_use]
    pub(crate) fn verbatim(mut self, line: &str, limit: usize) -> Self {
        let reach = limit.saturating_mul(READ_PER_SHOWN).saturating_add(1024);
        self.text.push_str(&shortened(&clean::as_it_stands(head(line, reach)), limit));
        self
    }

    /// Adds another line at its end.
    #[must_use]
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.text.push_str(&other.text);
        self.counted.extend(other.counted);
        self
    }

    /// Adds the lines with `between` them.
    #[must_use]
    pub(crate) fn joined(mut self, lines: Vec<Self>, between: &str) -> Self {
        for (i, line) in lines.into_iter().enumerate() {
            if i > 0 {
                self.text.push_str(between);
            }
            self = self.then(line);
        }
        self
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What stands in it so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Its text, and the numbers in it that were counted here.
    pub(crate) fn finish(self) -> (String, Vec<u64>) {
        (self.text, self.counted)
    }
}
