//! `test`: every test that needs a Rust toolchain and nothing else.

use crate::stage::Stage;
use crate::task::Task;
use crate::{Failure, Workspace};

/// The command.
pub(crate) const TASK: Task = Task { name: "test", about: "all tests that need nothing but Rust", run };

/// The tests as a part of the gate.
pub(crate) const STAGE: Stage = Stage { name: "test", run };

/// The tests against the reference servers as a part of the gate.
pub(crate) const REFERENCE_STAGE: Stage = Stage { name: "reference tests", run: run_reference };

fn run(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["test", "--workspace"]).run()
}

/// Those tests are ignored otherwise. Choosing them out of the whole
/// workspace, not out of their crate, reuses what `run` has built. Two at a
/// time: each starts up to six servers, which are not to be slowed by more.
fn run_reference(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["test", "--workspace", "--test", "reference", "--", "--ignored", "--test-threads=2"]).run()
}
