//! A user's words, through the embedded planner.

use std::collections::BTreeMap;

use plan::{Planned, Task, propose_alone};

use crate::{house, promise};

/// The longest words tried, in bytes.
const MOST_BYTES: usize = 4 * 1024;

/// Plans whatever the words are.
pub(crate) fn run(bytes: &[u8]) {
    let words = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_BYTES)]);
    let facts = BTreeMap::new();
    let task = Task { query: words.trim(), facts: &facts, router: house::router(), depth: 0 };
    if let Planned::Plan { plan, .. } = propose_alone(&task).planned {
        promise::of_plan(&plan, &house::context());
    }
    let found = house::router().search(&words, 5);
    assert!(found.candidates.iter().all(|candidate| candidate.score.is_finite()));
}
