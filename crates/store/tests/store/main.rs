//! The store against models of it, against crashes, failing disks and forgers.

mod approvals;
mod disks;
mod fixture;
mod kills;
mod models;
mod seals;
mod sharing;
mod tails;
