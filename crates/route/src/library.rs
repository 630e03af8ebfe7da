//! Every shelf of a snapshot, laid side by side to be searched at once.

use std::collections::HashMap;
use std::sync::Arc;

use catalog::{Catalog, ServerId, Tool};

use crate::action::Action;
use crate::dense::{Table, Vector, pieces};
use crate::lexical::{Background, Key, Postings};
use crate::shelf::{Shelf, Word};
use crate::spelling::Spellings;

/// What of a tool is looked at only when it is on the shortlist.
#[derive(Debug)]
pub(crate) struct Detail {
    /// Places in the library's words.
    pub(crate) name_words: Vec<u32>,
    pub(crate) body_words: Vec<u32>,
    /// What its name's words count together.
    pub(crate) name_mass: f32,
    /// What it does, and the word that says so.
    pub(crate) action: Option<(Action, u32)>,
}

/// Everything that can be searched. Tools are numbered as in the catalogue.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) shelves: Vec<(ServerId, Arc<Shelf>)>,
    /// Each tool's shelf.
    pub(crate) shelf_of: Vec<u32>,
    pub(crate) postings: Postings,
    pub(crate) server_postings: Postings,
    pub(crate) wholes: Vec<Vector>,
    pub(crate) names: Vec<Vector>,
    pub(crate) server_directions: Vec<Vector>,
    pub(crate) details: Vec<Detail>,
    pub(crate) words: Vec<Vector>,
    pub(crate) word_rarities: Vec<f32>,
    pub(crate) word_stems: Vec<Key>,
    pub(crate) spellings: Spellings,
}

impl Library {
    /// Reads a snapshot, taking what has not changed from the library before.
    pub(crate) fn read(catalog: &Catalog, table: &Table, background: &Background, before: Option<&Self>) -> Self {
        let mut earlier: HashMap<&ServerId, &Arc<Shelf>> = HashMap::new();
        if let Some(before) = before {
            earlier.extend(before.shelves.iter().map(|(id, shelf)| (id, shelf)));
        }
        let by_server = by_server(catalog);
        let shelves: Vec<(ServerId, Arc<Shelf>)> = catalog
            .servers()
            .iter()
            .filter_map(|server| {
                let tools = by_server.get(&server.id)?;
                let shelf = Shelf::read(server, tools, table, earlier.get(&server.id).copied());
                Some((server.id.clone(), shelf))
            })
            .collect();
        Self::of(catalog, shelves, table, background)
    }

    /// Reads a snapshot as if the operator had given no examples.
    pub(crate) fn without_examples(catalog: &Catalog, table: &Table, background: &Background) -> Self {
        let by_server = by_server(catalog);
        let shelves = catalog.servers().iter().filter_map(|server| {
            let tools = by_server.get(&server.id)?;
            Some((server.id.clone(), Shelf::without_examples(server, tools, table)))
        });
        Self::of(catalog, shelves.collect(), table, background)
    }

    fn of(catalog: &Catalog, shelves: Vec<(ServerId, Arc<Shelf>)>, table: &Table, background: &Background) -> Self {
        let places: HashMap<&ServerId, u32> = shelves.iter().map(|(id, _)| id).zip(0..).collect();
        let mut taken = vec![0_usize; shelves.len()];
        let mut lexicon = Lexicon::default();
        let maps: Vec<Vec<u32>> = shelves.iter().map(|(_, shelf)| lexicon.places(&shelf.words)).collect();
        let mut reads = Vec::with_capacity(catalog.tools().len());
        let mut shelf_of = Vec::with_capacity(catalog.tools().len());
        let mut details = Vec::with_capacity(catalog.tools().len());
        for tool in catalog.tools() {
            // Every tool's server is a server of the same catalogue.
            let Some(&shelf) = places.get(&tool.reference.server) else { continue };
            let at = shelf as usize;
            let read = &shelves[at].1.tools[taken[at]];
            taken[at] += 1;
            let mapped = |words: &[u32]| words.iter().map(|&word| maps[at][word as usize]).collect();
            details.push(Detail {
                name_words: mapped(&read.name_words),
                body_words: mapped(&read.body_words),
                name_mass: 0.0,
                action: read.action.map(|(action, word)| (action, maps[at][word as usize])),
            });
            shelf_of.push(shelf);
            reads.push(read);
        }
        let postings = Postings::of(reads.iter().map(|read| &read.document));
        let tools = reads.len();
        let rarity = |word: Key| background.rarity(word, postings.of_word(word).len(), tools);
        let word_rarities: Vec<f32> = lexicon.words.iter().map(|word| rarity(word.stem)).collect();
        for detail in &mut details {
            detail.name_mass = detail.name_words.iter().map(|&word| word_rarities[word as usize]).sum();
        }
        let direction = |word: &&Word| table.mean(pieces(&word.form, usize::MAX).into_iter().map(|piece| (piece, 1.0)));
        Self {
            wholes: reads.iter().map(|read| read.whole).collect(),
            names: reads.iter().map(|read| read.name).collect(),
            words: lexicon.words.iter().map(direction).collect(),
            spellings: Spellings::of(
                lexicon.words.iter().zip(&word_rarities).map(|(word, rarity)| (&*word.form, *rarity)),
            ),
            word_rarities,
            word_stems: lexicon.words.iter().map(|word| word.stem).collect(),
            server_postings: Postings::of(shelves.iter().map(|(_, shelf)| &shelf.document)),
            server_directions: shelves.iter().map(|(_, shelf)| shelf.direction).collect(),
            postings,
            shelf_of,
            details,
            shelves,
        }
    }
}

fn by_server(catalog: &Catalog) -> HashMap<&ServerId, Vec<Arc<Tool>>> {
    let mut all: HashMap<&ServerId, Vec<Arc<Tool>>> = HashMap::new();
    for tool in catalog.tools() {
        all.entry(&tool.reference.server).or_default().push(Arc::clone(tool));
    }
    all
}

/// Every word of every shelf once.
#[derive(Default)]
struct Lexicon<'a> {
    known: HashMap<&'a Word, u32>,
    words: Vec<&'a Word>,
}

impl<'a> Lexicon<'a> {
    fn places(&mut self, words: &'a [Word]) -> Vec<u32> {
        let mut places = Vec::with_capacity(words.len());
        for word in words {
            let next = self.words.len() as u32;
            let place = *self.known.entry(word).or_insert(next);
            if place == next {
                self.words.push(word);
            }
            places.push(place);
        }
        places
    }
}
