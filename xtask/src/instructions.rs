//! What the work on every call's way takes, in instructions.
//!
//! Instructions are counted by valgrind, so a busy machine changes nothing. In
//! comes the table of what each work took when it was last agreed on; out goes
//! a complaint when one takes more.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::stage::Stage;
use crate::task::Task;
use crate::{Failure, Workspace};

/// The command.
pub(crate) const TASK: Task =
    Task { name: "instructions", about: "what a call's way takes, against what it took (UPDATE_EXPECT=1 agrees)", run };

/// The same as a part of the gate.
pub(crate) const STAGE: Stage = Stage { name: "instructions", run };

/// The work, by the names that `examples/toil.rs` knows.
const WORK: [&str; 4] = ["envelope", "head", "answer", "splice"];

/// What each took, as `name count` on a line.
const AGREED: &str = "crates/mcp/examples/toil.txt";

/// How much more one may take, in percent: compilers and C libraries differ.
const TOLERANCE: u64 = 15;

/// How often the work is done in the shorter run, and in the longer one: what
/// comes before it is in both.
const RUNS: [u64; 2] = [1_000, 3_000];

fn run(workspace: &Workspace) -> Result<(), Failure> {
    workspace.cargo(&["build", "--release", "--package", "concertmaster-mcp", "--example", "toil"]).run()?;
    let mut taken = Vec::new();
    for work in WORK {
        taken.push((work, each(workspace, work)?));
    }
    let table = table(&taken);
    eprint!("{table}");
    let path = workspace.root().join(AGREED);
    if env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(&path, table).map_err(|source| Failure::Io { what: AGREED.to_owned(), source });
    }
    let agreed = fs::read_to_string(&path).map_err(|source| Failure::Io { what: AGREED.to_owned(), source })?;
    match complaints(&taken, &agreed) {
        complaints if complaints.is_empty() => Ok(()),
        complaints => Err(Failure::Unfit(complaints.join("; "))),
    }
}

/// What doing the work once takes.
fn each(workspace: &Workspace, work: &str) -> Result<u64, Failure> {
    let [few, many] = RUNS;
    let (short, long) = (counted(workspace, work, few)?, counted(workspace, work, many)?);
    Ok(long.saturating_sub(short) / (many - few))
}

fn counted(workspace: &Workspace, work: &str, times: u64) -> Result<u64, Failure> {
    let program: PathBuf = workspace.released("examples/toil");
    let (program, times) = (program.display().to_string(), times.to_string());
    let arguments = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1", &program, work, &times];
    let report = workspace.program("valgrind", &arguments).output()?;
    instructions(&report).ok_or_else(|| Failure::Unfit(format!("valgrind counted nothing for `{work}`:\n{report}")))
}

/// The count in valgrind's report: `==12== Collected : 3456`.
fn instructions(report: &str) -> Option<u64> {
    let line = report.lines().find_map(|line| line.split_once("Collected :"))?;
    line.1.trim().parse().ok()
}

fn table(taken: &[(&str, u64)]) -> String {
    let mut table = String::new();
    for (work, count) in taken {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{work} {count}");
    }
    table
}

fn complaints(taken: &[(&str, u64)], agreed: &str) -> Vec<String> {
    let agreed = |work: &str| {
        agreed.lines().find_map(|line| line.strip_prefix(work)?.strip_prefix(' ')?.trim().parse::<u64>().ok())
    };
    let complaint = |(work, count): &(&str, u64)| match agreed(work) {
        None => Some(format!("{AGREED} says nothing of `{work}`")),
        Some(agreed) if *count * 100 > agreed * (100 + TOLERANCE) => {
            Some(format!("`{work}` takes {count} instructions; {agreed} were agreed on"))
        }
        Some(_) => None,
    };
    taken.iter().filter_map(complaint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_more_than_agreed_is_complained_of() {
        let agreed = "envelope 1000\nhead 200\n";
        let rows: [(&[(&str, u64)], usize); 5] = [
            (&[("envelope", 1000), ("head", 200)], 0),
            (&[("envelope", 1150), ("head", 10)], 0),
            (&[("envelope", 1151)], 1),
            (&[("envelope", 5000), ("head", 500)], 2),
            (&[("splice", 1)], 1),
        ];
        for (taken, expected) in rows {
            assert_eq!(complaints(taken, agreed).len(), expected, "{taken:?}");
        }
    }

    #[test]
    fn the_count_is_read_from_the_report() {
        let report = "==7== Events    : Ir\n==7== Collected : 123456\n==7==\n";
        assert_eq!(instructions(report), Some(123_456));
        assert_eq!(instructions("==7== ERROR"), None);
    }
}
