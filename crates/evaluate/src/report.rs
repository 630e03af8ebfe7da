//! The figures of a file, or of several: all of it, by category and by style.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Category, Labelled, Score, Spent, Style, Tally};

/// What becomes of queries that cannot be planned without a language model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModelLines {
    /// They are counted by themselves: there is no model.
    #[default]
    Apart,
    /// They are counted with all others: there is one.
    Along,
}

/// The figures of a file, or of several.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    all: Tally,
    categories: BTreeMap<Category, Tally>,
    styles: BTreeMap<Style, Tally>,
    needs_model: Tally,
    #[serde(skip)]
    model_lines: ModelLines,
}

impl Report {
    /// A report without queries.
    pub fn new(model_lines: ModelLines) -> Self {
        Self { model_lines, ..Self::default() }
    }

    /// Counts one query in.
    pub fn add(&mut self, labelled: &Labelled, score: &Score, spent: &Spent) {
        if labelled.needs_model {
            self.needs_model.add(score, spent);
            if self.model_lines == ModelLines::Apart {
                return;
            }
        }
        self.all.add(score, spent);
        self.categories.entry(labelled.category).or_default().add(score, spent);
        self.styles.entry(labelled.style).or_default().add(score, spent);
    }

    /// The main figures.
    pub fn all(&self) -> &Tally {
        &self.all
    }

    /// The same for each category there is.
    pub fn categories(&self) -> impl Iterator<Item = (Category, &Tally)> {
        self.categories.iter().map(|(category, tally)| (*category, tally))
    }

    /// The same for each style there is.
    pub fn styles(&self) -> impl Iterator<Item = (Style, &Tally)> {
        self.styles.iter().map(|(style, tally)| (*style, tally))
    }

    /// The queries that need a model, by themselves.
    pub fn needs_model(&self) -> &Tally {
        &self.needs_model
    }

    /// Whether those are part of the main figures, too.
    pub fn model_lines(&self) -> ModelLines {
        self.model_lines
    }
}
