//! The front door: hosts that call us.
//!
//! In: requests of MCP clients of either era, over two streams or over
//! Streamable HTTP. Out: what the [`Orchestra`] makes of them. It decides
//! nothing itself: policy, planning and calling are the orchestra's.
//!
//! Read [`Orchestra`] first; then a message's way: `message` (its envelope),
//! `visit` (one request at the desk), `desk` (what is asked), `served` (what
//! came of it); then the doors, `stdio` and `http`. What a server wrote goes
//! on as it was written: nothing here reads a result.

mod audience;
mod bridge;
mod caller;
mod calls;
mod client;
mod deed;
mod desk;
mod directory;
mod drive;
mod fetches;
mod form;
mod http;
mod instructions;
mod lane;
mod level;
mod listen;
mod message;
mod meta;
mod nesting;
mod orchestra;
mod own;
mod own_arguments;
mod own_tools;
mod pages;
mod parking;
mod questions;
pub(crate) mod reading;
mod refusal;
mod reply;
mod revision;
mod running;
mod served;
mod shelf;
mod shown;
mod state;
mod stdio;
mod tasks;
mod template;
pub(crate) mod toil;
mod visit;

pub use http::{
    ENDPOINT, HttpConfig, HttpLimits, HttpServer, Keyring, ListenFault, MAX_BODY_BYTES, MAX_SESSIONS, MIN_TOKEN_CHARS,
    SMALL_BODY_BYTES, Token, serve_http,
};
pub use nesting::MAX_DEPTH;
pub use orchestra::{Asked, Asker, Exposure, Form, FormKind, Orchestra, Passed, Passing, Resumption, Told};
pub use stdio::{ClientFault, serve_stdio, serve_streams};
