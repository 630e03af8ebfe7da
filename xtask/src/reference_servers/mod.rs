//! `reference-servers`: installs the MCP servers that the reference tests
//! call.
//!
//! What comes in: the pins in `reference/`. What goes out: one directory for
//! each environment below `target/reference-servers`. It names no package
//! registry; npm and pip ask the ones they are configured for.

pub(crate) mod environment;
pub(crate) mod node;
mod python;

use environment::Environment;

use crate::task::Task;
use crate::{Failure, Workspace};

/// The command.
pub(crate) const TASK: Task =
    Task { name: "reference-servers", about: "install the servers that the reference tests call", run };

/// Where the pins are, below the workspace's root.
const PINS: &str = "reference";

/// Every environment. The SQLite server needs an older Python SDK than the
/// others, so it has one of its own.
const ENVIRONMENTS: &[Environment] = &[node::SERVERS, python::GIT_AND_TIME, python::SQLITE];

fn run(workspace: &Workspace) -> Result<(), Failure> {
    let pins = workspace.root().join(PINS);
    let home = workspace.reference_servers();
    ENVIRONMENTS.iter().try_for_each(|environment| environment.provide(workspace, &pins, &home))
}
