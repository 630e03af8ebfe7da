//! What a ranking is made of.

use std::sync::Arc;

use catalog::{Catalog, ServerId, Tool};

use crate::asked::Asked;
use crate::fusion::{Judgement, Shortlist, looks, second_signs, server_signs, verdict_signs};
use crate::library::Library;
use crate::ranking::ranked;
use crate::weights::Weights;

/// The tools worth a second look, and what speaks for each and for the
/// ranking as a whole. The columns have meaning for the trained fusion alone.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The shortlist, best first.
    pub tools: Vec<Arc<Tool>>,
    /// By tool: its fused score.
    pub scores: Vec<f32>,
    /// By tool: its signs.
    pub signs: Vec<Vec<f32>>,
    /// By tool, for the first few: its signs at the second look. Empty once a
    /// second look was learnt.
    pub second: Vec<Vec<f32>>,
    /// The servers with their signs.
    pub servers: Vec<(ServerId, Vec<f32>)>,
    /// The ranking's own signs; empty for an empty one.
    pub verdict: Vec<f32>,
    /// What was thought of it, 0 to 1 each: that anything here serves the
    /// query, that several would do alike, that the best tool is meant.
    pub judged: [f32; 3],
}

impl Evidence {
    pub(crate) fn of(text: &str, library: &Library, weights: &Weights, catalog: &Catalog) -> Self {
        let asked = Asked::read(text, library, &weights.table, &weights.background);
        let shortlist = Shortlist::of(&asked, library);
        let looks = looks(&asked, library, &shortlist);
        let ranked = ranked(&asked, library, &shortlist, &looks, weights);
        let second = if weights.fusion.looks_twice() {
            Vec::new()
        } else {
            second_signs(&asked, library, &shortlist, &looks, &ranked)
        };
        let servers = server_signs(&asked, library, &shortlist, &looks, &ranked);
        let verdict = verdict_signs(&asked, library, &shortlist, &looks, &ranked);
        let judged = verdict.map_or_else(Judgement::default, |own| weights.fusion.judge(&own, &looks, &ranked));
        Self {
            tools: ranked.iter().map(|(at, _)| Arc::clone(&catalog.tools()[shortlist.tools[*at] as usize])).collect(),
            scores: ranked.iter().map(|(_, score)| *score).collect(),
            signs: ranked.iter().map(|(at, _)| looks[*at].signs.to_vec()).collect(),
            second: second.into_iter().map(|own| own.to_vec()).collect(),
            servers: servers
                .into_iter()
                .map(|(server, own)| (library.shelves[server as usize].0.clone(), own.to_vec()))
                .collect(),
            verdict: verdict.map_or_else(Vec::new, |own| own.to_vec()),
            judged: [judged.scope, judged.ambiguity, judged.sure],
        }
    }
}
