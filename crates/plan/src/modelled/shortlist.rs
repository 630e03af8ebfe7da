//! Which tools a planner is shown.
//!
//! The router searches by words and meaning, for the whole query and for each
//! of its clauses; the rankings are merged turn by turn, so that every part of
//! a query brings its own best tools. Where the router is not sure that the
//! right ones are among them, a model splits the query first, and its parts
//! are searched for too. The planning request is what chooses among them.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Tool, ToolRef};
use model::Model;
use route::{Candidate, Ranking, Risk, Router};

use super::card::plain_name;
use super::{Task, parts};
use crate::embedded;

/// The most tools a planner is shown.
pub(super) const MAX_TOOLS: usize = 20;

/// How many of the nearest tools are named when nothing serves a query.
const NEAREST: usize = 3;

/// From more tools than this, so few are shown that a query is worth splitting
/// where the router is unsure.
const MANY_TOOLS: usize = 2 * MAX_TOOLS;

/// The tools a planner is shown, best first.
pub(super) struct Shortlist {
    tools: Vec<Arc<Tool>>,
    /// How much of some part of the query each covers, 0 to 1.
    coverage: BTreeMap<ToolRef, f32>,
    nearest: Vec<Candidate>,
}

impl Shortlist {
    /// Asks the router and, where it is unsure, the model.
    pub(super) async fn gather(task: &Task<'_>, model: &dyn Model) -> Self {
        let mut rankings = ranked(task.router, &texts(task));
        if is_unsure(task.router, &rankings) {
            // Without the parts, the query's own ranking has to do.
            let parts = parts::of(task.query, model).await.unwrap_or_default();
            rankings.extend(ranked(task.router, &parts));
        }
        Self::merged(task.router, rankings)
    }

    fn merged(router: &Router, rankings: Vec<Ranking>) -> Self {
        let rankings: Vec<Vec<Candidate>> = rankings.into_iter().map(|ranking| ranking.candidates).collect();
        let mut coverage: BTreeMap<ToolRef, f32> = BTreeMap::new();
        for candidate in rankings.iter().flatten() {
            let most = coverage.entry(candidate.tool.reference.clone()).or_default();
            *most = most.max(candidate.coverage);
        }
        let deepest = rankings.iter().map(Vec::len).max().unwrap_or_default();
        let turns = (0..deepest).flat_map(|rank| rankings.iter().filter_map(move |ranking| ranking.get(rank)));
        let few = router.catalog().tools().len() <= MAX_TOOLS;
        let rest = router.catalog().tools().iter().filter(|_| few);
        let mut tools: Vec<Arc<Tool>> = Vec::new();
        for tool in turns.map(|candidate| &candidate.tool).chain(rest) {
            if tools.len() < MAX_TOOLS && !tools.iter().any(|other| other.reference == tool.reference) {
                tools.push(Arc::clone(tool));
            }
        }
        let nearest = rankings.first().map(|whole| whole.iter().take(NEAREST).cloned().collect()).unwrap_or_default();
        Self { tools, coverage, nearest }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// The names by which a planner calls them, in the order of the names:
    /// equal sets of tools make equal schemas and prompts.
    pub(super) fn names(&self) -> Vec<String> {
        self.by_name().into_iter().map(plain_name).collect()
    }

    /// The tools in the order of their names.
    pub(super) fn by_name(&self) -> Vec<&Tool> {
        let mut tools: Vec<&Tool> = self.tools.iter().map(AsRef::as_ref).collect();
        tools.sort_by(|a, b| a.reference.cmp(&b.reference));
        tools
    }

    /// How much of some part of the query the tool covers, 0 to 1.
    pub(super) fn coverage(&self, tool: &ToolRef) -> f32 {
        self.coverage.get(tool).copied().unwrap_or_default()
    }

    /// What comes nearest to the whole query, best first.
    pub(super) fn nearest(&self) -> Vec<Candidate> {
        self.nearest.clone()
    }
}

/// The query and its clauses, the whole first.
fn texts(task: &Task<'_>) -> Vec<String> {
    let mut texts = vec![task.query.to_owned()];
    texts.extend(embedded::clause_texts(task.query, task.router).into_iter().filter(|clause| clause != task.query));
    texts
}

fn ranked(router: &Router, texts: &[String]) -> Vec<Ranking> {
    texts.iter().map(|text| router.search(text, MAX_TOOLS)).collect()
}

/// Whether the tools that are shown may well lack the right one: there are
/// many more than are shown, and of some part of the query the router doubts
/// that anything serves it, or cannot tell the right tool from as many others
/// as there is room for.
fn is_unsure(router: &Router, rankings: &[Ranking]) -> bool {
    let many = router.catalog().tools().len() > MANY_TOOLS;
    let parts = if rankings.len() > 1 { &rankings[1..] } else { rankings };
    many && parts.iter().any(|ranking| !ranking.is_in_scope() || ranking.likely(Risk::Reads).len() >= MAX_TOOLS)
}
