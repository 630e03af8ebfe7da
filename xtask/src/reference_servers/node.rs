//! The servers from npm.

use std::fs;
use std::path::Path;

use super::environment::Environment;
use crate::program::Program;
use crate::{Failure, Workspace};

/// `server-everything`, `server-filesystem` and `server-memory`.
pub(crate) const SERVERS: Environment = Environment {
    name: "node",
    pins: &["package.json", "package-lock.json"],
    provides: &[
        "node_modules/.bin/mcp-server-everything",
        "node_modules/.bin/mcp-server-filesystem",
        "node_modules/.bin/mcp-server-memory",
    ],
    install,
};

/// The oldest Node.js that the servers run on.
const OLDEST_NODE: u32 = 18;

/// How to get it.
const HINT: &str = "the reference servers need Node.js 18 or newer with npm (Debian: apt-get install nodejs npm)";

fn install(workspace: &Workspace, pins: &Path, home: &Path) -> Result<(), Failure> {
    let version = hinted(workspace.program("node", &["--version"]).output(), HINT)?;
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
        return Err(Failure::Unfit(format!("`node` is {}: {HINT}", version.trim())));
    }
    from_npm(SERVERS.pins, pins, home, HINT)
}

/// Installs what the files `names` of `pins` say into `home`. Where there is
/// no npm, `hint` says how to get one.
pub(crate) fn from_npm(names: &[&str], pins: &Path, home: &Path, hint: &str) -> Result<(), Failure> {
    for name in names {
        fs::copy(pins.join(name), home.join(name)).map_err(Failure::file(&pins.join(name)))?;
    }
    // No script of any package runs: nothing that is installed here needs one.
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"];
    hinted(Program::new("npm".into(), &quiet).within(home.to_path_buf()).run(), hint)
}

fn hinted<T>(result: Result<T, Failure>, hint: &str) -> Result<T, Failure> {
    result.map_err(|failure| match failure {
        Failure::Absent { program, .. } => Failure::Absent { program, hint: hint.to_owned() },
        other => other,
    })
}

/// `v20.11.1` is 20.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        for (version, expected) in [("v20.11.1\n", Some(20)), ("v8.0.0", Some(8)), ("node 20", None), ("", None)] {
            assert_eq!(major(version), expected, "{version:?}");
        }
    }
}
