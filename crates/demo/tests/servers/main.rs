//! Every server, driven by rmcp's own client: arguments in, answers out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod definitions;
mod filesystem;
mod github;
mod http;
mod slack;
mod sql;
mod workspace;
