//! A file of the project.

use std::fs;
use std::io;

use crate::{Failure, Workspace};

/// Where the rules themselves are. They name what they forbid.
const RULEBOOK: &str = "xtask/src/tidy/";

/// How a module of unit tests opens in the file that it tests.
const UNIT_TESTS: &str = "\n#[cfg(test)]\nmod tests {";

/// A text file of the project.
pub(super) struct Source {
    /// From the workspace's root, with `/`.
    pub(super) path: String,
    /// Its content.
    pub(super) text: String,
}

impl Source {
    /// A file of that content.
    pub(super) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Whether it is Rust.
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether nothing but tests is in it.
    pub(super) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether it is one of the rules.
    pub(super) fn is_rulebook(&self) -> bool {
        self.path.starts_with(RULEBOOK)
    }

    /// The lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// The lines before the unit tests, with their numbers.
    pub(super) fn lines_of_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find(UNIT_TESTS).unwrap_or(self.text.len());
        (1..).zip(self.text[..end].lines())
    }

    /// The crate's directory name for files below `crates/`.
    pub(super) fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// The path within the crate for files below `crates/`.
    pub(super) fn path_in_crate(&self) -> Option<&str> {
        Some(self.path.strip_prefix("crates/")?.split_once('/')?.1)
    }
}

/// Every text file that git tracks or would track. Files that are not UTF-8
/// are no texts.
pub(super) fn all(workspace: &Workspace) -> Result<Vec<Source>, Failure> {
    let listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    let listed = workspace.program("git", &listing).output()?;
    let mut sources = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        let full = workspace.root().join(path);
        match fs::read_to_string(&full) {
            Ok(text) => sources.push(Source::new(path, text)),
            // Deleted and not committed yet, a link to a directory, or no text.
            Err(error) if is_no_text(&error) => {}
            Err(error) => return Err(Failure::file(&full)(error)),
        }
    }
    Ok(sources)
}

fn is_no_text(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::InvalidData)
}
