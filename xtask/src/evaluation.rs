//! How well queries are planned, against the least that it may be.

use crate::stage::Stage;
use crate::{Failure, Workspace};

/// The evaluation as a part of the gate.
pub(crate) const STAGE: Stage = Stage { name: "evaluation", run };

/// The labelled queries: the half that is tuned on, and the half that is not.
const QUERIES: [&str; 2] = ["crates/demo/eval/tuning.jsonl", "crates/demo/eval/held-out.jsonl"];

/// The least that their figures may be; it only rises.
const FLOOR: &str = "crates/demo/eval/floor.json";

fn run(workspace: &Workspace) -> Result<(), Failure> {
    let [tuning, held_out] = QUERIES;
    workspace.cargo(&["run", "--release", "--", "--demo", "eval", tuning, held_out, "--floor", FLOOR]).run()
}
