//! Which processes of a run are alive, as `/proc` tells.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use mcp::upstream::{Transport, UpstreamConfig};

/// The variable by which a server's process, and whatever it starts, is known.
const VARIABLE: &str = "CONCERTMASTER_TEST_RUN";

static RUNS: AtomicU32 = AtomicU32::new(0);

/// The mark of one run.
pub(crate) struct Traces(String);

/// A process that runs; one that has ended and waits to be reaped does not.
#[derive(Debug)]
pub(crate) struct Process {
    /// Its number.
    pub(crate) id: i32,
    /// Its group's number.
    pub(crate) group: i32,
    /// How it was started.
    pub(crate) command_line: String,
}

impl Traces {
    /// Marks these servers' processes.
    pub(crate) fn mark(configs: &mut [UpstreamConfig]) -> Self {
        let value = format!("{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
        for config in configs {
            if let Transport::Stdio { env, .. } = &mut config.transport {
                env.insert(VARIABLE.to_owned(), value.clone());
            }
        }
        Self(format!("{VARIABLE}={value}"))
    }

    /// The marked processes.
    pub(crate) fn marked(&self) -> Vec<Process> {
        running().filter(|process| process.has(&self.0)).collect()
    }

    /// The marked processes, and any others in these groups.
    pub(crate) fn left(&self, groups: &BTreeSet<i32>) -> Vec<Process> {
        running().filter(|process| groups.contains(&process.group) || process.has(&self.0)).collect()
    }
}

impl Process {
    fn has(&self, mark: &str) -> bool {
        // Empty when the process is gone by now.
        let variables = fs::read(format!("/proc/{}/environ", self.id)).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    }

    fn read(directory: &Path) -> Option<Self> {
        let id = directory.file_name()?.to_str()?.parse().ok()?;
        let stat = fs::read_to_string(directory.join("stat")).ok()?;
        // The command's name may hold anything; what follows it does not.
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let (state, _parent, group) = (fields.next()?, fields.next()?, fields.next()?);
        let words = fs::read(directory.join("cmdline")).ok()?;
        let command_line = String::from_utf8_lossy(&words).replace('\0', " ").trim_end().to_owned();
        (state != "Z").then_some(Self { id, group: group.parse().ok()?, command_line })
    }
}

fn running() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").expect("a Linux system").flatten();
    entries.filter_map(|entry| Process::read(&entry.path()))
}
