//! Words compared with words: those that mean nearly the same count nearly
//! as much.

use crate::asked::Asked;
use crate::dense::similarity;
use crate::library::Library;

/// Likeness below this is chance.
const CHANCE: f32 = 0.25;

/// How a query's words and a list of a tool's words meet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meeting {
    /// The share of the query's words, by rarity, that the tool has like
    /// ones of.
    pub(crate) asked: f32,
    /// The share of the tool's words, by rarity, that the query has like
    /// ones of.
    pub(crate) told: f32,
    /// The share of the query's words, by how much they tell, that the tool
    /// has like ones of.
    pub(crate) telling: f32,
}

/// How the part of a query that suits best and a list of a tool's words meet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PartMeeting {
    /// As [`Meeting::asked`], of that part's words.
    pub(crate) asked: f32,
    /// As [`Meeting::told`], by that part's words alone.
    pub(crate) told: f32,
}

/// The place of a word that was not met yet.
const UNMET: u32 = u32::MAX;

/// Compares words, each pair once.
pub(crate) struct Soft<'a> {
    asked: &'a Asked,
    library: &'a Library,
    /// By word of the library: the place of its row, or [`UNMET`].
    places: Vec<u32>,
    /// Row by row: how like each of the query's words is.
    rows: Vec<f32>,
    /// By row: the greatest of it.
    greatest: Vec<f32>,
    /// The rows that are compared with parts of the query, and their words'
    /// rarities; kept for its room.
    met: Vec<(usize, f32)>,
}

impl<'a> Soft<'a> {
    pub(crate) fn new(asked: &'a Asked, library: &'a Library) -> Self {
        let places = vec![UNMET; library.words.len()];
        Self { asked, library, places, rows: Vec::new(), greatest: Vec::new(), met: Vec::new() }
    }

    /// How these words meet the query's; `best` becomes, by word of the
    /// query, how like the likest of them is.
    pub(crate) fn meeting(&mut self, words: &[u32], best: &mut Vec<f32>) -> Meeting {
        best.clear();
        best.resize(self.asked.words.len(), 0.0);
        let (mut told, mut all) = (0.0, f32::EPSILON);
        for &word in words {
            let place = self.place(word);
            for (best, &own) in best.iter_mut().zip(self.row(place)) {
                *best = greater(*best, own);
            }
            let rarity = self.library.word_rarities[word as usize];
            told += self.greatest[place] * rarity;
            all += rarity;
        }
        let asked: f32 = best.iter().zip(&self.asked.words).map(|(best, word)| best * word.rarity).sum();
        let telling: f32 = best.iter().zip(&self.asked.words).map(|(best, word)| best * word.told).sum();
        Meeting { asked: asked / self.asked.mass, told: told / all, telling: telling / self.asked.told }
    }

    /// The best of each over the parts of the query; the whole, if it has
    /// none.
    pub(crate) fn parts(&mut self, words: &[u32]) -> PartMeeting {
        let whole = std::slice::from_ref(&self.asked.whole);
        let parts = if self.asked.clauses.is_empty() { whole } else { &self.asked.clauses };
        let mut met = std::mem::take(&mut self.met);
        met.clear();
        met.extend(words.iter().map(|&word| (self.place(word), self.library.word_rarities[word as usize])));
        let mut best = PartMeeting::default();
        for part in parts {
            let (mut asked, mut mass) = (0.0, 0.0);
            for &at in &part.words {
                let rarity = self.asked.words[at].rarity;
                mass += rarity;
                asked += met.iter().map(|(place, _)| self.row(*place)[at]).fold(0.0, greater) * rarity;
            }
            let (mut told, mut all) = (0.0, f32::EPSILON);
            for (place, rarity) in &met {
                let row = self.row(*place);
                told += part.words.iter().map(|&at| row[at]).fold(0.0, greater) * rarity;
                all += rarity;
            }
            best.asked = best.asked.max(asked / mass.max(f32::EPSILON));
            best.told = best.told.max(told / all);
        }
        self.met = met;
        best
    }

    fn row(&self, place: usize) -> &[f32] {
        let width = self.asked.words.len();
        &self.rows[place * width..(place + 1) * width]
    }

    /// The place of a word's row, which is made when the word is first met.
    fn place(&mut self, word: u32) -> usize {
        let known = self.places[word as usize];
        if known != UNMET {
            return known as usize;
        }
        let place = self.greatest.len();
        let own = &self.library.words[word as usize];
        let begun = self.rows.len();
        self.rows.extend(self.asked.words.iter().map(|sought| similarity(&sought.direction, own)));
        let mut greatest = 0.0;
        for raw in &mut self.rows[begun..] {
            *raw = greater((*raw - CHANCE) / (1.0 - CHANCE), 0.0);
            greatest = greater(greatest, *raw);
        }
        self.greatest.push(greatest);
        self.places[word as usize] = place as u32;
        place
    }
}

/// The greater of two numbers, neither of which is none.
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
