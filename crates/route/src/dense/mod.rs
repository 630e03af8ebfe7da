//! Meaning without a transformer: a vector for each word piece, and their
//! mean.
//!
//! What comes in: a text. What goes out: a unit [`Vector`]. It refuses to
//! know what a tool is.
//!
//! The vectors are this project's own work; `tools/train-router` says how
//! they are made, and its card says out of what.

mod table;
mod vector;
mod wordpiece;

pub(crate) use table::Table;
pub(crate) use vector::{Vector, similarities, similarity};
pub(crate) use wordpiece::pieces;
