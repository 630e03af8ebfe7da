//! A query, read and ready to be compared with tools.

use crate::action::{Action, first_action};
use crate::clauses::clauses;
use crate::dense::{Table, Vector, pieces};
use crate::lexical::{Background, Key, Postings, words as spoken};
use crate::library::Library;

/// The most of a query that is taken in, in bytes; the rest is a document
/// that somebody pasted.
const MAX_QUERY_BYTES: usize = 4096;

/// The most word pieces that a query's direction takes in.
const MAX_PIECES: usize = 96;

/// The most of a query's words that are compared one by one; the rarest are
/// kept.
const MAX_WORDS: usize = 24;

/// One word that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Sought {
    pub(crate) stem: Key,
    /// As the user wrote it, slips put right.
    pub(crate) word: String,
    /// How much it counts here.
    pub(crate) rarity: f32,
    /// What it is about.
    pub(crate) direction: Vector,
    /// How much it tells, as the table was taught.
    pub(crate) told: f32,
}

/// A part of the query that one tool may serve.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// As it stands in the query, slips put right.
    pub(crate) text: String,
    /// Which of the query's words it has.
    pub(crate) words: Vec<usize>,
    pub(crate) direction: Vector,
    /// What its first verb orders, and that verb's place among the query's
    /// words, if it is still there.
    pub(crate) action: Option<(Action, Option<usize>)>,
}

/// A query.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) words: Vec<Sought>,
    /// What its words count together.
    pub(crate) mass: f32,
    pub(crate) direction: Vector,
    /// The same for how much they tell.
    pub(crate) told: f32,
    /// The whole as one part.
    pub(crate) whole: Clause,
    /// Which word comes after which: pairs of places.
    pub(crate) pairs: Vec<(usize, usize)>,
    /// Two or more, or none.
    pub(crate) clauses: Vec<Clause>,
}

impl Asked {
    pub(crate) fn read(text: &str, library: &Library, table: &Table, background: &Background) -> Self {
        let end = (0..=MAX_QUERY_BYTES.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let known = |word: &str| {
            let has = |postings: &Postings, stem: Key| !postings.of_word(stem).is_empty();
            let stands = |stem: Key| has(&library.postings, stem) || has(&library.server_postings, stem);
            // What the table has a vector for is a word, if not one of tools.
            pieces(word, 2).len() == 1 || spoken(word).iter().all(|own| stands(own.stem) || background.knows(own.stem))
        };
        let text = &*library.spellings.put_right(&text[..end], known);
        let tools = library.wholes.len();
        let mut words: Vec<Sought> = Vec::new();
        let spoken = spoken(text);
        for own in &spoken {
            let stem = own.stem;
            if words.iter().any(|other| other.stem == stem) {
                continue;
            }
            let rarity = background.rarity(stem, library.postings.of_word(stem).len(), tools);
            let sum = table.sum(pieces(&own.form, MAX_PIECES).into_iter().map(|piece| (piece, 1.0)));
            let told = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
            words.push(Sought { stem, word: own.word.clone(), rarity, direction: Vector::of(&sum), told });
        }
        if words.len() > MAX_WORDS {
            // Words that no tool has are values; of the others the rarest.
            words.sort_by(|a, b| {
                let known = |word: &Sought| !library.postings.of_word(word.stem).is_empty();
                known(b).cmp(&known(a)).then(b.rarity.total_cmp(&a.rarity))
            });
            words.truncate(MAX_WORDS);
        }
        let place = |stem: Key| words.iter().position(|word| word.stem == stem);
        let pairs = spoken.windows(2).filter_map(|pair| Some((place(pair[0].stem)?, place(pair[1].stem)?))).collect();
        let clauses = clauses(text);
        let read = |clause: &&str| {
            let own = crate::lexical::words(clause);
            Clause {
                text: (*clause).to_owned(),
                words: (0..words.len()).filter(|&at| own.iter().any(|other| other.stem == words[at].stem)).collect(),
                direction: direction(clause, table),
                action: first_action(&own).map(|(at, action)| (action, place(own[at].stem))),
            }
        };
        let whole = read(&text);
        let clauses: Vec<Clause> = clauses.iter().map(read).filter(|clause| !clause.words.is_empty()).collect();
        Self {
            mass: words.iter().map(|word| word.rarity).sum::<f32>().max(f32::EPSILON),
            told: words.iter().map(|word| word.told).sum::<f32>().max(f32::EPSILON),
            direction: whole.direction,
            whole,
            pairs,
            clauses: if clauses.len() > 1 { clauses } else { Vec::new() },
            words,
        }
    }
}

fn direction(text: &str, table: &Table) -> Vector {
    table.mean(pieces(text, MAX_PIECES).into_iter().map(|piece| (piece, 1.0)))
}
