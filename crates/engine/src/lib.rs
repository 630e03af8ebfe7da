//! The journey of a query, and the library to embed it with.
//!
//! What comes in: words, a plan or one call, and whatever the edge knows of
//! who asks ([`Request`]). What goes out: an [`Outcome`], and [`Event`]s on
//! the way. Servers, models and stores are ports; this crate knows no
//! protocol, no file and no flag.
//!
//! Read `journey.rs` first: it is the whole of it, in one function.

mod book;
mod call;
mod conclusion;
mod digest;
mod engine;
mod event;
mod fetch;
mod found;
mod input;
mod journey;
mod meter;
mod naming;
mod nested;
mod outcome;
mod pass;
mod preview;
mod read_on;
mod refusal;
mod replan;
mod request;
mod settings;
mod showing;
mod standby;
mod suspension;
mod view;

pub use book::ModelCall;
pub use call::Called;
pub use engine::{Engine, Parts};
pub use event::Event;
pub use found::Found;
pub use input::{Choice, InputRequired};
pub use outcome::{Decision, Outcome, Served, StepLine, Usage};
pub use pass::{Pass, Passed};
pub use preview::Preview;
pub use refusal::{Refusal, RefusalReason};
pub use request::{Events, Request};
pub use settings::Settings;
pub use showing::{MAX_SHOWN_BYTES, asked_json, sources};
pub use suspension::{Answer, MAX_RESUME_BYTES, PendingApproval, Resume, Suspension};
