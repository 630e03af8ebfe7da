//! How an answer is to be told: what about, in which style, and how roomily.

use plan::AnswerStyle;

use crate::terms::Terms;

/// How an answer is to be told.
#[derive(Debug)]
pub(crate) struct Focus {
    /// What the user asks about.
    pub(crate) terms: Terms,
    /// The plan's wish.
    pub(crate) style: AnswerStyle,
    /// Whether one step's result is all there is to tell.
    pub(crate) alone: bool,
}

impl Focus {
    /// The most bytes of running text told of one record.
    pub(crate) fn body_bytes(&self) -> usize {
        match (self.style, self.alone) {
            (AnswerStyle::Direct, _) => 6000,
            (_, true) => 2400,
            (_, false) => 1000,
        }
    }

    /// The most bytes of running text told of one record in a list.
    pub(crate) fn remark_bytes(&self) -> usize {
        match self.style {
            AnswerStyle::Summary | AnswerStyle::Direct => 420,
            AnswerStyle::List | AnswerStyle::Table => 200,
        }
    }

    /// The most records told in a list or a table.
    pub(crate) fn listed(&self) -> usize {
        match self.style {
            AnswerStyle::Summary if !self.alone => 8,
            AnswerStyle::Summary => 20,
            AnswerStyle::Direct | AnswerStyle::List | AnswerStyle::Table => 50,
        }
    }

    /// The most records told of a list within a record.
    pub(crate) fn nested(&self) -> usize {
        if self.alone { 8 } else { 5 }
    }

    /// The most lines quoted of one text.
    pub(crate) fn quoted_lines(&self) -> usize {
        match (self.style, self.alone) {
            (AnswerStyle::Direct, _) => 120,
            (_, true) => 40,
            (_, false) => 16,
        }
    }
}
