//! What a search yields.

use std::sync::Arc;

use catalog::{Catalog, ServerId, Tool, ToolRef};

use crate::asked::Asked;
use crate::calibrate::{Bounds, Fared, Risk};
use crate::candidate::{Candidate, Field, Match, Route};
use crate::fusion::{Judgement, Look, Ranked, Shortlist, looks, second_signs, server_signs, verdict_signs};
use crate::library::Library;
use crate::part::{Part, parts};
use crate::prior::{Prior, settle};
use crate::weights::Weights;

/// How many of the nearest tools are named when a text is out of scope.
const NEAREST: usize = 3;

/// The most tools among which a question lets the user choose.
const MAX_OPTIONS: usize = 5;

/// Another server's tool is as good an answer from this share of the best
/// one's probability on.
const ALIKE: f32 = 0.2;

/// The tools that may serve a text, best first, and what is thought of them.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// The tools, best first; each one's `score` is how likely it is to be
    /// the best one, 0 to 1.
    pub candidates: Vec<Candidate>,
    /// How likely it is that anything here serves the text, 0 to 1.
    pub scope: f32,
    /// How likely it is that several servers would do alike, 0 to 1.
    pub ambiguity: f32,
    /// The parts of the text, if it has several, each with the tool that
    /// serves it best: together the set that serves the whole.
    pub parts: Vec<Part>,
    servers: Vec<ServerId>,
    in_scope: bool,
    ambiguous: bool,
    sure: f32,
    bounds: [Bounds; 2],
}

impl Ranking {
    pub(crate) fn of(text: &str, library: &Library, weights: &Weights, catalog: &Catalog, limit: usize) -> Self {
        let asked = Asked::read(text, library, &weights.table, &weights.background);
        let shortlist = Shortlist::of(&asked, library);
        let looks = looks(&asked, library, &shortlist);
        let fusion = &weights.fusion;
        let ranked = ranked(&asked, library, &shortlist, &looks, weights);
        let verdict = verdict_signs(&asked, library, &shortlist, &looks, &ranked);
        let by_server = server_signs(&asked, library, &shortlist, &looks, &ranked);
        let signs: Vec<&[f32]> = by_server.iter().map(|(_, signs)| signs.as_slice()).collect();
        let scores = fusion.server_scores(&signs);
        let mut servers: Vec<(u32, f32)> = by_server.iter().map(|(server, _)| *server).zip(scores).collect();
        servers.sort_by(|a, b| b.1.total_cmp(&a.1));
        let judgement = verdict.map_or_else(Judgement::default, |verdict| fusion.judge(&verdict, &looks, &ranked));
        let scores: Vec<f32> = ranked.iter().map(|(_, score)| *score).collect();
        let candidate = |((at, _), score): (&Ranked, f32)| {
            let tool = shortlist.tools[*at];
            let (coverage, matched) = matches(&asked, library, tool);
            Candidate { tool: Arc::clone(&catalog.tools()[tool as usize]), score, coverage, matched }
        };
        let candidates = ranked.iter().zip(fusion.probabilities(&scores)).take(limit).map(candidate).collect();
        Self {
            candidates,
            parts: parts(&asked, &looks, &ranked, |at| catalog.tools()[shortlist.tools[at] as usize].reference.clone()),
            servers: servers.iter().map(|(server, _)| library.shelves[*server as usize].0.clone()).collect(),
            scope: judgement.scope,
            ambiguity: judgement.ambiguity,
            in_scope: verdict.is_some() && fusion.is_in_scope(judgement),
            ambiguous: fusion.is_ambiguous(judgement),
            sure: judgement.sure,
            bounds: Risk::ALL.map(|risk| fusion.bounds(risk)),
        }
    }

    /// The same with other bounds.
    pub(crate) fn bounded(mut self, bounds: [Bounds; 2]) -> Self {
        self.bounds = bounds;
        self
    }

    /// The same with near ties among the best broken by what is known of the
    /// tools beside their texts. A tool that became the first by that is
    /// never acted upon unasked: what was sure was the one before.
    #[must_use]
    pub fn settled(mut self, prior: impl Fn(&Tool) -> Prior) -> Self {
        if settle(&mut self.candidates, prior) {
            self.sure = 0.0;
        }
        self
    }

    /// How it did by a tool that the text is known to mean.
    pub(crate) fn fared(&self, meant: &ToolRef) -> Fared {
        let place = self.candidates.iter().position(|candidate| candidate.tool.reference == *meant);
        Fared {
            sure: if self.in_scope { self.sure } else { 0.0 },
            first: place == Some(0),
            probability: place.map_or(0.0, |at| self.candidates[at].score),
        }
    }

