//! The tools worth a second look.

use crate::asked::Asked;
use crate::dense::similarities;
use crate::library::Library;

/// How many tools the whole query brings, by words and meaning together, by
/// words alone and by meaning alone.
const BY_BOTH: usize = 72;
const BY_WORDS: usize = 32;
const BY_MEANING: usize = 32;

/// How many each part of the query brings.
const BY_CLAUSE: usize = 10;

/// The most tools on a shortlist.
const MOST: usize = 128;

/// What one unit of likeness in meaning counts beside the share of the
/// query's words that is found.
const MEANING_WEIGHT: f32 = 0.8;

/// How one tool looks at first sight.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sighting {
    /// The share of the words' weight that was found, saturated: 0 to 1.
    pub(crate) words: f32,
    /// Likeness in meaning, −1 to 1.
    pub(crate) meaning: f32,
}

impl Sighting {
    pub(crate) fn both(self) -> f32 {
        self.words + MEANING_WEIGHT * self.meaning.max(0.0)
    }
}

/// Every tool at first sight, and which deserve another.
#[derive(Debug)]
pub(crate) struct Shortlist {
    /// By tool: how it looks to the whole query.
    pub(crate) whole: Vec<Sighting>,
    /// By part of the query, by tool.
    pub(crate) clauses: Vec<Vec<Sighting>>,
    /// By server: its best tool at first sight.
    pub(crate) servers: Vec<f32>,
    /// The tools worth another look.
    pub(crate) tools: Vec<u32>,
}

impl Shortlist {
    pub(crate) fn of(asked: &Asked, library: &Library) -> Self {
        let mut clauses: Vec<Vec<Sighting>> =
            asked.clauses.iter().map(|clause| sightings(&clause.direction, library)).collect();
        let mut whole = sightings(&asked.direction, library);
        for (at, word) in asked.words.iter().enumerate() {
            for posting in library.postings.of_word(word.stem) {
                let gain = word.rarity * posting.gain;
                whole[posting.thing as usize].words += gain;
                for (clause, seen) in asked.clauses.iter().zip(&mut clauses) {
                    if clause.words.contains(&at) {
                        seen[posting.thing as usize].words += gain;
                    }
                }
            }
        }
        normalise(&mut whole, asked.mass);
        for (clause, seen) in asked.clauses.iter().zip(&mut clauses) {
            normalise(seen, clause.words.iter().map(|&at| asked.words[at].rarity).sum());
        }
        let mut servers = vec![0.0_f32; library.shelves.len()];
        for (seen, &shelf) in whole.iter().zip(&library.shelf_of) {
            servers[shelf as usize] = servers[shelf as usize].max(seen.both());
        }
        let tools = chosen(&whole, &clauses);
        Self { whole, clauses, servers, tools }
    }
}

fn sightings(direction: &crate::dense::Vector, library: &Library) -> Vec<Sighting> {
    let seen = similarities(direction, &library.wholes).into_iter();
    seen.map(|meaning| Sighting { words: 0.0, meaning }).collect()
}

fn normalise(seen: &mut [Sighting], mass: f32) {
    let factor = 1.0 / mass.max(f32::EPSILON);
    for sighting in seen {
        sighting.words *= factor;
    }
}

fn chosen(whole: &[Sighting], clauses: &[Vec<Sighting>]) -> Vec<u32> {
    let mut tools = best(whole, BY_BOTH, Sighting::both);
    tools.extend(best(whole, BY_WORDS, |seen| seen.words));
    tools.extend(best(whole, BY_MEANING, |seen| seen.meaning));
    let mut known = std::collections::HashSet::new();
    tools.retain(|tool| known.insert(*tool));
    tools.truncate(MOST);
    for clause in clauses {
        let new = best(clause, BY_CLAUSE, Sighting::both);
        tools.extend(new.into_iter().filter(|tool| known.insert(*tool)));
    }
    tools.truncate(MOST);
    tools
}

/// The places of the `count` greatest, greatest first.
fn best(seen: &[Sighting], count: usize, by: impl Fn(Sighting) -> f32) -> Vec<u32> {
    let mut places: Vec<(f32, u32)> = seen.iter().map(|&sighting| by(sighting)).zip(0..).collect();
    let greatest_first = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if places.len() > count {
        places.select_nth_unstable_by(count, greatest_first);
        places.truncate(count);
    }
    places.sort_unstable_by(greatest_first);
    places.into_iter().map(|(_, place)| place).collect()
}
