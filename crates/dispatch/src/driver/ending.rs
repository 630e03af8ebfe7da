//! From what a connector says to how a call ended.

use catalog::Tool;
use plan::{Need, Observation, Output};
use policy::Withheld;
use query::{Blame, Fault};

use crate::{CallFault, Sent};

/// A result; a tool that says it failed has run.
pub(super) fn of_output(output: Output) -> Observation {
    if output.is_error() { Observation::ToolError(output) } else { Observation::Output(output) }
}

/// A call without a result. If it may have had its effect, and repeating it
/// would not be safe, nobody can say that it was not done.
pub(super) fn of_fault(tool: &Tool, CallFault { fault, sent, .. }: CallFault) -> Observation {
    match sent {
        Sent::Unknown if !tool.repeatable => Observation::Indeterminate(fault),
        Sent::Unknown | Sent::No => Observation::Failed(fault),
    }
}

/// A call that policy kept back.
pub(super) fn of_withheld(withheld: Withheld) -> Observation {
    match withheld {
        Withheld::Ask { call, why, .. } => {
            let hash = call.fingerprint();
            Observation::NeedsInput(Need::Approval(vec![(*call, hash, why)]))
        }
        Withheld::Deny(fault) => Observation::Failed(fault),
    }
}

/// The fault of something of ours that panicked. Code: `panicked`.
pub(super) fn panicked(what: &str) -> Fault {
    Fault::lasting(Blame::Ourselves, "panicked", format!("{what} broke down inside this program; please report it"))
}
