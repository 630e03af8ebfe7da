//! Which things have which words.

use super::document::{Document, Entry};
use super::key::Key;
use crate::candidate::Field;

/// Where word frequency saturates (BM25's `k1`).
const SATURATION: f32 = 1.2;

/// One thing that has a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posting {
    pub(crate) thing: u32,
    /// What the word adds to its score for each unit of rarity: saturated
    /// frequency, 0 to 1.
    pub(crate) gain: f32,
    pub(crate) field: Field,
}

/// The words of many documents, each with the documents that have it.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    words: Vec<Key>,
    /// Where each word's postings begin; one more than there are words.
    starts: Vec<u32>,
    postings: Vec<Posting>,
}

impl Postings {
    /// Turns documents inside out.
    pub(crate) fn of<'a>(documents: impl Iterator<Item = &'a Document>) -> Self {
        let entries = documents.zip(0_u32..);
        let mut all: Vec<(Key, Posting)> = entries
            .flat_map(|(document, thing)| document.entries.iter().map(move |entry| posting(entry, thing)))
            .collect();
        all.sort_unstable_by_key(|(word, posting)| (*word, posting.thing));
        let (mut words, mut starts) = (Vec::new(), Vec::new());
        for (at, (word, _)) in all.iter().enumerate() {
            if words.last() != Some(word) {
                words.push(*word);
                starts.push(at as u32);
            }
        }
        starts.push(all.len() as u32);
        Self { words, starts, postings: all.into_iter().map(|(_, posting)| posting).collect() }
    }

    /// The things that have a word.
    pub(crate) fn of_word(&self, word: Key) -> &[Posting] {
        let Ok(at) = self.words.binary_search(&word) else { return &[] };
        &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

fn posting(entry: &Entry, thing: u32) -> (Key, Posting) {
    let gain = entry.frequency / (entry.frequency + SATURATION);
    (entry.word, Posting { thing, gain, field: entry.field })
}
