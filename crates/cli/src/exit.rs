//! How the process ends.

use std::process::ExitCode;

use engine::{Decision, Outcome, Refusal, RefusalReason};
use query::{Blame, Fault};

/// How the process ends, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// What was asked for was done.
    Answered,
    /// It was refused, or a question came back.
    NotAnswered,
    /// What was typed, or the configuration, has to change.
    Usage,
    /// A server or a model failed.
    Upstream,
    /// The deadline passed, or the budget is spent.
    Deadline,
    /// Our own fault.
    Bug,
    /// The user interrupted it.
    Interrupted,
}

impl Exit {
    /// The process's exit status.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Answered => 0,
            Self::NotAnswered => 1,
            Self::Usage => 2,
            Self::Upstream => 3,
            Self::Deadline => 4,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }

    /// What an outcome amounts to.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        match &outcome.decision {
            Decision::Answered(_) => Self::Answered,
            Decision::InputRequired(_) => Self::NotAnswered,
            Decision::Refused(refusal) => Self::of_refusal(refusal),
        }
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        match refusal.reason {
            RefusalReason::OutOfScope | RefusalReason::Denied => Self::NotAnswered,
            RefusalReason::OverBudget | RefusalReason::RateLimited | RefusalReason::TimedOut => Self::Deadline,
            RefusalReason::Failed => refusal.faults.iter().map(Self::of_fault).max().unwrap_or(Self::Upstream),
        }
    }

    fn of_fault(fault: &Fault) -> Self {
        match fault.blame {
            Blame::Caller | Blame::Operator => Self::Usage,
            Blame::Upstream | Blame::Model => Self::Upstream,
            Blame::Ourselves => Self::Bug,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_ends_as_its_reason_and_its_gravest_fault_say() {
        let fault = |code: &str, blame| Refusal::of(Fault::lasting(blame, code, "x"));
        let rows = [
            (fault("denied", Blame::Operator), Exit::NotAnswered),
            (fault("over_budget", Blame::Caller), Exit::Deadline),
            (fault("timed_out", Blame::Upstream), Exit::Deadline),
            (fault("plan_invalid", Blame::Caller), Exit::Usage),
            (fault("server_died", Blame::Upstream), Exit::Upstream),
            (fault("panicked", Blame::Ourselves), Exit::Bug),
        ];
        for (refusal, expected) in rows {
            assert_eq!(Exit::of_refusal(&refusal), expected, "{}", refusal.message);
        }
    }
}
