//! A server that is our child process.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::group::ProcessGroup;
use super::last_words::LastWords;

/// After a server's output ended, how long its exit status is waited for.
const EXIT_GRACE: Duration = Duration::from_millis(500);

/// A child process with everything it started.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    group: ProcessGroup,
    child: Child,
    words: LastWords,
    /// Reads the standard error; ends with the stream or with the process.
    listener: JoinSet<()>,
}

/// How a process ended.
#[derive(Clone, Debug)]
pub(crate) struct Epitaph {
    /// In words that follow its name; `None` when it ran to the end and we
    /// ended it.
    pub(crate) how: Option<String>,
    /// The last it wrote to its standard error.
    pub(crate) words: Option<String>,
}

impl Epitaph {
    /// The last words as the end of a sentence; empty when there were none.
    pub(crate) fn said(&self) -> String {
        self.words.as_ref().map(|words| format!("; its last words: {words}")).unwrap_or_default()
    }
}

/// What to start.
pub(crate) struct Program<'a> {
    pub(crate) command: &'a str,
    pub(crate) args: &'a [String],
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) cwd: Option<&'a Path>,
}

impl ServerProcess {
    /// Starts the program in a group of its own, and hands out its standard
    /// input and output. What it writes to its standard error becomes `words`.
    pub(crate) fn start(program: &Program<'_>, words: LastWords) -> io::Result<(Self, ChildStdin, ChildStdout)> {
        let group = ProcessGroup::new()?;
        let mut command = Command::new(program.command);
        command.args(program.args).env_clear().envs(&program.env);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(cwd) = program.cwd {
            command.current_dir(cwd);
        }
        let mut child = group.spawn(&mut command)?;
        words.clear();
        let mut listener = JoinSet::new();
        let (stdin, stdout) = match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => {
                listener.spawn(words.clone().listen(stderr));
                (stdin, stdout)
            }
            _ => return Err(io::Error::other("the child has no pipes")),
        };
        Ok((Self { group, child, words, listener }, stdin, stdout))
    }

    /// Waits for its end.
    pub(crate) async fn exited(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Its connection is over, or should be: learns how it ended and kills
    /// what is left of it.
    pub(crate) async fn epitaph(mut self) -> Epitaph {
        let status = timeout(EXIT_GRACE, self.child.wait()).await;
        let how = match status {
            Ok(Ok(status)) => {
                // What it wrote last is on its way through the pipe.
                let _ = timeout(EXIT_GRACE, self.listener.join_next()).await;
                Some(describe(status))
            }
            _ => None,
        };
        let words = self.words.shown();
        self.finish().await;
        Epitaph { how, words }
    }

    /// Ends it: its input is closed already; it is asked to end, and after
    /// `grace` killed with everything it started.
    pub(crate) async fn stop(mut self, grace: Duration) {
        let half = grace / 2;
        if timeout(half, self.child.wait()).await.is_err() {
            self.group.terminate();
            let _ = timeout(half, self.child.wait()).await;
        }
        self.finish().await;
    }

    async fn finish(self) {
        let Self { group, mut child, .. } = self;
        // Dead at once, unless the kernel holds it; reaped either way later.
        let _ = tokio::join!(group.kill(), timeout(EXIT_GRACE, child.wait()));
    }
}

/// How a process ended, in words that follow its name.
fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("was killed by signal {signal}");
    }
    status.code().map_or_else(|| "ended".to_owned(), |code| format!("exited with status {code}"))
}
