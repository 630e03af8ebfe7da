//! Why a run is cut short.

use query::{Blame, Fault};

/// Why a run is cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The query's deadline has passed.
    Expired,
    /// Nobody waits for the answer any more.
    Cancelled,
}

impl Stop {
    /// The fault of `what`, which it cut short. Codes: `timed_out`, `cancelled`.
    pub fn fault(self, what: &str) -> Fault {
        match self {
            Self::Expired => {
                Fault::passing(Blame::Caller, "timed_out", format!("the query's deadline passed before {what}"))
            }
            Self::Cancelled => {
                Fault::passing(Blame::Caller, "cancelled", format!("the query was cancelled before {what}"))
            }
        }
    }
}
