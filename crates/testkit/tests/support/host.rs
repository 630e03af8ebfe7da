//! A test's subject in a process of its own, whose memory is its alone.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// Says to the process which subject it is.
const SUBJECT: &str = "TESTKIT_SUBJECT";

/// How long a subject may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a subject's last words begin with.
const GREW: &str = "grew by KiB: ";

/// Runs the ignored test of that name in a process of its own as `subject`;
/// by how much its memory grew at its peak, in KiB.
pub(crate) async fn growth(test: &str, subject: &str) -> u64 {
    let mut host = Command::new(std::env::current_exe().expect("a test has a program"));
    host.args(["--exact", test, "--ignored", "--nocapture"]).env(SUBJECT, subject);
    host.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let ended = timeout(PATIENCE, host.output()).await.expect("the subject ends in time").expect("it runs");
    let said = String::from_utf8_lossy(&ended.stdout);
    let grew = said.lines().find_map(|line| line.split_once(GREW)?.1.trim().parse().ok());
    grew.unwrap_or_else(|| panic!("{subject} says:\n{said}\n{}", String::from_utf8_lossy(&ended.stderr)))
}

/// Which subject this process is; `None` in an ordinary test run.
pub(crate) fn subject() -> Option<String> {
    std::env::var(SUBJECT).ok()
}

/// The memory of this process, before something is done.
pub(crate) struct Memory(u64);

impl Memory {
    /// From here on the peak counts.
    pub(crate) fn now() -> Self {
        std::fs::write("/proc/self/clear_refs", "5").expect("a process may forget its own peak");
        Self(status("VmRSS:"))
    }

    /// Says by how much it grew at its peak since.
    #[allow(clippy::print_stdout, reason = "the process that started this one reads it")]
    pub(crate) fn tell(&self) {
        println!("{GREW}{}", status("VmHWM:").saturating_sub(self.0));
    }
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux system");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("the kernel counts it");
    line.trim().trim_end_matches("kB").trim().parse().expect("a number")
}
