//! What the suite found, and what it must find.
//!
//! In: the suite's files, one for each scenario, and the pinned list. Out:
//! what is missing and what failed, scenario by scenario. It reads of the
//! suite's JSON what it needs and knows no check by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::Failure;

/// The file with one scenario's checks.
const FILE: &str = "checks.json";

/// How the suite ends the name of a scenario's directory: with a time, of
/// this many bytes.
const TIME_BYTES: usize = "-2026-11-22T12-50-01-286Z".len();

/// Every check that was made, by scenario, with what came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Checks(BTreeMap<String, Vec<(String, String)>>);

/// Every check that must succeed, by scenario.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pins(BTreeMap<String, BTreeSet<String>>);

impl Checks {
    /// What stands below a directory; nothing when there is none.
    pub(crate) fn found_in(results: &Path) -> Result<Self, Failure> {
        let mut checks = Self::default();
        checks.collect(results, "")?;
        Ok(checks)
    }

    fn collect(&mut self, directory: &Path, name: &str) -> Result<(), Failure> {
        let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
        for entry in entries.flatten() {
            let part = entry.file_name().to_string_lossy().into_owned();
            if part == FILE {
                let text = fs::read_to_string(entry.path()).map_err(Failure::file(&entry.path()))?;
                let scenario = name.len().checked_sub(TIME_BYTES).map_or(name, |end| &name[..end]);
                self.0.insert(scenario.to_owned(), read(&text));
            } else if entry.path().is_dir() {
                let name = if name.is_empty() { part } else { format!("{name}/{part}") };
                self.collect(&entry.path(), &name)?;
            }
        }
        Ok(())
    }
}

impl Pins {
    /// One check on each line: its scenario and its id.
    pub(crate) fn read(text: &str) -> Self {
        let mut pins: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (scenario, id) in text.lines().filter_map(|line| line.split_once(' ')) {
            pins.entry(scenario.to_owned()).or_default().insert(id.to_owned());
        }
        Self(pins)
    }

    /// How many checks there are.
    pub(crate) fn checks(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// How many scenarios there are.
    pub(crate) fn scenarios(&self) -> usize {
        self.0.len()
    }

    /// What is not as it must be.
    pub(crate) fn held_against(&self, found: &Checks) -> Vec<String> {
        let mut faults = Vec::new();
        if self.0.is_empty() {
            faults.push("no check is pinned".to_owned());
        }
        for (scenario, ids) in &self.0 {
            let made = found.0.get(scenario).map_or(&[][..], Vec::as_slice);
            let failed = made.iter().filter(|(_, status)| matches!(status.as_str(), "FAILURE" | "WARNING"));
            faults.extend(failed.map(|(id, status)| format!("{scenario}: {id}: {status}")));
            let succeeded = |id: &String| made.iter().any(|(made, status)| made == id && status == "SUCCESS");
            faults
                .extend(ids.iter().filter(|id| !succeeded(id)).map(|id| format!("{scenario}: {id}: did not succeed")));
        }
        faults
    }
}

/// Ids and statuses of an indented list of objects: the members of the
/// objects themselves stand four spaces in, what is within them further.
fn read(text: &str) -> Vec<(String, String)> {
    let member = |line: &str, name: &str| {
        let value = line.strip_prefix("    \"")?.strip_prefix(name)?.strip_prefix("\": \"")?;
        value.trim_end_matches(',').strip_suffix('"').map(str::to_owned)
    };
    let mut checks = Vec::new();
    let mut id = None;
    for line in text.lines() {
        id = member(line, "id").or(id);
        if let (Some(status), Some(id)) = (member(line, "status"), &id) {
            checks.push((id.clone(), status));
        }
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: &str = r#"[
  {
    "id": "a-check",
    "details": {
      "id": "not this",
      "status": "FAILURE"
    },
    "status": "SUCCESS",
    "name": "A"
  },
  {
    "id": "b-check",
    "status": "WARNING"
  }
]"#;

    fn found(scenario: &str) -> Checks {
        Checks(BTreeMap::from([(scenario.to_owned(), read(FOUND))]))
    }

    #[test]
    fn what_was_not_checked_is_as_bad_as_what_failed() {
        let rows: &[(&str, Checks, &[&str])] = &[
            ("s a-check", found("s"), &["s: b-check: WARNING"]),
            ("s a-check\ns c-check", found("s"), &["s: b-check: WARNING", "s: c-check: did not succeed"]),
            ("s a-check", found("t"), &["s: a-check: did not succeed"]),
            ("s a-check", Checks::default(), &["s: a-check: did not succeed"]),
            ("", found("s"), &["no check is pinned"]),
        ];
        for (pins, found, expected) in rows {
            assert_eq!(Pins::read(pins).held_against(found), *expected, "{pins}");
        }
        let good = Checks(BTreeMap::from([("s".to_owned(), vec![("a-check".to_owned(), "SUCCESS".to_owned())])]));
        assert!(Pins::read("s a-check").held_against(&good).is_empty());
    }

    #[test]
    fn scenarios_are_found_by_their_directories() {
        let results = std::env::temp_dir().join(format!("xtask-checks-{}", std::process::id()));
        let scenario = results.join("auth/basic-2026-11-22T12-50-01-286Z");
        fs::create_dir_all(&scenario).unwrap();
        fs::write(scenario.join(FILE), FOUND).unwrap();
        assert_eq!(Checks::found_in(&results).unwrap(), found("auth/basic"));
        fs::remove_dir_all(&results).unwrap();
        assert_eq!(Checks::found_in(&results).unwrap(), Checks::default());
    }
}
