//! What a planning model came to.

use query::{Blame, Fault};
use serde_json::Value;

use super::card::word;
use super::confidence::Stated;
use super::schema::CONFIDENCE;
use crate::{PlanDraft, Proposal};

/// The longest question or reason passed on, in characters.
const MAX_SAID_CHARS: usize = 400;

/// A model's proposal, read but not checked.
pub(super) struct Reply {
    pub(super) stated: Stated,
    pub(super) proposal: Proposal,
    /// Parts of the query that, beside a plan, the model says nothing serves.
    pub(super) unserved: Vec<String>,
}

impl Reply {
    /// Reads a document. A plan whose very form is wrong is a fault.
    pub(super) fn read(mut document: Value) -> Result<Self, Fault> {
        let stated = document.as_object_mut().and_then(|members| members.remove(CONFIDENCE));
        let stated = Stated::read(stated.as_ref().and_then(Value::as_str));
        let proposal = PlanDraft::from_value(&document).map_err(|faults| {
            let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Fault::lasting(Blame::Model, "model_plan_unreadable", listed.join("; "))
        })?;
        let reason = said(document["reason"].as_str().unwrap_or_default());
        let unserved = match &proposal {
            Proposal::Plan(_) if !reason.is_empty() => vec![reason],
            _ => Vec::new(),
        };
        Ok(Self { stated, proposal, unserved })
    }
}

/// What a model says to a person: one line, nothing hidden, bounded.
pub(super) fn said(text: &str) -> String {
    word(text, MAX_SAID_CHARS)
}
