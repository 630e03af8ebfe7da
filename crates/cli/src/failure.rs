//! Why a command did not get as far as an outcome.

use std::fmt;
use std::io;

use serde_json::json;

use crate::config::ConfigError;
use crate::exit::Exit;
use crate::shell::Shell;

/// Why a command did not get as far as an outcome.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no configuration, or it has faults.
    Config(Box<ConfigError>),
    /// What was typed, or a file that was named, cannot be used.
    Usage(String),
    /// Something of this machine failed: a pipe, a disk, a port.
    Machine {
        /// What was to be done.
        what: &'static str,
        /// What the system said.
        why: String,
    },
    /// Nobody reads what is written any more.
    NobodyReads,
}

impl Failure {
    /// A failure of this machine.
    pub(crate) fn machine(what: &'static str, why: impl fmt::Display) -> Self {
        Self::Machine { what, why: why.to_string() }
    }

    /// Says what is wrong: on standard error, or as the one JSON document.
    pub(crate) fn tell(&self, shell: &mut Shell) -> io::Result<()> {
        if !shell.global.json {
            return shell.tell(&self.to_string());
        }
        match self {
            Self::NobodyReads => Ok(()),
            Self::Config(error) => match &**error {
                ConfigError::Faulty { report, .. } => shell.say_json(report),
                other => shell.say_json(&json!({ "error": other.to_string().trim_end() })),
            },
            other => shell.say_json(&json!({ "error": other.to_string().trim_end() })),
        }
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::Usage(_) => Exit::Usage,
            Self::Machine { .. } => Exit::Upstream,
            Self::NobodyReads => Exit::Answered,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::machine("write the output", error),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Usage(message) => writeln!(f, "{message}"),
            Self::Machine { what, why } => writeln!(f, "could not {what}: {why}"),
            Self::NobodyReads => Ok(()),
        }
    }
}
