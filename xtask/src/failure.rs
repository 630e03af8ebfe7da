//! Why a command failed.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why a command failed. Its text names the thing and, where there is one,
/// the way out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A program is not installed.
    Absent {
        /// The program.
        program: String,
        /// What it is for, and how to get it.
        hint: String,
    },
    /// A program ran and said no.
    Ended {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A file or a program could not be used.
    Io {
        /// The file or the command line.
        what: String,
        /// Why not.
        source: io::Error,
    },
    /// Something was looked at and is not as it should be.
    Unfit(String),
}

impl Failure {
    /// A file that could not be read or written.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = PathBuf::from(path).display().to_string();
        move |source| Self::Io { what, source }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent { program, hint } => write!(f, "`{program}` is not installed: {hint}"),
            Self::Ended { command, status } => write!(f, "`{command}` failed ({status})"),
            Self::Io { what, source } => write!(f, "{what}: {source}"),
            Self::Unfit(why) => f.write_str(why),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
