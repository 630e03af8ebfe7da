//! How common each word is among tools everywhere.

use std::collections::HashMap;

use super::key::{Key, key};

/// `stem<TAB>tools that have it`, over the public tools that
/// `tools/train-router` reads; the first line is their number.
static SHIPPED: &str = include_str!("../../model/background.tsv");

/// How many tools' worth of evidence the background counts beside the
/// catalogue's own.
const STRENGTH: f32 = 2000.0;

/// Word frequencies among public tools.
#[derive(Debug)]
pub(crate) struct Background {
    shares: HashMap<Key, f32>,
}

impl Background {
    /// The table that the program ships.
    pub(crate) fn shipped() -> Self {
        let mut lines = SHIPPED.lines();
        let all: f32 = lines.next().and_then(|line| line.parse().ok()).unwrap_or(1.0);
        let row = |line: &str| {
            let (stem, count) = line.split_once('\t')?;
            Some((key(stem), count.parse::<f32>().ok()? / all))
        };
        Self { shares: lines.filter_map(row).collect() }
    }

    /// Whether enough public tools have the word.
    pub(crate) fn knows(&self, word: Key) -> bool {
        self.shares.contains_key(&word)
    }

    /// How much a word counts that `with` of `tools` tools here have.
    pub(crate) fn rarity(&self, word: Key, with: usize, tools: usize) -> f32 {
        let share = self.shares.get(&word).copied().unwrap_or(0.0);
        let with = with as f32 + share * STRENGTH;
        let all = tools as f32 + STRENGTH;
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }
}
