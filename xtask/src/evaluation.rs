//! How well queries are planned, against the least that it may be.

use crate::stage::Stage;
use crate::{Failure, Workspace};

/// The evaluation as a part of the gate.
pub(crate) const STAGE: Stage = Stage { name: "evaluation", run };

/// The labelled queries: those that are tuned on, those of a writer who did
/// not know the planner, and those that are only ever scored.
const QUERIES: [&str; 3] =
    ["crates/demo/eval/tuning.jsonl", "crates/demo/eval/fresh.jsonl", "crates/demo/eval/held-out.jsonl"];

/// The least that their figures may be; it only rises.
const FLOOR: &str = "crates/demo/eval/floor.json";

fn run(workspace: &Workspace) -> Result<(), Failure> {
    let [tuning, fresh, held_out] = QUERIES;
    workspace.cargo(&["run", "--release", "--", "--demo", "eval", tuning, fresh, held_out, "--floor", FLOOR]).run()
}
