//! The query itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Deadline, Ledger, Moment, Principal};

/// Names one query in events, outcomes and nested calls. Made at the edge,
/// where there is a source of randomness; unguessable ids are the edge's duty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueryId(Arc<str>);

impl QueryId {
    /// An id as the edge made it.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is asked, on whose authority, until when and for how much.
#[derive(Clone, Debug)]
pub struct Query {
    /// Names it everywhere.
    pub id: QueryId,
    /// The user's own words.
    pub text: Arc<str>,
    /// On whose authority.
    pub principal: Principal,
    /// When it was asked.
    pub asked: Moment,
    /// When the answer is due.
    pub deadline: Deadline,
    /// Who holds what of its budget.
    pub ledger: Ledger,
    /// What the session knows about the principal and may fill arguments
    /// with, by parameter name: `owner`, `repo`, `timezone` …
    pub facts: Arc<BTreeMap<String, String>>,
    /// How many queries this one is nested in; 0 for one that a person asked.
    pub depth: u8,
}
