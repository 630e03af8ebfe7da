//! The endpoint that the suite's clients call: `serve`, with the suite's own
//! server behind it.
//!
//! In: what was built. Out: an address, for as long as the value lives.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::{Failure, Workspace};

/// What `serve` says before its address.
const LISTENING: &str = "listening on ";

/// A running endpoint; dropped, it ends.
pub(crate) struct Aggregate {
    child: Child,
    /// Where it is.
    pub(crate) url: String,
}

impl Aggregate {
    /// Starts it, with a server of that era behind it.
    pub(crate) fn start(workspace: &Workspace, era: &str) -> Result<Self, Failure> {
        let server = workspace.built("conformance-upstream").display().to_string();
        // Its tools say that they read, and are called by the names they have.
        let config =
            format!("[servers.suite]\ncommand = '{server}'\nargs = ['{era}']\nprefix = ''\ntrust_annotations = true\n");
        let path = workspace.conformance().join(format!("{era}.toml"));
        fs::write(&path, config).map_err(Failure::file(&path))?;
        Self::of(workspace, &path)
    }

    /// Starts it with that configuration.
    pub(crate) fn of(workspace: &Workspace, config: &Path) -> Result<Self, Failure> {
        let program = workspace.built("concertmaster");
        let mut command = Command::new(&program);
        command.arg("--config").arg(config).args(["serve", "--http", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::file(&program))?;
        let said = child.stderr.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
        let url = said.map_while(Result::ok).find_map(|line| line.strip_prefix(LISTENING).map(str::to_owned));
        let aggregate = Self { child, url: url.unwrap_or_default() };
        if aggregate.url.is_empty() {
            return Err(Failure::Unfit(format!("`{}` ended without an address", program.display())));
        }
        Ok(aggregate)
    }
}

impl Drop for Aggregate {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
