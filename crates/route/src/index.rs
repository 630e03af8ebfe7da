//! BM25F over what is said of each tool.
//!
//! Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple
//! weighted fields" (CIKM 2004): each field's term frequency is normalised by
//! that field's length and weighted, the sum is saturated once, and the
//! result is multiplied by the term's inverse document frequency. Repeating
//! a word in a description gains next to nothing: frequency is saturated and
//! length-normalised.

use std::collections::HashMap;

use catalog::{Catalog, Server, Tool};

use crate::candidate::Field;
use crate::likeness::SYNONYM_WEIGHT;
use crate::terms::{Term, synonyms, terms};

/// Each field's weight and how far its length is normalised (`b`).
const FIELDS: [(Field, f32, f32); 8] = [
    (Field::Name, 3.0, 0.5),
    (Field::Title, 2.0, 0.5),
    (Field::Example, 2.0, 0.6),
    (Field::Server, 1.6, 0.0),
    (Field::Description, 1.0, 0.75),
    (Field::Parameter, 0.7, 0.75),
    (Field::ParameterText, 0.4, 0.75),
    (Field::ServerText, 0.25, 0.75),
];

/// Where term frequency saturates (BM25's `k1`).
const SATURATION: f32 = 1.2;

/// One word of the query found in one tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// Which of the query's terms.
    pub(crate) term: usize,
    /// What it adds to the score.
    pub(crate) gain: f32,
    /// How literally it was found: 1, or less for a synonym.
    pub(crate) strength: f32,
    /// The weightiest field it was found in.
    pub(crate) field: Field,
}

/// The words of every tool of a snapshot.
#[derive(Debug, Default)]
pub(crate) struct Index {
    postings: HashMap<String, Vec<Posting>>,
    tools: usize,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    tool: usize,
    frequency: f32,
    field: Field,
}

impl Index {
    pub(crate) fn build(catalog: &Catalog) -> Self {
        let documents: Vec<Document> =
            catalog.tools().iter().map(|tool| Document::of(tool, catalog.server(&tool.reference.server))).collect();
        let mean_lengths = mean_lengths(&documents);
        let mut postings: HashMap<String, Vec<Posting>> = HashMap::new();
        for (tool, document) in documents.iter().enumerate() {
            for (word, (frequency, field)) in document.weighted(&mean_lengths) {
                postings.entry(word).or_default().push(Posting { tool, frequency, field });
            }
        }
        Self { postings, tools: documents.len() }
    }

    /// Every hit of every term, by tool.
    pub(crate) fn hits(&self, query: &[Term]) -> Vec<Vec<Hit>> {
        let mut by_tool: Vec<Vec<Hit>> = vec![Vec::new(); self.tools];
        for (at, term) in query.iter().enumerate() {
            self.add_hits(&mut by_tool, at, &term.stem, term.weight, 1.0);
            for other in synonyms(&term.stem) {
                self.add_hits(&mut by_tool, at, other, term.weight, SYNONYM_WEIGHT);
            }
        }
        by_tool
    }

    /// Whether the word, or one that may stand for it, is in any tool.
    pub(crate) fn knows(&self, stem: &str) -> bool {
        let has = |stem: &str| self.postings.contains_key(stem);
        has(stem) || synonyms(stem).iter().any(|other| has(other))
    }

    /// How much a term counts here: rare words more than common ones.
    pub(crate) fn weight(&self, term: &Term) -> f32 {
        let rarity = self.rarity(self.postings.get(&term.stem).map_or(&[], Vec::as_slice));
        // A verb of looking that no tool is named for asks for nothing rare.
        if term.weight < 1.0 { term.weight * rarity.min(1.0) } else { rarity }
    }

    /// How rare a word is among the tools themselves: one that only a
    /// server's text has stands with each of its tools and would seem common.
    fn rarity(&self, postings: &[Posting]) -> f32 {
        let own = postings.iter().filter(|posting| posting.field != Field::ServerText).count();
        inverse_frequency(self.tools, own)
    }

    fn add_hits(&self, by_tool: &mut [Vec<Hit>], term: usize, word: &str, weight: f32, strength: f32) {
        let Some(postings) = self.postings.get(word) else { return };
        let rarity = self.rarity(postings);
        for posting in postings {
            let saturated = posting.frequency * (SATURATION + 1.0) / (posting.frequency + SATURATION);
            let hit = Hit { term, gain: weight * strength * rarity * saturated, strength, field: posting.field };
            let hits = &mut by_tool[posting.tool];
            match hits.iter_mut().find(|earlier| earlier.term == term) {
                Some(earlier) if earlier.gain >= hit.gain => {}
                Some(earlier) => *earlier = hit,
                None => hits.push(hit),
            }
        }
    }
}

fn inverse_frequency(tools: usize, with: usize) -> f32 {
    let (all, with) = (tools as f32, with as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

/// The words of one tool, by field.
struct Document(Vec<(Field, HashMap<String, f32>, f32)>);

impl Document {
    fn of(tool: &Tool, server: Option<&Server>) -> Self {
        let parameters = tool.parameters.iter();
        let texts = |field: Field| -> Vec<String> {
            match field {
                Field::Name => vec![tool.listing.name.clone()],
                Field::Title => tool.listing.title.iter().cloned().collect(),
                Field::Example => tool.examples.clone(),
                Field::Server => server.map_or_else(Vec::new, |server| {
                    [vec![server.id.to_string(), server.title.clone()], server.tags.clone()].concat()
                }),
                Field::Description => tool.listing.description.iter().cloned().collect(),
                Field::Parameter => parameters.clone().map(|parameter| parameter.name.clone()).collect(),
                Field::ParameterText => parameters.clone().map(parameter_text).collect(),
                Field::ServerText => server.map(|server| server.description.clone()).into_iter().collect(),
            }
        };
        let field = |(field, ..): (Field, f32, f32)| {
            let mut counts: HashMap<String, f32> = HashMap::new();
            let mut length = 0.0;
            for term in texts(field).iter().flat_map(|text| terms(text)) {
                *counts.entry(term.stem).or_default() += 1.0;
                length += 1.0;
            }
            (field, counts, length)
        };
        Self(FIELDS.into_iter().map(field).collect())
    }

    /// Each word's weighted, length-normalised frequency over all fields, and
    /// the weightiest field it stands in.
    fn weighted(&self, mean_lengths: &[f32]) -> HashMap<String, (f32, Field)> {
        let mut all: HashMap<String, (f32, Field)> = HashMap::new();
        for ((field, counts, length), ((_, weight, b), mean)) in self.0.iter().zip(FIELDS.iter().zip(mean_lengths)) {
            let normal = 1.0 - b + b * length / mean.max(1.0);
            for (word, count) in counts {
                let entry = all.entry(word.clone()).or_insert((0.0, *field));
                entry.0 += weight * count / normal;
            }
        }
        all
    }
}

fn parameter_text(parameter: &catalog::Parameter) -> String {
    format!("{} {}", parameter.description, parameter.choices().join(" "))
}

fn mean_lengths(documents: &[Document]) -> Vec<f32> {
    let count = documents.len().max(1) as f32;
    let total = |i: usize| documents.iter().map(|document| document.0[i].2).sum::<f32>();
    (0..FIELDS.len()).map(|i| total(i) / count).collect()
}
