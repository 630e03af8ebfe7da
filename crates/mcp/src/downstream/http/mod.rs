//! The front door over Streamable HTTP.
//!
//! In: connections of clients of every revision. Out: answers, as plain JSON
//! where a request says nothing before its end, and as a stream of events
//! where it does. Who may come in is decided in `guard`, and who they are in
//! `keyring`, before anything is read; what is asked goes to the desk.

mod attended;
mod body;
mod door;
mod fields;
mod guard;
mod keyring;
mod legacy;
mod limits;
mod mirror;
pub(super) mod reading;
mod server;
mod sessions;
pub(super) mod toil;

pub use body::MAX_BODY_BYTES;
pub use keyring::{Keyring, MIN_TOKEN_CHARS, Token};
pub use limits::{HttpLimits, SMALL_BODY_BYTES};
pub use server::{ENDPOINT, HttpConfig, HttpServer, ListenFault, serve_http};
pub use sessions::MAX_SESSIONS;
