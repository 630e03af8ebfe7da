//! From many signs to one score.
//!
//! What comes in: a query that was read, and a library. What goes out: the
//! tools that may serve it, each with its signs, and their fused score.
//! It refuses to know what a sign stands for: the weights were learnt.

mod acts;
mod forest;
mod judge;
mod phrase;
mod second;
mod servers;
mod shortlist;
mod signs;
mod soft;
mod sure;
mod verdict;
mod written;

pub(crate) use forest::Forest;
pub(crate) use judge::{Fusion, Judgement};
pub(crate) use second::second_signs;
pub(crate) use servers::server_signs;
pub(crate) use shortlist::Shortlist;
pub(crate) use signs::{Look, looks};
pub(crate) use verdict::{Ranked, verdict_signs};
pub(crate) use written::Unreadable;
