//! `conformance`: the protocol's own conformance suite.
//!
//! What comes in: the suite, pinned, and for each side and revision the checks
//! that must succeed, both in `reference/conformance`. What goes out: what
//! the suite found, below `target/conformance`, and a verdict. A check that
//! was not made is as bad as one that failed: a dead port passes nothing.

mod aggregate;
mod checks;
mod suite;

pub(crate) use aggregate::Aggregate;
use suite::{Side, Suite};

use crate::stage::Stage;
use crate::task::Task;
use crate::{Failure, Workspace};

/// The command for the side that calls servers.
pub(crate) const CLIENT: Task = Task {
    name: "conformance client",
    about: "the conformance suite's servers, called by the connectors",
    run: client,
};

/// The command for the side that is called.
pub(crate) const SERVER: Task = Task {
    name: "conformance server",
    about: "the conformance suite's clients, served by `serve` in front of a server of ours",
    run: server,
};

/// The same as a part of the gate.
pub(crate) const SERVER_STAGE: Stage = Stage { name: "server conformance", run: server };

/// The same as a part of the gate.
pub(crate) const CLIENT_STAGE: Stage = Stage { name: "client conformance", run: client };

/// The revisions with scenarios of their own, oldest first.
const REVISIONS: &[&str] = &["2025-11-25", "2026-07-28"];

/// The era of each of them.
const ERAS: &[&str] = &["legacy", "modern"];

fn client(workspace: &Workspace) -> Result<(), Failure> {
    let suite = Suite::provided(workspace)?;
    let example = ["--package", "concertmaster-testkit", "--example", "conformance_client"];
    workspace.cargo(&[&["build"], example.as_slice()].concat()).run()?;
    let driver = workspace.built("examples/conformance_client").display().to_string();
    REVISIONS.iter().try_for_each(|revision| suite.run(workspace, Side::Client, revision, &["--command", &driver]))
}

fn server(workspace: &Workspace) -> Result<(), Failure> {
    let suite = Suite::provided(workspace)?;
    workspace.cargo(&["build", "--package", "concertmaster", "--bin", "concertmaster"]).run()?;
    workspace.cargo(&["build", "--package", "concertmaster-testkit", "--bin", "conformance-upstream"]).run()?;
    REVISIONS.iter().zip(ERAS).try_for_each(|(revision, era)| {
        let endpoint = Aggregate::start(workspace, era)?;
        suite.run(workspace, Side::Server, revision, &["--url", &endpoint.url])
    })
}
