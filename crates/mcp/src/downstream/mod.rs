//! The front door: hosts that call us.
//!
//! In: requests of MCP clients of either era, over two streams or over
//! Streamable HTTP. Out: what the [`Orchestra`] makes of them. It decides
//! nothing itself: policy, planning and calling are the orchestra's.
//!
//! Read [`Orchestra`] first, then the desk that serves it, then the doors.

mod desk;
mod herald;
mod http;
mod orchestra;
mod own_tools;
mod progress;
mod result;
mod sessions;
mod stdio;

pub use http::{ENDPOINT, HttpConfig, HttpServer, ListenFault, MAX_BODY_BYTES, serve_http};
pub use orchestra::{Asked, Asker, Orchestra, Told};
pub use sessions::MAX_SESSIONS;
pub use stdio::{ClientFault, serve_stdio, serve_streams};
