//! On whose word calls are judged.

use query::Query;

use crate::Approvals;

/// The query a call is made for, and what a human let through for it. It
/// proves nothing: the gate still judges every call made on it.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The query.
    pub query: Query,
    /// The calls a human let through.
    pub approvals: Approvals,
}
