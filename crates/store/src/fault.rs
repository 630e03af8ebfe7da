//! What a store cannot do for reasons of its own.

use query::{Blame, Fault, Recovery};

/// The store could not do what it was asked. Whatever needed it is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// It could not be written to or read from; the state is as before.
    #[error("the state could not be kept: {0}")]
    Unkept(String),
    /// More is waiting to be kept than may wait.
    #[error("the state store has more to do than it can take")]
    Busy,
    /// Another process holds the state for longer than is waited.
    #[error("another process holds the state directory")]
    Held,
    /// Something is larger or more than the store takes.
    #[error("{0}")]
    TooMuch(String),
}

impl From<StoreFault> for Fault {
    /// Code: `state_unavailable`.
    fn from(fault: StoreFault) -> Self {
        let (blame, recovery) = match &fault {
            StoreFault::Unkept(_) => (Blame::Operator, Recovery::Later),
            StoreFault::Busy | StoreFault::Held => (Blame::Ourselves, Recovery::Later),
            StoreFault::TooMuch(_) => (Blame::Caller, Recovery::Later),
        };
        Self { code: "state_unavailable".into(), blame, recovery, message: fault.to_string(), refusal: None }
    }
}
