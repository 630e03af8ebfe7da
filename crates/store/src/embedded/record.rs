//! What is written down: the newest state of one thing at a time.
//!
//! A record replaces what an earlier one said of the same thing, so reading a
//! record twice does nothing, and the newest records alone are a whole book.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bytes;
use crate::{Amount, Approval, ApprovalId, Effect, Key, Wall};

/// One thing as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(super) enum Record {
    /// A question to a human.
    Approval(Approval),
    /// A question that is not on record any more.
    Forgotten {
        /// Its name.
        id: ApprovalId,
    },
    /// An effect, and the run of this program that made it.
    Effect {
        /// The run.
        run: String,
        /// The effect.
        effect: Effect,
    },
    /// A name that is claimed.
    Claim {
        /// The name.
        key: Key,
        /// Until when.
        expires: Wall,
    },
    /// A value that is kept.
    Value {
        /// Its name.
        key: Key,
        /// The value.
        #[serde(with = "bytes")]
        value: Arc<[u8]>,
        /// Until when.
        expires: Wall,
    },
    /// What was taken from an account in a window: spent, or about to be.
    Account {
        /// The account.
        key: Key,
        /// Which window, counted from the Unix epoch.
        term: u64,
        /// When the window ends.
        ends: Wall,
        /// How much.
        taken: Amount,
    },
}
