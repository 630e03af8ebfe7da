//! Runs an approved plan.
//!
//! What comes in: a [`policy::ApprovedPlan`]. What goes out: how each step
//! ended ([`plan::Observations`]), and [`StepEvent`]s on the way. The
//! [`Scheduler`] decides and knows no clock and no task; the driver behind
//! [`run`] performs what it decides, and is the only place that waits.
//!
//! Read in this order: [`ToolClient`], [`Gate`], [`Nested`], [`Limits`],
//! [`Fact`], [`Action`], [`Scheduler`], [`run`], [`Report`].

mod client;
mod clock;
mod counterpart;
mod driver;
mod event;
mod gate;
mod limits;
mod nested;
mod report;
mod scheduler;
mod stop;

pub use client::{CallContext, CallFault, Progress, Sent, ToolClient};
pub use clock::Clock;
pub use counterpart::{Asks, Counterpart, Offers, Question as ServerQuestion, Replies};
pub use driver::{GRACE, PROGRESS_WAITING, Ports, grace, run};
pub use event::StepEvent;
pub use gate::{Carried, Errand, Gate};
pub use limits::{CALL_TIMEOUT, CALLS_IN_ALL, CALLS_PER_EACH, CALLS_PER_SERVER, Limits, ServerLimits};
pub use nested::{Digest, Nested, NestedQuery};
pub use report::{Report, StepReport};
pub use scheduler::{Action, Asked, Fact, Happened, Question, Reading, Scheduler, Shortfall, Ticket};
pub use stop::Stop;
