//! `ci`: the whole gate, on a machine that has what `.ci/run` installs.

use crate::stage::{Stage, run_all};
use crate::task::Task;
use crate::{
    Failure, Workspace, check, conformance, demonstration, evaluation, instructions, interop, reference_servers, test,
};

/// The command.
pub(crate) const TASK: Task = Task { name: "ci", about: "the whole gate, in its order, with timings", run };

/// What comes before the parts of `check`.
const RUNNING: &[Stage] = &[
    Stage { name: "reference servers", run: reference_servers::TASK.run },
    test::STAGE,
    demonstration::BUILD,
    demonstration::ASK,
    evaluation::STAGE,
    test::REFERENCE_STAGE,
    conformance::CLIENT_STAGE,
    conformance::SERVER_STAGE,
    interop::STAGE,
    instructions::STAGE,
];

fn run(workspace: &Workspace) -> Result<(), Failure> {
    run_all(workspace, &[RUNNING, check::STAGES].concat())
}
