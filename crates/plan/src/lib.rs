//! From a draft to a checked graph of tool calls.
//!
//! What comes in: a [`PlanDraft`], written by a model, a client or the
//! embedded planner. What goes out: a [`Plan`], the only thing that policy
//! judges and dispatch runs, and, step by step while it runs, [`BoundCall`]s.
//!
//! It refuses to know who drafted a plan, and it never executes anything:
//! outputs come back in as [`Observation`]s.
//!
//! Read in this order: [`PlanDraft`] (what is proposed), [`check`] (what is
//! wrong with it), [`Plan`] and [`Step`] (what is valid), [`BoundStep`] (what
//! may be asked of policy next), [`Observation`] (what came back).
//!
//! ```
//! use catalog::Catalog;
//! use concertmaster_plan::{CheckContext, PlanDraft, Proposal, check, explain};
//!
//! let text = r#"{"steps": [{"id": "s1", "tool": "orc.count", "args": {"items": ["a", "b"]}}]}"#;
//! let Ok(Proposal::Plan(draft)) = PlanDraft::parse(text) else { panic!("it is a plan") };
//! let catalog = Catalog::new(1, Vec::new());
//! let plan = check(&draft, &CheckContext::of(&catalog)).expect("nothing is wrong with it");
//! assert!(explain(&plan).contains("s1  orc.count [pure]"));
//!
//! let Ok(Proposal::Plan(draft)) = PlanDraft::parse(&text.replace("count", "cuont")) else { panic!("so is this") };
//! let faults = check(&draft, &CheckContext::of(&catalog)).expect_err("there is no such tool");
//! assert_eq!(faults[0].suggestions, ["orc.count"]);
//! ```

mod alternative;
mod bind;
mod check;
mod closest;
mod direct;
mod draft;
mod embedded;
mod explain;
mod fault;
mod flow;
mod guard;
mod hashed;
mod kept;
mod label;
mod limits;
mod literal;
mod modelled;
mod observation;
mod operator;
mod output;
mod path;
mod plan;
mod repair;
mod schema;
mod shape;
mod step;
mod template;
mod visible;
mod written;

pub use bind::{BindFault, BoundCall, BoundStep};
pub use check::{CheckContext, check};
pub use draft::{DraftAnswer, DraftBinding, DraftGuard, DraftOp, DraftRef, DraftStep, Form, PlanDraft, Proposal};
pub use embedded::{Drafting, draft};
pub use explain::explain;
pub use fault::{FaultCode, MAX_FAULTS, PlanFault};
pub use guard::{Comparison, Guard};
pub use kept::{KeptObservations, KeptPlan, PlanChanged};
pub use label::{Integrity, Label};
pub use limits::{
    MAX_ARGUMENTS, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_EACH_ITEMS, MAX_ID_CHARS, MAX_NESTING, MAX_PURPOSE_CHARS,
    MAX_STEPS, MAX_SUB_TOOLS,
};
pub use modelled::{Account, Author, Confidence, Planned, Planning, Task, propose, propose_again, propose_alone};
pub use observation::{Need, Observation, Observations, SkipReason};
pub use operator::{MAX_ITEMS, MAX_TEXT_BYTES, MODEL_SERVER, OPERATOR_SERVER, Operator, OperatorFault};
pub use output::Output;
pub use path::{Path, PathFault, Segment};
pub use plan::{AnswerSpec, AnswerStyle, Plan, PlanHash};
pub use repair::{Repair, Unmended, check_and_repair, repair};
pub use schema::{friendly_schema, wire_schema};
pub use step::{Arguments, Binding, Op, Origin, Piece, Ref, Step, StepId, StepIndex};

pub(crate) use template::ITEM;
