//! The router of one snapshot.

use std::sync::{Arc, OnceLock};

use catalog::{Catalog, ServerId, ToolRef};

use crate::calibrate::{Bounds, Calibration, FEWEST_EXAMPLES, Fared, MOST_EXAMPLES, Risk, bounds};
use crate::candidate::{Candidate, Field, Match, Route};
use crate::coverage::Demand;
use crate::decide::decide;
use crate::entity::Entities;
use crate::evidence::Evidence;
use crate::index::{Hit, Index};
use crate::library::Library;
use crate::ranking::Ranking;
use crate::terms::{Term, stem, terms};
use crate::weights::Weights;

/// Maps texts to the tools of one snapshot. Built once per snapshot; a query
/// then costs one pass over the postings of its words.
#[derive(Debug)]
pub struct Router {
    catalog: Arc<Catalog>,
    index: Index,
    /// Each server's own names as stems, to hear when a text names it.
    server_words: Vec<(ServerId, Vec<String>)>,
    /// Read when something is first searched for: a planner that goes by
    /// words alone never pays for it.
    library: OnceLock<Library>,
    weights: Option<Arc<Weights>>,
    calibrated: OnceLock<(Calibration, Option<[Bounds; 2]>)>,
}

impl Router {
    /// Reads every tool of the snapshot.
    pub fn build(catalog: Arc<Catalog>) -> Self {
        Self::read(catalog, None, None)
    }

    /// The same with other weights than the shipped ones.
    pub fn with_weights(catalog: Arc<Catalog>, weights: Arc<Weights>) -> Self {
        Self::read(catalog, Some(weights), None)
    }

    fn read(catalog: Arc<Catalog>, weights: Option<Arc<Weights>>, library: Option<Library>) -> Self {
        let index = Index::build(&catalog);
        let server_words = catalog
            .servers()
            .iter()
            .map(|server| {
                let names = [vec![server.id.to_string()], server.tags.clone()].concat();
                (server.id.clone(), names.iter().map(|name| stem(&name.to_lowercase())).collect())
            })
            .collect();
        let library = library.map_or_else(OnceLock::new, OnceLock::from);
        Self { catalog, index, server_words, library, weights, calibrated: OnceLock::new() }
    }

    /// The snapshot it was built for.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The tools that have anything to do with the text, best first, at most
    /// `limit`. Equal scores keep the catalogue's order.
    pub fn rank(&self, text: &str, limit: usize) -> Vec<Candidate> {
        let query = terms(text);
        let entities = Entities::find(text);
        let hits = self.index.hits(&query);
        let demand = Demand::of(text, &query, &entities, &self.index);
        let named = self.named_servers(text);
        let mut ranked: Vec<Candidate> = hits
            .iter()
            .zip(self.catalog.tools())
            .filter(|(hits, tool)| !hits.is_empty() && (named.is_empty() || named.contains(&tool.reference.server)))
            .map(|(hits, tool)| Candidate {
                tool: Arc::clone(tool),
                score: hits.iter().map(|hit| if entities.cover(query[hit.term].start) { 0.0 } else { hit.gain }).sum(),
                coverage: demand.covered(hits),
                matched: matches(hits, &query),
            })
            .collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        ranked.truncate(limit);
        ranked
    }

    /// Whether any tool of the snapshot has to do with the word, given by its
    /// stem.
    pub fn knows(&self, stem: &str) -> bool {
        self.index.knows(stem)
    }

    /// Where the text leads.
    pub fn route(&self, text: &str) -> Route {
        decide(self.rank(text, usize::MAX), &self.named_servers(text))
    }

    /// The tools that may serve a text, by words and by meaning together,
    /// best first, at most `limit`. [`Router::rank`] and [`Router::route`] go
    /// by words alone and say which: what a planner reasons with.
    pub fn search(&self, text: &str, limit: usize) -> Ranking {
        let ranking = Ranking::of(text, self.library(), &self.weights(), &self.catalog, limit);
        match self.calibrated().1 {
            Some(own) => ranking.bounded(own),
            None => ranking,
        }
    }

    /// Reads what a search goes by now rather than at the first one.
    pub fn prepare(&self) {
        self.library();
        self.calibrated();
    }

    /// What the decisions of [`Router::search`] rest on.
    pub fn calibration(&self) -> Calibration {
        self.calibrated().0
    }

    /// The router of the next snapshot; servers that have not changed are not
    /// read again.
    #[must_use]
    pub fn renewed(&self, catalog: Arc<Catalog>) -> Self {
        let again = |before: &Library| {
            let weights = self.weights();
            Library::read(&catalog, &weights.table, &weights.background, Some(before))
        };
        let library = self.library.get().map(again);
        Self::read(catalog, self.weights.clone(), library)
    }

    /// What [`Router::search`] rests on for a text: what its fusion is
    /// trained on.
    pub fn evidence(&self, text: &str) -> Evidence {
        Evidence::of(text, self.library(), &self.weights(), &self.catalog)
    }

    fn weights(&self) -> Arc<Weights> {
        self.weights.clone().unwrap_or_else(Weights::shipped)
    }

    fn library(&self) -> &Library {
        self.library.get_or_init(|| {
            let weights = self.weights();
            Library::read(&self.catalog, &weights.table, &weights.background, None)
        })
    }

    /// Asks the operator's examples of the catalogue as it is without them.
    fn calibrated(&self) -> &(Calibration, Option<[Bounds; 2]>) {
        self.calibrated.get_or_init(|| {
            let tools = self.catalog.tools();
            let examples: Vec<(&str, &ToolRef)> = tools
                .iter()
                .flat_map(|tool| tool.examples.iter().map(|example| (example.as_str(), &tool.reference)))
                .collect();
            if examples.len() < FEWEST_EXAMPLES {
                return (Calibration::Uncalibrated, None);
            }
            let weights = self.weights();
            let without = Library::without_examples(&self.catalog, &weights.table, &weights.background);
            let step = examples.len().div_ceil(MOST_EXAMPLES);
            let fared: Vec<Fared> = examples
                .iter()
                .step_by(step)
                .map(|(text, meant)| Ranking::of(text, &without, &weights, &self.catalog, usize::MAX).fared(meant))
                .collect();
            let first = fared.iter().filter(|own| own.first).count();
            let found = Calibration::ByExamples { asked: fared.len(), first };
            (found, Some(Risk::ALL.map(|risk| bounds(&fared, risk))))
        })
    }

    /// The servers that a text speaks of by name or tag: `… in Slack`.
    pub fn named_servers(&self, text: &str) -> Vec<ServerId> {
        let bare = |word: &str| stem(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
        let said: Vec<String> = terms(text)
            .into_iter()
            .map(|term| term.stem)
            .chain(text.split_whitespace().map(bare)) // "GitHub" falls into two words
            .collect();
        let is_named = |words: &Vec<String>| words.iter().any(|word| said.contains(word));
        self.server_words.iter().filter(|(_, words)| is_named(words)).map(|(id, _)| id.clone()).collect()
    }
}

/// Each found word once, weightiest field first.
fn matches(hits: &[Hit], query: &[Term]) -> Vec<Match> {
    let mut found: Vec<(Field, String)> = hits.iter().map(|hit| (hit.field, query[hit.term].word.clone())).collect();
    found.sort();
    let mut all: Vec<Match> = Vec::new();
    for (field, word) in found {
        if !all.iter().any(|other| other.word == word) {
            all.push(Match { word, field });
        }
    }
    all
}
