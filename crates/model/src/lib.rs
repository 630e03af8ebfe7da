//! The port to a language model.
//!
//! What comes in: a [`Request`], its [`Prompt`] made of our words and of
//! [`Slot`]s of other people's, and where a typed answer is wanted an
//! [`OutputSchema`]. What goes out: a [`Completion`], or a [`ModelFault`],
//! both with what was [`Spent`]. This crate names no vendor, socket, clock or
//! file; whoever implements [`Model`] does.
//!
//! Read in this order: [`Slot`], [`Prompt`], [`OutputSchema`], [`Request`],
//! [`Completion`], [`ModelFault`], [`Model`]; then [`Rates`] and
//! [`estimate_tokens`].

mod canonical;
mod completion;
mod fault;
mod outline;
mod port;
mod prompt;
mod purpose;
mod rates;
mod request;
mod schema;
mod slot;
mod subset;
mod tokens;
mod usage;

pub use canonical::canonical;
pub use completion::{Completion, Content, Finish};
pub use fault::{ModelFault, Trouble};
pub use port::{About, Model, Pending};
pub use prompt::{DATA_RULE, Message, Prompt, Voice};
pub use purpose::Purpose;
pub use rates::Rates;
pub use request::{Deltas, Request};
pub use schema::{InvalidName, OutputSchema};
pub use slot::{MAX_LABEL_CHARS, Slot};
pub use subset::{MAX_ENUM_VALUES, MAX_OBJECT_DEPTH, MAX_PROPERTIES, SubsetFault, check_subset};
pub use tokens::estimate_tokens;
pub use usage::{Spent, Usage};
