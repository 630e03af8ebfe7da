//! Calls that go on by themselves, and that their client comes back for.
//!
//! In: work that lasts longer than a client is to wait, or that it asked to
//! have so. Out: a task, which belongs to one principal, and what became of
//! it. Tasks live in memory and end with this process. Neither the engine nor
//! a server knows of them: the work is the same, only who waits is not.
//!
//! Read `task` (what one is), `registry` (which there are), `deferral` (how
//! work becomes one), `desk` (what clients ask of them), `shape` (how they are
//! written in either era).

mod deferral;
mod desk;
mod registry;
mod shape;
mod task;

pub(crate) use deferral::{Deferral, no_room};
pub(crate) use registry::Tasks;
pub(crate) use shape::{missing_extension, requests};
pub(crate) use task::Task;
