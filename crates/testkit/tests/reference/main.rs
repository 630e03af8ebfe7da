//! Concertmaster's library in front of MCP servers that others wrote.
//!
//! `cargo xtask reference-servers` installs them; then `cargo test -p
//! concertmaster-testkit --test reference -- --ignored` runs these tests.
//! What comes in: the servers as they are published. What goes out: whether
//! queries, plans and calls over them come to what they should, and whether
//! every process is gone afterwards.

mod dead;
mod everything;
mod filesystem;
mod git;
mod ground;
mod installed;
mod memory;
mod rig;
mod servers;
mod sqlite;
mod time;
mod together;
mod traces;
