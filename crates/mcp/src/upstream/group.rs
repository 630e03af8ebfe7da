//! A process group that does not outlive us.
//!
//! The group's leader is a guardian: a shell that waits for its standard
//! input to end and then kills the whole group. We hold the other end, so the
//! group dies when we let go of it, and also when we are killed ourselves.
//! While the guardian is there, no other group can get the group's number.

use std::io;
use std::process::Stdio;
#[cfg(unix)]
use std::time::Duration;

use tokio::process::{Child, Command};
#[cfg(unix)]
use tokio::time::{sleep, timeout};

/// How long processes that were killed have to be gone.
#[cfg(unix)]
const DYING: Duration = Duration::from_millis(250);

/// How often it is looked whether they are.
#[cfg(unix)]
const GLANCE: Duration = Duration::from_millis(2);

/// Signals that ask politely are for the servers, not for the guardian.
#[cfg(unix)]
const GUARDIAN: &str = "trap '' HUP INT QUIT TERM; read -r line; kill -KILL 0";

/// A process group; dropping it kills every process in it.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    #[cfg(unix)]
    guardian: Child,
    #[cfg(unix)]
    number: rustix::process::Pid,
}

#[cfg(unix)]
impl ProcessGroup {
    /// An empty group.
    pub(crate) fn new() -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", GUARDIAN]).env_clear().current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let no_shell = |error: io::Error| io::Error::other(format!("its guardian `/bin/sh` cannot start: {error}"));
        let guardian = command.spawn().map_err(no_shell)?;
        let number = guardian.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        let number = number.ok_or_else(|| io::Error::other("the guardian ended before it began"))?;
        Ok(Self { guardian, number })
    }

    /// Starts a program in the group.
    pub(crate) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        command.process_group(self.number.as_raw_nonzero().get()).spawn()
    }

    /// Asks every process in the group to end.
    pub(crate) fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// Ends every process in the group, and waits for the guardian's end and,
    /// at most [`DYING`], for that of the others.
    pub(crate) async fn kill(mut self) {
        self.signal(rustix::process::Signal::KILL);
        // SIGKILL cannot be refused, so this wait is short.
        let _ = self.guardian.wait().await;
        let number = self.number;
        let gone = async {
            while rustix::process::test_kill_process_group(number).is_ok() {
                sleep(GLANCE).await
            }
        };
        // Who is left by then is dead and only waits to be reaped.
        let _ = timeout(DYING, gone).await;
    }

    fn signal(&self, signal: rustix::process::Signal) {
        // Once waited for, the guardian's number may be anybody's.
        if self.guardian.id().is_some() {
            // The one way to fail is that the group is gone already.
            let _ = rustix::process::kill_process_group(self.number, signal);
        }
    }
}

#[cfg(unix)]
impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.signal(rustix::process::Signal::KILL);
    }
}

/// Where there are no process groups, the server itself dies with its handle,
/// and what it started is its own affair.
#[cfg(not(unix))]
impl ProcessGroup {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    pub(crate) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        command.kill_on_drop(true).spawn()
    }

    pub(crate) fn terminate(&self) {}

    pub(crate) async fn kill(self) {}
}
