//! The store against models of it, against crashes and against forgers.

mod approvals;
mod fixture;
mod tails;

mod sharing;
