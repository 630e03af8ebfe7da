//! The protocol edge: the only crate that knows JSON-RPC and the revisions of
//! the Model Context Protocol.
//!
//! [`upstream`] holds the servers we call, [`downstream`] the front door for
//! hosts that call us. Both speak the revision without sessions and those
//! with a handshake before it.

pub mod downstream;
mod excerpt;
mod frame;
mod lines;
mod members;
pub mod reading;
mod share;
pub mod toil;
pub mod upstream;
