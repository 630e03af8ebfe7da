//! Figures below which a file may not fall.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Measure, Tally};

/// How far a figure may be below its floor for the rounding of sums, and not
/// count as below.
const ROUNDING: f64 = 1e-9;

/// Steps of a floor between 0 and 1 when it is raised: three decimals.
const STEPS: f64 = 1000.0;

/// For files of labelled queries, by file name, the least that each figure
/// may be. Written as JSON: `{"name.jsonl": {"outcome": 0.9, "tools": 0.85}}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Floor(BTreeMap<String, BTreeMap<Measure, f64>>);

/// A figure below its floor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shortfall {
    /// The figure.
    pub measure: Measure,
    /// The least it may be.
    pub least: f64,
    /// What it is; `None` where there was nothing to measure.
    pub got: Option<f64>,
}

impl Floor {
    /// Reads a floor. What is wrong with it comes back in words: everything
    /// that is out of range at once, but only the first thing that is not of
    /// the form.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let floor: Self = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut faults = Vec::new();
        for (file, measures) in &floor.0 {
            if measures.is_empty() {
                faults.push(format!("nothing is set for `{file}`"));
            }
            for (measure, least) in measures {
                if !(0.0..=1.0).contains(least) {
                    faults.push(format!("`{}` of `{file}` is {least}, and figures are 0 to 1", measure.as_str()));
                }
            }
        }
        if faults.is_empty() { Ok(floor) } else { Err(faults) }
    }

    /// Whether something is set for a file.
    pub fn covers(&self, file: &str) -> bool {
        self.0.contains_key(file)
    }

    /// The figures of a file that are below what is set for it, none if none
    /// is; `None` when nothing is set for the file.
    pub fn below(&self, file: &str, tally: &Tally) -> Option<Vec<Shortfall>> {
        let short = |(measure, least): (&Measure, &f64)| {
            let got = tally.value(*measure);
            let holds = got.is_some_and(|got| got + ROUNDING >= *least);
            (!holds).then_some(Shortfall { measure: *measure, least: *least, got })
        };
        Some(self.0.get(file)?.iter().filter_map(short).collect())
    }

    /// Raises what is set for a file to its figures, cut to three decimals.
    /// Nothing is ever lowered, and nothing is set that was not.
    pub fn raise(&mut self, file: &str, tally: &Tally) {
        for (measure, least) in self.0.get_mut(file).into_iter().flatten() {
            let got = tally.value(*measure).unwrap_or_default();
            *least = least.max(((got + ROUNDING) * STEPS).floor() / STEPS);
        }
    }
}
