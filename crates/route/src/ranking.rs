//! What a search yields.

use std::sync::Arc;

use catalog::{Catalog, ServerId};

use crate::asked::Asked;
use crate::calibrate::{Judgement, Risk};
use crate::candidate::{Candidate, Field, Match, Route};
use crate::fusion::{Ranked, Shortlist, Signs, signs, verdict_signs};
use crate::library::Library;
use crate::weights::Weights;

/// How many of the nearest tools are named when a text is out of scope.
const NEAREST: usize = 3;

/// The most tools among which a question lets the user choose.
const MAX_OPTIONS: usize = 5;

/// Another server's tool is as good an answer from this share of the best
/// one's probability on.
const ALIKE: f32 = 0.2;

/// A fused score below which a tool says nothing for its server.
const INDIFFERENT: f32 = -3.0;

/// What a server's second and third tool count beside its best.
const NEXT_TOOLS_WEIGHT: f32 = 0.2;

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
    /// By candidate: its fused score.
    fused: Vec<f32>,
    in_scope: bool,
    ambiguous: bool,
    sure: [bool; 2],
    floors: [f32; 2],
}

impl Ranking {
    pub(crate) fn of(text: &str, library: &Library, weights: &Weights, catalog: &Catalog, limit: usize) -> Self {
        let asked = Asked::read(text, library, &weights.table, &weights.background);
        let shortlist = Shortlist::of(&asked, library);
        let signs = signs(&asked, library, &shortlist);
        let fusion = &weights.fusion;
        let ranked = ranked(&signs, weights);
        let verdict = verdict_signs(&asked, library, &shortlist, &signs, &ranked);
        let judgement =
            verdict.map_or(Judgement { scope: 0.0, ambiguity: 0.0, sure: 0.0 }, |signs| fusion.judge(&signs));
        let scores: Vec<f32> = ranked.iter().map(|(_, score)| *score).collect();
        let candidate = |((at, _), score): (&Ranked, f32)| {
            let tool = shortlist.tools[*at];
            let (coverage, matched) = matches(&asked, library, tool);
            Candidate { tool: Arc::clone(&catalog.tools()[tool as usize]), score, coverage, matched }
        };
        let candidates = ranked.iter().zip(fusion.probabilities(&scores)).take(limit).map(candidate).collect();
        Self {
            candidates,
            fused: scores.into_iter().take(limit).collect(),
            scope: judgement.scope,
            ambiguity: judgement.ambiguity,
            in_scope: verdict.is_some() && fusion.is_in_scope(judgement),
            ambiguous: fusion.is_ambiguous(judgement),
            sure: [Risk::Reads, Risk::Effects].map(|risk| verdict.is_some() && fusion.is_sure(judgement, risk)),
            floors: [fusion.floor(Risk::Reads), fusion.floor(Risk::Effects)],
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
        let floor = self.floors[risk as usize];
        if self.sure[risk as usize] {
            return &self.candidates[..self.candidates.len().min(1)];
        }
        let count = self.candidates.iter().take_while(|candidate| candidate.score >= floor).count();
        &self.candidates[..count.max(1).min(self.candidates.len())]
    }

    /// The servers of the candidates, best first: each by its best tool, and
    /// a little by the two after it.
    pub fn servers(&self) -> Vec<&ServerId> {
        let mut servers: Vec<(&ServerId, Vec<f32>)> = Vec::new();
        for (candidate, score) in self.candidates.iter().zip(&self.fused) {
            let server = &candidate.tool.reference.server;
            match servers.iter_mut().find(|(own, _)| *own == server) {
                Some((_, scores)) => scores.push(*score),
                None => servers.push((server, vec![*score])),
            }
        }
        let total = |scores: &[f32]| {
            let others: f32 = scores.iter().skip(1).take(2).map(|score| (score - INDIFFERENT).max(0.0)).sum();
            scores[0] + NEXT_TOOLS_WEIGHT * others
        };
        servers.sort_by(|a, b| total(&b.1).total_cmp(&total(&a.1)));
        servers.into_iter().map(|(server, _)| server).collect()
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
/// in the order of first sight.
pub(crate) fn ranked(signs: &[Signs], weights: &Weights) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = signs.iter().map(|own| weights.fusion.score(own)).enumerate().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
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
