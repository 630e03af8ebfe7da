//! Runs an approved plan.
//!
//! What comes in: a [`policy::ApprovedPlan`]. What goes out: how each step
//! ended ([`plan::Observations`]), and [`StepEvent`]s on the way. The
//! [`Scheduler`] decides and knows no clock and no task; the driver performs
//! what it decides, and is the only place that waits.

mod client;
mod event;

pub use client::{CallContext, CallFault, Progress, Sent, ToolClient};
pub use event::StepEvent;
