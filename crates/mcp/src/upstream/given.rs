//! What a request may take, for a server that passes it on.

use std::time::Duration;

use query::Budget;
use tokio::time::Instant;

use crate::share::member;

/// The bounds of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    /// What of the query's budget may be spent on it; `None` when nobody needs
    /// to know.
    pub(crate) budget: Option<Budget>,
    /// When nobody waits for its answer any more.
    pub(crate) due: Instant,
}

impl Given {
    /// The member of `_meta` that says so at this moment, if it is to be said.
    pub(crate) fn written(self) -> Option<String> {
        let left: Duration = self.due.saturating_duration_since(Instant::now());
        self.budget.map(|budget| member(budget, left))
    }
}
