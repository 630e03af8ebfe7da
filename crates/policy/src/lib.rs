//! Permit, ask or deny: for a plan before it starts, and again for each call
//! once its arguments are known.
//!
//! What comes in: a valid [`plan::Plan`], then its [`plan::BoundCall`]s. What
//! goes out: the proofs. An [`ApprovedPlan`] may be dispatched, and only a
//! [`PermittedCall`] may leave for an upstream; nothing outside this crate
//! can make either. Between the two stand the [`Terms`]: what whoever keeps
//! the accounts must hold for the call. When in doubt it asks, and when nobody can be asked it
//! denies.

mod approval;
mod authority;
mod channel;
mod permit;
mod rules;
mod tariff;
mod terms;
mod verdict;

pub use approval::{Approvals, CallHash};
pub use authority::Authority;
pub use channel::{Channel, Channels};
pub use permit::{ApprovedPlan, JudgedCall, JudgedFetch, PermittedCall, PermittedFetch, Withheld};
pub use rules::{Answer, Rules};
pub use tariff::{Allowance, ServerTariff, Speed, Tariff, ToolTariff};
pub use terms::{Account, Holding, Pace, Span, Terms};
pub use verdict::{ApprovalRequest, CallToApprove, Policy, Verdict};
