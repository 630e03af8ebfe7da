//! The binary as its users meet it: started as a process, on real files, with
//! real servers as its children.
#![cfg(target_os = "linux")] // Processes are looked for under /proc.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod approvals;
mod asking;
mod auth;
mod clients;
mod configuration;
mod demo_queries;
mod evaluation;
mod help;
mod host;
mod keeper;
mod leftovers;
mod misbehaving;
mod models;
mod nesting;
mod plans;
mod principals;
mod run;
mod servers;
mod serving;
mod tour;
