//! The demo's workspace and its four servers, for as long as one command runs.

use std::path::{Path, PathBuf};

use catalog::ServerId;
use demo::{Which, Workspace};
use mcp::upstream::{Transport, UpstreamConfig};
use tempfile::TempDir;

use crate::config::Config;
use crate::failure::Failure;

/// A workspace in a temporary directory, and this program, which can be each
/// of the servers.
pub(crate) struct Demonstration {
    directory: TempDir,
    program: PathBuf,
}

impl Demonstration {
    /// Writes the workspace out.
    pub(crate) fn set_up() -> Result<Self, Failure> {
        const WHAT: &str = "set up the demo's workspace";
        let program = std::env::current_exe().map_err(|error| Failure::machine(WHAT, error))?;
        let directory = tempfile::Builder::new()
            .prefix("concertmaster-demo-")
            .tempdir()
            .map_err(|error| Failure::machine(WHAT, error))?;
        Workspace::materialise(directory.path()).map_err(|error| Failure::machine(WHAT, error))?;
        Ok(Self { directory, program })
    }

    /// The configuration of the four servers. They are this program's own, so
    /// what they say of their tools is believed.
    pub(crate) fn config(&self) -> Config {
        let servers = Which::ALL.map(|which| server(which, &self.program, self.directory.path())).into();
        Config { servers, ..Config::default() }
    }
}

fn server(which: Which, program: &Path, workspace: &Path) -> UpstreamConfig {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let args = ["demo".to_owned(), "--serve".to_owned(), which.to_string(), "--workspace".to_owned(), text(workspace)];
    let mut config = UpstreamConfig::new(ServerId::new(which.name()), Transport::stdio(text(program), args));
    config.labels.description = Some(which.description().to_owned());
    config.labels.trust_annotations = true;
    config
}
