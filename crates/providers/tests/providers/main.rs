//! The providers against a stand-in, over real connections on loopback.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cancelling;
mod completions;
mod failures;
mod recordings;
mod requests;
mod retries;
mod rig;
mod secrets;
mod streams;
mod weakening;
