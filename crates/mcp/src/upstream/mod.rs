//! The servers we call.
//!
//! In: what the operator says of each server ([`UpstreamConfig`]). Out: a
//! [`Fleet`], which is where snapshots of the catalogue and of all other
//! offerings come from and where permitted calls and fetches leave. It takes no plan and no policy decision; everything
//! a server says is data to it.
//!
//! From the outside in: [`Fleet`], the keeper of one server, the connector
//! that starts it, the handshake and the listing, the session, and the wires:
//! two pipes or an HTTP endpoint.

mod announced;
mod asked;
mod auth;
mod backoff;
mod behind;
mod board;
mod caller;
mod config;
mod connect;
mod endpoint;
mod environment;
mod era;
mod errand;
mod event_wire;
mod fault;
mod fleet;
mod given;
mod group;
mod handshake;
mod http;
mod hub;
mod inventory;
mod keeper;
mod last_words;
mod letter;
mod listing;
mod mirror;
mod news;
mod offerings;
mod pending;
mod pool;
mod process;
mod question;
pub(crate) mod reading;
mod relay;
mod response;
mod session;
mod sse;
mod status;
mod stdio;
mod straight;
mod subscriptions;
mod task;
mod tending;
mod wire;

pub use auth::{Authorization, Browser, Grant, Permission, RegisteredClient, Secret, Wallet};
pub(crate) use behind::BEHIND;
pub use config::{DEFAULT_CALL_TIMEOUT, DEFAULT_MAX_CONCURRENCY, DEFAULT_START_TIMEOUT, Transport, UpstreamConfig};
pub use environment::{default_inherit_env, nested};
pub use fleet::Fleet;
pub use news::{NEWS_KEPT, News};
pub use offerings::{Abilities, Offered, Offerings, ServerOfferings, TaskSupport, Tasking};
pub use status::{ReadyServer, ServerState, ServerStatus};
pub use subscriptions::MAX_SUBSCRIPTIONS_PER_SERVER;
