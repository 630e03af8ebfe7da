//! What the four servers have in common.
//!
//! In: a service (the data), a [`Profile`] and a list of [`Tool`]s. Out: a
//! [`Server`] that answers `tools/list` and `tools/call` in every protocol
//! revision. What a tool does is no concern of this module.

mod effect;
mod fault;
mod handler;
mod schema;
mod tool;

pub(crate) use effect::Effect;
pub(crate) use fault::Fault;
pub(crate) use handler::{Profile, Server};
pub(crate) use tool::{NoInput, Tool, ToolList};
