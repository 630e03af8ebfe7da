//! The servers from PyPI, each set in a virtual environment.

use std::path::Path;

use super::environment::Environment;
use crate::{Failure, Workspace};

/// `mcp-server-git` and `mcp-server-time`.
pub(crate) const GIT_AND_TIME: Environment = Environment {
    name: "python-git-time",
    pins: &["requirements-git-time.txt"],
    provides: &["bin/python", "bin/mcp-server-git", "bin/mcp-server-time"],
    install: |workspace, pins, home| install(workspace, &pins.join("requirements-git-time.txt"), home),
};

/// `mcp-server-sqlite`.
pub(crate) const SQLITE: Environment = Environment {
    name: "python-sqlite",
    pins: &["requirements-sqlite.txt"],
    provides: &["bin/python", "bin/mcp-server-sqlite"],
    install: |workspace, pins, home| install(workspace, &pins.join("requirements-sqlite.txt"), home),
};

/// Ends well on a Python that the servers run on and that can make virtual
/// environments.
const FITNESS: &str = "import ensurepip, sys; sys.exit(sys.version_info < (3, 10))";

/// How to get it.
const HINT: &str =
    "the reference servers need Python 3.10 or newer with venv (Debian: apt-get install python3 python3-venv)";

fn install(workspace: &Workspace, requirements: &Path, home: &Path) -> Result<(), Failure> {
    workspace.program("python3", &["-c", FITNESS]).output().map_err(|failure| match failure {
        Failure::Absent { program, .. } => Failure::Absent { program, hint: HINT.to_owned() },
        Failure::Ended { .. } => Failure::Unfit(format!("`python3` is not enough: {HINT}")),
        other => other,
    })?;
    let (home_text, requirements) = (home.to_string_lossy(), requirements.to_string_lossy());
    workspace.program("python3", &["-m", "venv", &home_text]).run()?;
    let quiet = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
    let arguments = [quiet.as_slice(), &["--requirement", &requirements]].concat();
    workspace.program(home.join("bin/python"), &arguments).run()
}
