//! The embedded planner: a plan out of a query without any model.
//!
//! A query falls into clauses; each is served by one tool; the tool's
//! arguments come from the clause's own words, from what it points back at,
//! or from what an earlier step yields. What cannot be filled is asked for,
//! what could mean several servers is asked about, and what nothing here can
//! do is said.

mod body;
mod choose;
mod clause;
mod condition;
mod count;
mod drawn;
mod feed;
mod following;
mod guard;
mod link;
mod look;
mod mood;
mod neighbours;
mod paraphrase;
mod part;
mod passive;
mod phrase;
mod possession;
mod reference;
mod search;
mod sift;
mod sketch;
mod source;
mod spelling;
mod subject;
mod superlative;
mod topic;
mod within;
mod wording;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Parameter, Tool};
use route::{Candidate, Router};
use serde_json::Value;

use crate::PlanDraft;

/// What the embedded planner came to.
#[derive(Clone, Debug)]
pub enum Drafting {
    /// A plan, to be checked like any other.
    Draft {
        /// The plan.
        draft: PlanDraft,
        /// Parts of the query that nothing here serves.
        unserved: Vec<String>,
    },
    /// A part of the query could mean several servers.
    Ambiguous {
        /// The part, in the user's words.
        clause: String,
        /// One tool for each server, best first.
        options: Vec<Candidate>,
    },
    /// A tool needs what the query does not say.
    Missing {
        /// The part, in the user's words.
        clause: String,
        /// The tool.
        tool: Arc<Tool>,
        /// The required parameters without a value.
        parameters: Vec<Parameter>,
        /// What is known already, by parameter name.
        known: Vec<(String, Value)>,
    },
    /// Nothing here does any of it.
    OutOfScope {
        /// What comes nearest, best first.
        nearest: Vec<Candidate>,
    },
}

/// Plans a query against the router's snapshot. `facts` are what the session
/// knows, by parameter name.
pub fn draft(query: &str, facts: &BTreeMap<String, String>, router: &Router) -> Drafting {
    let mut sketch = sketch::Sketch::new(facts, router);
    let clauses = clause::clauses(query, router);
    for (at, own) in clauses.iter().enumerate() {
        let neighbours = neighbours::Neighbours { before: &clauses[..at], own, behind: &clauses[at + 1..] };
        if let Err(stopped) = sketch.add(neighbours) {
            return stopped;
        }
    }
    sketch.finish(query)
}

/// The clauses a query falls into, in the user's words.
pub(crate) fn clause_texts(query: &str, router: &Router) -> Vec<String> {
    clause::clauses(query, router).into_iter().map(|clause| clause.text).collect()
}
