//! What is sealed: everything needed to go on, and nothing that is believed
//! without being checked again.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Fingerprint;
use plan::{KeptObservations, KeptPlan};
use policy::CallHash;
use query::{Cost, Principal, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::{ApprovalId, Wall};

/// What sealed states are sealed for.
pub(super) const PURPOSE: &str = "suspension";

/// What is sealed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    /// Names it: it is used once.
    pub(super) id: String,
    /// The query it is of.
    pub(super) query: KeptQuery,
    /// What it waits for.
    pub(super) waits: Waits,
}

/// What a query is, beside its time.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptQuery {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) facts: BTreeMap<String, String>,
    /// Upstream calls made so far.
    pub(super) calls: u32,
    /// What they cost.
    pub(super) cost: Cost,
    /// Calls to models made so far.
    pub(super) model_calls: u32,
}

/// What a query waits for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub(super) enum Waits {
    /// A human lets calls through.
    Approval(Box<Approval>),
    /// Which reading is meant: the query to ask instead, for each.
    Choice {
        /// The queries.
        queries: Vec<String>,
    },
    /// What the words do not say: JSON Schema of an object with it.
    Values {
        /// The schema.
        schema: Value,
    },
    /// The state is in the store, under this name, because it is large.
    Kept {
        /// The name.
        id: String,
    },
}

/// A plan that waits for a human.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Approval {
    pub(super) id: ApprovalId,
    pub(super) expires: Wall,
    pub(super) plan: KeptPlan,
    pub(super) prior: Option<KeptObservations>,
    /// Calls that were let through before.
    pub(super) approved: Vec<CallHash>,
    /// Calls that wait.
    pub(super) asked: Vec<CallHash>,
    /// Why each of them does.
    pub(super) whys: Vec<String>,
    pub(super) unserved: Vec<String>,
}

impl KeptQuery {
    pub(super) fn of(query: &Query, calls: u32, model_calls: u32) -> Self {
        Self {
            id: query.id.to_string(),
            text: query.text.to_string(),
            facts: (*query.facts).clone(),
            calls,
            cost: query.ledger.spent_cost(),
            model_calls,
        }
    }

    pub(super) fn facts(&self) -> Arc<BTreeMap<String, String>> {
        Arc::new(self.facts.clone())
    }
}

/// What an approval is bound to: the principal, the plan with its tools'
/// definitions, the calls with theirs and their arguments, and the time. With
/// any of them changed it is another binding.
pub(super) fn binding(principal: &Principal, plan: &str, asked: &[CallHash], expires: Wall) -> String {
    let bound = json!({ "principal": principal, "plan": plan, "calls": asked, "expires": expires });
    Fingerprint::of(&bound).to_string()
}

/// The values a form was filled in with, as facts of the session: those that
/// the form asks for, and no other.
pub(super) fn facts_of(schema: &Value, values: &Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    let asked = schema["properties"].as_object();
    let mut facts = BTreeMap::new();
    for (name, value) in values {
        if !asked.is_some_and(|asked| asked.contains_key(name)) {
            return Err(format!("`{name}` was not asked for"));
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        facts.insert(name.clone(), text);
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    match required.into_iter().find(|name| !facts.contains_key(*name)) {
        Some(missing) => Err(format!("`{missing}` is missing")),
        None => Ok(facts),
    }
}
