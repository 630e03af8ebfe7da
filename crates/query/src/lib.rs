//! The envelope that travels with every request.
//!
//! What comes in: words, from somebody, to be answered by some time, for at
//! most so much. What goes out: a [`Query`] that every later stage reads and
//! none changes. This crate knows no clock (moments are arguments), no
//! runtime and no server.
//!
//! Read in this order: [`Query`], [`Principal`], [`Deadline`], [`Ledger`],
//! [`Share`], [`Fault`].

mod cost;
mod deadline;
mod fault;
mod ledger;
mod principal;
mod request;
mod share;

pub use cost::Cost;
pub use deadline::{Deadline, Moment};
pub use fault::{Blame, Fault, Recovery, Said};
pub use ledger::{Budget, Ledger, OverBudget, Reservation};
pub use principal::Principal;
pub use request::{Query, QueryId};
pub use share::Share;
