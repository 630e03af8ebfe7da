//! The store against models of it, against crashes, failing disks and forgers.

#![allow(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod approvals;
mod disks;
mod fixture;
mod kills;
mod models;
mod seals;
mod sharing;
mod tails;
