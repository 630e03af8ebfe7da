//! An honest no.

use std::time::Duration;

use catalog::{Availability, Catalog};
use query::{Blame, Fault, Recovery};
use route::Candidate;
use serde::Serialize;

use crate::Found;

/// Why a query is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// No server here can do that.
    OutOfScope,
    /// The policy does not allow it.
    Denied,
    /// What it may spend is spent.
    OverBudget,
    /// Too many requests.
    RateLimited,
    /// The deadline passed with nothing to show.
    TimedOut,
    /// It was tried, and failed.
    Failed,
}

/// A query that is not answered, and what would help.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Why, for programs.
    pub reason: RefusalReason,
    /// Why, for people; names what is missing.
    pub message: String,
    /// The nearest things that can be done.
    pub nearest: Vec<Found>,
    /// When to try again, where that helps.
    pub retry_after: Option<Duration>,
    /// Every fault, for programs.
    pub faults: Vec<Fault>,
}

impl Refusal {
    /// Nothing here can do what the words ask for: says what can be done
    /// instead, and which servers might have but are down.
    pub(crate) fn nothing_serves(text: &str, nearest: &[Candidate], catalog: &Catalog) -> Self {
        let down = not_up(catalog);
        let mut message = format!("no server here can do that: \"{text}\"");
        if !down.is_empty() {
            message.push_str(&format!("; not asked, because they are not up: {}", down.join(", ")));
        }
        let nearest = nearest.iter().map(Found::from).collect();
        Self { nearest, ..Self::out_of_scope(message) }
    }

    /// The deadline passed before there was a plan.
    pub(crate) fn too_late(catalog: &Catalog) -> Self {
        let mut message = "the deadline passed before anything could be planned".to_owned();
        let down = not_up(catalog);
        if !down.is_empty() {
            message.push_str(&format!("; still waited for: {}", down.join(", ")));
        }
        Self::of(Fault::passing(Blame::Caller, "timed_out", message))
    }

    /// Out of scope, in somebody's words.
    pub(crate) fn out_of_scope(message: String) -> Self {
        let faults = vec![Fault::lasting(Blame::Caller, "out_of_scope", &message)];
        Self { reason: RefusalReason::OutOfScope, message, nearest: Vec::new(), retry_after: None, faults }
    }

    /// A refusal for one fault.
    pub fn of(fault: Fault) -> Self {
        let retry_after = match fault.recovery {
            Recovery::After(wait) => Some(wait),
            Recovery::Never | Recovery::Later => None,
        };
        let reason = RefusalReason::of(&fault);
        Self { reason, message: fault.message.clone(), nearest: Vec::new(), retry_after, faults: vec![fault] }
    }
}

impl RefusalReason {
    /// The reason a fault's code amounts to.
    pub fn of(fault: &Fault) -> Self {
        match fault.code.as_str() {
            "denied" => Self::Denied,
            "over_budget" => Self::OverBudget,
            "rate_limited" => Self::RateLimited,
            "timed_out" => Self::TimedOut,
            _ => Self::Failed,
        }
    }
}

/// The servers that cannot be called, by name.
fn not_up(catalog: &Catalog) -> Vec<String> {
    let down = |server: &&catalog::Server| server.availability != Availability::Ready;
    catalog.servers().iter().filter(down).map(|server| format!("`{}`", server.id)).collect()
}
