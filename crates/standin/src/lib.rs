//! A stand-in for model providers, on loopback, for tests and trials without
//! a model. Never a dependency of the library.
//!
//! What comes in: a script of replies, and requests in the wire formats of
//! OpenAI, Anthropic, Gemini and Ollama. What goes out: what those providers
//! would send, whole or streamed, errors and bad manners included, and a
//! record of what was asked. It is as strict as the strictest of them: an
//! unknown member, a schema outside the common subset, a tool beside a
//! grammar are refused.
//!
//! Read in this order: [`Reply`] and [`Rule`] (the script), [`Seen`] (the
//! record), `wire` (each vendor's format), [`Standin`] (the server).

mod choose;
mod reply;
mod rule;
mod seen;
mod send;
mod server;
mod subset;
mod wire;

pub use reply::{Counts, Reply, Trick};
pub use rule::{Rule, Script, When};
pub use seen::{Demand, Seen, Shape};
pub use server::{MAX_REQUEST_BYTES, MAX_SEEN, Standin};
pub use wire::Wire;
