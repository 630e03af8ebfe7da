//! Several things done one after another, each timed.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::{Failure, Workspace};

/// One part of a longer command.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    /// Its name in the closing table.
    pub(crate) name: &'static str,
    /// Does it.
    pub(crate) run: fn(&Workspace) -> Result<(), Failure>,
}

/// Runs all stages, also after one failed, so that every fault is known at
/// once; ends with a table of how each ended and how long it took.
pub(crate) fn run_all(workspace: &Workspace, stages: &[Stage]) -> Result<(), Failure> {
    let ended: Vec<Ended> = stages.iter().map(|stage| run(workspace, stage)).collect();
    eprintln!("{}", table(&ended));
    let failed: Vec<&str> = ended.iter().filter(|ended| !ended.well).map(|ended| ended.name).collect();
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(Failure::Unfit(format!("{} of {} failed: {}", failed.len(), ended.len(), failed.join(", ")))),
    }
}

struct Ended {
    name: &'static str,
    well: bool,
    took: Duration,
}

fn run(workspace: &Workspace, stage: &Stage) -> Ended {
    eprintln!("\n== {} ==", stage.name);
    let began = Instant::now();
    let result = (stage.run)(workspace);
    if let Err(failure) = &result {
        eprintln!("{}: {failure}", stage.name);
    }
    Ended { name: stage.name, well: result.is_ok(), took: began.elapsed() }
}

fn table(ended: &[Ended]) -> String {
    let mut table = String::new();
    for Ended { name, well, took } in ended {
        let verdict = if *well { "ok" } else { "FAILED" };
        // Writing to a string cannot fail.
        let _ = write!(table, "\n{name:<20}{:>8.1} s  {verdict}", took.as_secs_f64());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_each_stage_with_its_time_and_ending() {
        let ended = [
            Ended { name: "test", well: true, took: Duration::from_millis(61_250) },
            Ended { name: "tidy", well: false, took: Duration::from_millis(40) },
        ];
        assert_eq!(table(&ended), "\ntest                    61.2 s  ok\ntidy                     0.0 s  FAILED");
    }
}
