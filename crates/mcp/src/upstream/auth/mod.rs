//! Permission to use a server that asks for it: OAuth 2.1 as MCP uses it.
//!
//! In: what the operator says of a server's authorization, and the server's
//! challenges. Out: an access token for that server alone. What a client of
//! ours sends as its own token never comes here.

mod authorizer;
mod challenge;
mod client;
mod code;
mod exchange;
mod metadata;
mod scopes;
mod settings;
mod token;
mod wallet;

pub(crate) use authorizer::Authorizer;
pub(crate) use challenge::Challenge;
pub use settings::{Authorization, Browser, Grant, RegisteredClient, Secret};
pub use wallet::{Permission, Wallet};
