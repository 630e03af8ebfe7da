//! Words that stand side by side in the query and in a tool's texts.

use crate::asked::Asked;
use crate::library::{Detail, Library};

/// How words that follow each other in a query do so in a tool's texts.
pub(super) struct Phrase {
    /// The longest run of the name's words that the query has as they are,
    /// as a share of the name.
    pub(super) name_run: f32,
    /// The rarity of the query's neighbouring words that are neighbours in
    /// the name or the description too, by the query's.
    pub(super) pairs: f32,
}

impl Phrase {
    pub(super) fn of(asked: &Asked, library: &Library, detail: &Detail) -> Self {
        let place = |word: &u32| {
            let stem = library.word_stems[*word as usize];
            asked.words.iter().position(|sought| sought.stem == stem)
        };
        let name: Vec<Option<usize>> = detail.name_words.iter().map(place).collect();
        let body: Vec<Option<usize>> = detail.body_words.iter().map(place).collect();
        let follows = |pair: &[Option<usize>]| {
            let (Some(first), Some(second)) = (pair[0], pair[1]) else { return false };
            asked.pairs.contains(&(first, second))
        };
        let (mut run, mut longest) = (0, usize::from(name.iter().any(Option::is_some)));
        for pair in name.windows(2) {
            run = if follows(pair) { run.max(1) + 1 } else { 0 };
            longest = longest.max(run);
        }
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for pair in name.windows(2).chain(body.windows(2)).filter(|pair| follows(pair)) {
            if let (Some(first), Some(second)) = (pair[0], pair[1])
                && !kept.contains(&(first, second))
            {
                kept.push((first, second));
            }
        }
        let rarity = |at: usize| asked.words[at].rarity;
        let pairs: f32 = kept.iter().map(|&(first, second)| rarity(first).min(rarity(second))).sum();
        Self { name_run: longest as f32 / name.len().max(1) as f32, pairs: pairs / asked.mass }
    }
}
