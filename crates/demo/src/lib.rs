//! The demo workspace and its four MCP servers.
//!
//! In: the name of a server and a directory. Out: an ordinary MCP server over
//! stdio, over any pair of byte streams, or over Streamable HTTP, speaking
//! every protocol revision that rmcp speaks. The servers know nothing of
//! Concertmaster: any MCP client can use them, and to the product they are
//! somebody else's.
//!
//! Reading order:
//!
//! 1. [`Which`]: the four servers;
//! 2. [`Workspace`]: the files, conversations and tables they serve, shipped
//!    inside this crate and written out by [`Workspace::materialise`];
//! 3. [`serve_stdio`], [`serve_io`], [`serve_http`]: a server on a transport;
//! 4. `server`: what the four have in common, a list of `Tool`s; then one
//!    module for each server with one file for each tool.

mod clock;
mod filesystem;
mod github;
mod http;
mod mute;
mod serve;
mod server;
mod slack;
mod sql;
mod state;
mod which;
mod words;
mod workspace;

pub use http::{HttpServer, bind_http, serve_http};
pub use mute::serve_stdio_mute;
pub use serve::{ServeError, serve_io, serve_stdio};
pub use which::{UnknownServer, Which};
pub use workspace::{Workspace, WorkspaceError};

/// Keeps the example of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
