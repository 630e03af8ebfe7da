//! One command.

use crate::{Failure, Workspace};

/// One command of `cargo xtask`. A new one is a new file with such a constant
/// and a line in the list in `main.rs`.
pub(crate) struct Task {
    /// The word that calls it.
    pub(crate) name: &'static str,
    /// What it does, in one line.
    pub(crate) about: &'static str,
    /// Does it.
    pub(crate) run: fn(&Workspace) -> Result<(), Failure>,
}
