//! What the gate holds every call to: budgets, rates, health, alternatives,
//! the cache and sizes. The clock is stopped.

// A test that cannot go on says so by panicking, wherever it is.
#![allow(clippy::unwrap_used)]

extern crate concertmaster_dispatch as dispatch;

mod alternatives;
mod budgets;
mod caching;
mod crowd;
mod fetches;
mod health;
mod rig;
mod sizes;
