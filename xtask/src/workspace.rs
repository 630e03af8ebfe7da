//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use crate::program::Program;

/// The checkout and its build directory.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that this program was built from.
    pub(crate) fn here() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().unwrap_or(manifest).to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| root.join(set));
        Self { root, target }
    }

    /// The workspace's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the reference servers are installed. The reference tests look
    /// for them in the same place.
    pub(crate) fn reference_servers(&self) -> PathBuf {
        self.target.join("reference-servers")
    }

    /// Where the conformance suite is installed, and what it found.
    pub(crate) fn conformance(&self) -> PathBuf {
        self.target.join("conformance")
    }

    /// Where clients that others wrote are installed.
    pub(crate) fn interop(&self) -> PathBuf {
        self.target.join("interop")
    }

    /// Where Cargo puts what it builds for development, by its path there.
    pub(crate) fn built(&self, path: &str) -> PathBuf {
        self.target.join("debug").join(path)
    }

    /// Where Cargo puts what it builds to be used, by its path there.
    pub(crate) fn released(&self, path: &str) -> PathBuf {
        self.target.join("release").join(path)
    }

    /// A program to be run in the workspace's root.
    pub(crate) fn program(&self, name: impl Into<PathBuf>, arguments: &[&str]) -> Program {
        Program::new(name.into(), arguments).within(self.root.clone())
    }

    /// Cargo, as the caller's `PATH` finds it.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Program {
        self.program("cargo", arguments)
    }
}