    /// Whether anything here serves the text.
    pub fn is_in_scope(&self) -> bool {
        self.in_scope
    }

    /// Whether several servers would do alike.
    pub fn is_ambiguous(&self) -> bool {
        self.in_scope && self.ambiguous
    }

    /// The fewest tools among which the one that is meant is to be found, but
    /// for the risk. One: it may be acted upon; several: they are to be asked
    /// about by name.
    pub fn likely(&self, risk: Risk) -> &[Candidate] {
        let Bounds { sure, floor } = self.bounds[risk as usize];
        if self.in_scope && self.sure >= sure {
            return &self.candidates[..self.candidates.len().min(1)];
        }
        let count = self.candidates.iter().take_while(|candidate| candidate.score >= floor).count();
        &self.candidates[..count.max(1).min(self.candidates.len())]
    }

    /// The servers that may serve the text, best first.
    pub fn servers(&self) -> &[ServerId] {
        &self.servers
    }

    /// Where it leads.
    pub fn into_route(mut self) -> Route {
        if !self.in_scope {
            self.candidates.truncate(NEAREST);
            return Route::OutOfScope { nearest: self.candidates };
        }
        if self.ambiguous {
            let options = self.alike();
            if options.len() > 1 {
                return Route::Ambiguous { options };
            }
        }
        Route::Candidates(self.candidates)
    }

    /// The best tool of each server that is nearly as likely as the best.
    fn alike(&self) -> Vec<Candidate> {
        let least = self.candidates.first().map_or(0.0, |best| ALIKE * best.score);
        let mut options: Vec<Candidate> = Vec::new();
        for candidate in self.candidates.iter().take_while(|candidate| candidate.score >= least) {
            let server = &candidate.tool.reference.server;
            if options.len() < MAX_OPTIONS && options.iter().all(|other| other.tool.reference.server != *server) {
                options.push(candidate.clone());
            }
        }
        options
    }
}

/// Places on the shortlist with their fused scores, best first; equal ones
/// in the order of first sight. The first few are looked at twice; the others
/// stay behind them.
pub(crate) fn ranked(
    asked: &Asked,
    library: &Library,
    shortlist: &Shortlist,
    looks: &[Look],
    weights: &Weights,
) -> Vec<Ranked> {
    let fusion = &weights.fusion;
    let signs: Vec<&[f32]> = looks.iter().map(|look| look.signs.as_slice()).collect();
    let mut ranked: Vec<Ranked> = fusion.scores(&signs).into_iter().enumerate().collect();
    let best_first = |a: &Ranked, b: &Ranked| b.1.total_cmp(&a.1);
    ranked.sort_by(best_first);
    if !fusion.looks_twice() {
        return ranked;
    }
    let again = second_signs(asked, library, shortlist, looks, &ranked);
    let scores = fusion.second_scores(&again.iter().map(<[f32; _]>::as_slice).collect::<Vec<&[f32]>>());
    let (twice, once) = ranked.split_at_mut(scores.len());
    let last = twice.last().map_or(0.0, |(_, score)| *score);
    let least = scores.iter().copied().fold(f32::MAX, f32::min);
    for (tool, score) in twice.iter_mut().zip(scores) {
        tool.1 = score;
    }
    for tool in once {
        tool.1 += least - last;
    }
    ranked.sort_by(best_first);
    ranked
}

/// The share of a query's words that a tool has, by rarity, and each of them
/// with the weightiest place it stands in.
fn matches(asked: &Asked, library: &Library, tool: u32) -> (f32, Vec<Match>) {
    let mut matched: Vec<Match> = Vec::new();
    let mut found = 0.0;
    for word in &asked.words {
        let field = field(library, tool, word.stem);
        let Some(field) = field else { continue };
        found += word.rarity;
        if matched.iter().all(|other| other.word != word.word) {
            matched.push(Match { word: word.word.clone(), field });
        }
    }
    matched.sort_by(|a, b| a.field.cmp(&b.field).then_with(|| a.word.cmp(&b.word)));
    (found / asked.mass, matched)
}

fn field(library: &Library, tool: u32, stem: crate::lexical::Key) -> Option<Field> {
    let postings = library.postings.of_word(stem);
    if let Ok(at) = postings.binary_search_by_key(&tool, |posting| posting.thing) {
        return Some(postings[at].field);
    }
    let shelf = &library.shelves[library.shelf_of[tool as usize] as usize].1;
    shelf.name_words.binary_search(&stem).is_ok().then_some(Field::Server)
}
