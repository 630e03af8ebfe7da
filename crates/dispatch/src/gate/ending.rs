//! From what a connector says to how a call ended.

use catalog::Tool;
use plan::{Need, Observation};
use policy::Withheld;
use query::{Blame, Fault};

use super::attempt::Failed;
use super::{Carried, Served};
use crate::{CallFault, Sent};

impl From<Observation> for Carried {
    fn from(seen: Observation) -> Self {
        Self { seen, asks: None, attempts: 0, cached: None, instead: None, cut: None }
    }
}

/// A result; a tool that says it failed has run.
pub(super) fn of_output((output, cached): Served) -> Carried {
    let seen = if output.is_error() { Observation::ToolError(output) } else { Observation::Output(output) };
    Carried { cached, ..seen.into() }
}

/// A call that brought no result.
pub(super) fn of_failed(tool: &Tool, failed: Failed) -> Carried {
    match failed {
        Failed::Withheld(withheld) => of_withheld(withheld),
        Failed::Call { fault, .. } => of_fault(tool, fault),
    }
}

/// A call without a result. If it may have had its effect, and repeating it
/// would not be safe, nobody can say that it was not done.
pub(super) fn of_fault(tool: &Tool, CallFault { fault, sent, asks }: CallFault) -> Carried {
    let seen = match sent {
        Sent::Unknown if !tool.repeatable => Observation::Indeterminate(fault),
        Sent::Unknown | Sent::No => Observation::Failed(fault),
    };
    Carried { asks, ..seen.into() }
}

/// A call that policy kept back.
fn of_withheld(withheld: Withheld) -> Carried {
    let seen = match withheld {
        Withheld::Ask { call, why, .. } => {
            let hash = call.fingerprint();
            Observation::NeedsInput(Need::Approval(vec![(*call, hash, why)]))
        }
        Withheld::Deny(fault) => Observation::Failed(fault),
    };
    seen.into()
}

/// The fault of something of ours that panicked. Code: `panicked`.
pub(crate) fn panicked(what: &str) -> Fault {
    Fault::lasting(Blame::Ourselves, "panicked", format!("{what} broke down inside this program; please report it"))
}
