//! Runs an approved plan.
//!
//! What comes in: a [`policy::ApprovedPlan`]. What goes out: how each step
//! ended ([`plan::Observations`]), and [`StepEvent`]s on the way. The
//! [`Scheduler`] decides and knows no clock and no task; the driver behind
//! [`run`] performs what it decides, and is the only place that waits.
//!
//! Read in this order: [`ToolClient`], [`Gate`], [`Nested`], [`Limits`],
//! [`Fact`], [`Action`], [`Scheduler`], [`run`], [`Report`].

mod cache;
mod client;
mod clock;
mod counterpart;
mod driver;
mod event;
mod gate;
mod limits;
mod nested;
mod pause;
mod report;
mod scheduler;
mod size;
mod standing;
mod stop;

pub use cache::{CACHE_BYTES, CACHE_TTL, Cache, CacheKey, Claim, Lead};
pub use client::{CallContext, CallFault, Progress, Sent, ToolClient};
pub use clock::Clock;
pub use counterpart::{Asks, Counterpart, DuringRun, Offers, Question as ServerQuestion, Replies};
pub use driver::{GRACE, PROGRESS_WAITING, Ports, grace, run};
pub use event::StepEvent;
pub use gate::{Carried, Choice, Errand, Gate, Instead, Standby};
pub use limits::{CALL_TIMEOUT, CALLS_IN_ALL, CALLS_PER_EACH, CALLS_PER_SERVER, Limits, ServerLimits};
pub use nested::{Digest, Nested, NestedQuery};
pub use pause::{ANSWER_WAIT, Pause};
pub use report::{Report, StepReport};
pub use scheduler::{Action, Asked, Fact, Happened, Question, Reading, Scheduler, Shortfall, Ticket};
pub use size::{Caps, Cut, LEAST_BYTES, PLAN_BYTES, Page, RESULT_BYTES, SHELF_BYTES, SHELF_TTL, Shelf};
pub use standing::{
    Admitted, Breaker, BreakerSettings, Chance, Ended, Health, Retries, Standing, StandingSettings, Turn,
};
pub use stop::Stop;
