//! Running another program.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Failure;

/// What Cargo tells the programs that it runs about the package they come
/// from. A Cargo that is started by this one must not take it for its own:
/// build scripts that watch these variables would run again each time.
const CARGO_RUN: &[&str] = &["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];

/// A program about to be run. It is shown first, as it could be typed.
pub(crate) struct Program {
    shown: String,
    name: String,
    command: Command,
}

impl Program {
    /// A program with its arguments.
    pub(crate) fn new(path: PathBuf, arguments: &[&str]) -> Self {
        let name = path.display().to_string();
        let mut command = Command::new(path);
        command.args(arguments).stdin(Stdio::null());
        for (variable, _) in env::vars_os().filter(|(name, _)| is_cargo_run(name)) {
            command.env_remove(variable);
        }
        let words = std::iter::once(name.as_str()).chain(arguments.iter().copied());
        Self { shown: words.map(quoted).collect::<Vec<_>>().join(" "), name, command }
    }

    /// Where it runs.
    pub(crate) fn within(mut self, directory: PathBuf) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// A variable that it sees.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.shown = format!("{name}={} {}", quoted(value), self.shown);
        self.command.env(name, value);
        self
    }

    /// Runs it; its output is ours.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        self.show();
        let status = self.command.status();
        let status = status.map_err(|source| self.unstartable(source))?;
        if status.success() { Ok(()) } else { Err(Failure::Ended { command: self.shown, status }) }
    }

    /// Runs it and takes what it prints; its complaints are ours.
    pub(crate) fn output(mut self) -> Result<String, Failure> {
        self.command.stderr(Stdio::inherit());
        let output = self.command.output();
        let output = output.map_err(|source| self.unstartable(source))?;
        if !output.status.success() {
            return Err(Failure::Ended { command: self.shown, status: output.status });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Shows the command line.
    pub(crate) fn show(&self) {
        eprintln!("$ {}", self.shown);
    }

    fn unstartable(&self, source: io::Error) -> Failure {
        match source.kind() {
            io::ErrorKind::NotFound => {
                Failure::Absent { program: self.name.clone(), hint: "it is not on the PATH".to_owned() }
            }
            _ => Failure::Io { what: self.shown.clone(), source },
        }
    }
}

fn is_cargo_run(variable: &OsString) -> bool {
    variable.to_str().is_some_and(|name| CARGO_RUN.iter().any(|prefix| name.starts_with(prefix)))
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@+,<".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
