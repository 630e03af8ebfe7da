//! Planning with a model.
//!
//! What comes in: a [`Task`], that is a query and the router of a snapshot,
//! and the [`Model`] to ask. What goes out: a [`Planning`]: a valid plan, a
//! question or a no, and how it came about. The embedded planner goes first;
//! a model is asked only for what it cannot plan with certainty, and whatever
//! the model does wrong is mended, or the embedded plan stands.
//!
//! It refuses to trust: what servers say reaches the prompt only in slots and
//! only as names, types and one line of purpose; what comes back is a draft
//! to be checked like any other, and a step that changes something is on the
//! model's word ([`Origin::Model`](crate::Origin)) unless the embedded planner
//! reads the very same step out of the user's own words.
//!
//! Read in this order: [`Task`], [`propose`], `own` (the embedded plan, and
//! whether it is certain), `shortlist`, `card`, `prompt`, `schema`, `reply`,
//! `compile` (check, mend, fill), `weigh`, [`propose_again`].

mod again;
mod ask;
mod card;
mod compile;
mod confidence;
mod fill;
mod mend;
mod own;
mod parts;
mod prompt;
mod reply;
mod rules;
mod schema;
mod shortlist;
mod vouch;
mod weigh;
mod wire_step;

use std::collections::BTreeMap;

use model::Model;
use query::Fault;
use route::{Candidate, Router};

use crate::{CheckContext, Drafting, Plan, PlanFault, Repair};

pub use again::propose_again;
pub use confidence::Confidence;

/// How often a model is asked to mend what it wrote.
const MAX_ROUNDS: u32 = 2;

/// What is to be planned.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The user's words.
    pub query: &'a str,
    /// What the session knows, by parameter name.
    pub facts: &'a BTreeMap<String, String>,
    /// The router of the snapshot that may be used.
    pub router: &'a Router,
    /// How many queries this one is nested in.
    pub depth: u8,
}

/// What planning came to, and how.
#[derive(Clone, Debug)]
pub struct Planning {
    /// What it came to.
    pub planned: Planned,
    /// How.
    pub account: Account,
}

/// What planning came to.
#[derive(Clone, Debug)]
pub enum Planned {
    /// A valid plan.
    Plan {
        /// The plan.
        plan: Box<Plan>,
        /// Parts of the query that nothing here serves.
        unserved: Vec<String>,
    },
    /// The model asks which reading is meant.
    Clarify {
        /// The question, in one line.
        question: String,
    },
    /// The model says that no tool serves the query.
    OutOfScope {
        /// What is missing, in one line.
        reason: String,
        /// What comes nearest, best first.
        nearest: Vec<Candidate>,
    },
    /// The embedded planner's question, or its no, stands.
    Undrafted(Box<Drafting>),
    /// Neither planner's plan is valid; these are the faults of the better.
    Faulty(Vec<PlanFault>),
}

/// Who drafted what was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The embedded planner.
    #[default]
    Embedded,
    /// A model.
    Model,
}

/// How planning went.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Account {
    /// Who drafted it.
    pub author: Author,
    /// How sure model and router are together, where a model was asked.
    pub confidence: Option<Confidence>,
    /// What was mended without asking.
    pub repairs: Vec<Repair>,
    /// How often the model was asked to mend what it wrote.
    pub rounds: u32,
    /// Why the embedded planner's word stands although a model was asked.
    pub fell_back: Option<Fault>,
}

impl<'a> Task<'a> {
    pub(crate) fn context(&self) -> CheckContext<'a> {
        CheckContext { depth: self.depth, ..CheckContext::of(self.router.catalog()) }
    }
}

/// Plans a query without any model.
pub fn propose_alone(task: &Task<'_>) -> Planning {
    own::Own::draft(task).stands(Account::default())
}

/// Plans a query: by the embedded planner where it is certain, else with one
/// request to the model, and at most two more for what is wrong with what it
/// wrote. A query over many tools that retrieval cannot place is split first,
/// with one small request; arguments that a plan leaves open take one each,
/// two at most.
pub async fn propose(task: &Task<'_>, model: &dyn Model) -> Planning {
    let own = own::Own::draft(task);
    if own.is_certain(task) {
        return own.stands(Account::default());
    }
    let shortlist = shortlist::Shortlist::gather(task, model).await;
    if shortlist.is_empty() {
        return own.stands(Account::default());
    }
    let ask::Asked { reply, rounds } = ask::for_plan(task, &shortlist, model).await;
    match reply {
        Ok(reply) => weigh::weigh(task, model, &shortlist, own, reply, rounds).await,
        Err(fault) => own.stands(Account { fell_back: Some(fault), rounds, ..Account::default() }),
    }
}
