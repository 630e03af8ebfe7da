//! Words compared with words: those that mean nearly the same count nearly
//! as much.

use crate::asked::Asked;
use crate::dense::similarity;
use crate::library::Library;

/// Likeness below this is chance.
const CHANCE: f32 = 0.25;

/// How a query's words and a list of a tool's words meet.
#[derive(Clone, Debug, Default)]
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
    /// By word of the query: how like the likest of the tool's words is.
    pub(crate) best: Vec<f32>,
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
    /// By word of the library: where its row is, or [`UNMET`].
    places: Vec<u32>,
    rows: Vec<Vec<f32>>,
}

impl<'a> Soft<'a> {
    pub(crate) fn new(asked: &'a Asked, library: &'a Library) -> Self {
        Self { asked, library, places: vec![UNMET; library.words.len()], rows: Vec::new() }
    }

    pub(crate) fn meeting(&mut self, words: &[u32]) -> Meeting {
        let mut best = vec![0.0_f32; self.asked.words.len()];
        let (mut told, mut all) = (0.0, f32::EPSILON);
        for &word in words {
            let (asked, library) = (self.asked, self.library);
            let place = &mut self.places[word as usize];
            if *place == UNMET {
                *place = self.rows.len() as u32;
                self.rows.push(likeness(asked, library, word));
            }
            let row = &self.rows[*place as usize];
            let mut greatest = 0.0_f32;
            for (best, &own) in best.iter_mut().zip(row.iter()) {
                *best = best.max(own);
                greatest = greatest.max(own);
            }
            let rarity = library.word_rarities[word as usize];
            told += greatest * rarity;
            all += rarity;
        }
        let asked: f32 = best.iter().zip(&self.asked.words).map(|(best, word)| best * word.rarity).sum();
        let telling: f32 = best.iter().zip(&self.asked.words).map(|(best, word)| best * word.told).sum();
        Meeting { asked: asked / self.asked.mass, told: told / all, telling: telling / self.asked.told, best }
    }

    /// The best of each over the parts of the query; the whole, if it has
    /// none. The words are those that [`Soft::meeting`] has met before.
    pub(crate) fn parts(&self, words: &[u32]) -> PartMeeting {
        let whole = std::slice::from_ref(&self.asked.whole);
        let parts = if self.asked.clauses.is_empty() { whole } else { &self.asked.clauses };
        let met: Vec<(&[f32], f32)> = words
            .iter()
            .filter_map(|&word| {
                let row = self.rows.get(self.places[word as usize] as usize)?;
                Some((row.as_slice(), self.library.word_rarities[word as usize]))
            })
            .collect();
        let mut best = PartMeeting::default();
        for part in parts {
            let mut own = PartMeeting { asked: 0.0, told: 0.0 };
            let mut mass = 0.0;
            for &at in &part.words {
                let rarity = self.asked.words[at].rarity;
                mass += rarity;
                own.asked += met.iter().map(|(row, _)| row[at]).fold(0.0, f32::max) * rarity;
            }
            let mut all = f32::EPSILON;
            for (row, rarity) in &met {
                own.told += part.words.iter().map(|&at| row[at]).fold(0.0, f32::max) * rarity;
                all += rarity;
            }
            best.asked = best.asked.max(own.asked / mass.max(f32::EPSILON));
            best.told = best.told.max(own.told / all);
        }
        best
    }
}

fn likeness(asked: &Asked, library: &Library, word: u32) -> Vec<f32> {
    let own = &library.words[word as usize];
    let above_chance = |raw: f32| ((raw - CHANCE) / (1.0 - CHANCE)).max(0.0);
    asked.words.iter().map(|sought| above_chance(similarity(&sought.direction, own))).collect()
}
