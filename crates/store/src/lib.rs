//! State that outlives a query, and is shared by all who run at once.
//!
//! What comes in: charges, rates, questions to a human, intents, each with
//! the wall-clock time at which it is asked. What goes out: holds, leave or a
//! time to wait, approvals good for one use, and a journal of what was done.
//! Each operation of the port [`Store`] is one atomic decision, so that a
//! shared store can make it with one script. This crate knows no plan, no
//! policy and no server: accounts, calls and bindings are names to it.
//!
//! Read in this order: [`Store`], [`Charge`], [`Rate`], [`Ask`], [`Intent`],
//! then [`Embedded`], and [`Sealer`] for state that a caller carries.

mod account;
mod approval;
mod effect;
mod embedded;
mod fault;
mod key;
mod name;
mod port;
mod rate;
mod reply;
mod seal;
mod value;
mod wall;

pub use account::{Amount, Charge, Held, Hold, Spent, Unreserved, Window};
pub use approval::{Approval, ApprovalId, Ask, Standing, Undecided, Unredeemed, Word};
pub use effect::{Effect, EffectId, Ending, Fate, Intended, Intent};
pub use embedded::{Embedded, Point, Watch};
pub use fault::StoreFault;
pub use key::Key;
pub use port::{Store, Voice};
pub use rate::{Rate, Throttled};
pub use reply::Reply;
pub use seal::{KeyFault, MAX_SEALED_BYTES, SealFault, Sealer, SealingKey, Unsealed};
pub use value::MAX_VALUE_BYTES;
pub use wall::Wall;
