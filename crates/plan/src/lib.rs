//! From a draft to a checked graph of tool calls.
//!
//! What comes in: a [`PlanDraft`], written by a model, a client or the
//! embedded planner. What goes out: a [`Plan`], the only thing that policy
//! judges and dispatch runs, and, step by step while it runs, [`BoundCall`]s.
//!
//! It refuses to know who drafted a plan, and it never executes anything:
//! outputs come back in as [`Observation`]s.

mod bind;
mod guard;
mod label;
mod observation;
mod operator;
mod output;
mod path;
mod plan;
mod step;

pub use bind::{BindFault, BoundCall, BoundStep};
pub use guard::{Comparison, Guard};
pub use label::{Integrity, Label};
pub use observation::{Need, Observation, Observations, SkipReason};
pub use operator::Operator;
pub use output::Output;
pub use path::{Path, PathFault, Segment};
pub use plan::{AnswerSpec, AnswerStyle, Plan, PlanHash};
pub use step::{Arguments, Binding, Op, Piece, Ref, Step, StepId, StepIndex};
