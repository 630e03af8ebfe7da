//! `check`: everything that can be said of the code without running it.

use crate::stage::{Stage, run_all};
use crate::task::Task;
use crate::{Failure, Workspace, tidy};

/// The command.
pub(crate) const TASK: Task =
    Task { name: "check", about: "formatting, lints, documentation and house rules", run: |w| run_all(w, STAGES) };

/// Its parts, each also part of the gate.
pub(crate) const STAGES: &[Stage] = &[
    Stage { name: "fmt", run: fmt },
    Stage { name: "clippy", run: clippy },
    Stage { name: "doc", run: doc },
    Stage { name: "tidy", run: tidy::TASK.run },
];

fn fmt(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["fmt", "--all", "--check"]).run()
}

fn clippy(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()
}

fn doc(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["doc", "--workspace", "--no-deps"]).with("RUSTDOCFLAGS", "-D warnings").run()
}
