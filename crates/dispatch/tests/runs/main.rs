//! Runs of plans: scheduler traces, random graphs, and the driver with the
//! clock stopped.

// A test that cannot go on says so by panicking, wherever it is.
#![allow(clippy::unwrap_used)]

extern crate concertmaster_dispatch as dispatch;

mod calls;
mod catalogue;
mod deadlines;
mod graphs;
mod monitor;
mod notation;
mod stage;
mod traces;
mod transcript;
mod upstreams;
