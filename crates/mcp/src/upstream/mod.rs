//! The servers we call.
//!
//! In: what the operator says of each server ([`UpstreamConfig`]). Out: a
//! [`Fleet`], which is where snapshots of the catalogue come from and where
//! permitted calls leave. It takes no plan and no policy decision; everything
//! a server says is data to it.
//!
//! From the outside in: [`Fleet`], the keeper of one server, the connector
//! that starts it, the handshake and the listing, the session, and the wires:
//! two pipes or an HTTP endpoint.

mod backoff;
mod board;
mod config;
mod connect;
mod environment;
mod era;
mod fault;
mod fleet;
mod group;
mod handshake;
mod http;
mod keeper;
mod last_words;
mod lines;
mod listing;
mod mirror;
mod pending;
mod pool;
mod process;
mod session;
mod sse;
mod status;
mod stdio;
mod wire;

pub use config::{DEFAULT_CALL_TIMEOUT, DEFAULT_MAX_CONCURRENCY, DEFAULT_START_TIMEOUT, Transport, UpstreamConfig};
pub use environment::default_inherit_env;
pub use fleet::Fleet;
pub use status::{ReadyServer, ServerState, ServerStatus};
