//! Stores, questions and a way to wait.

use std::time::Duration;

use concertmaster_store::{ApprovalId, Ask, EffectId, Embedded, Intent, Voice, Wall};
use query::Principal;
use serde_json::json;
use tempfile::TempDir;

/// A moment to start from: 2026-11-22, noon.
pub(crate) const NOON: Wall = Wall::from_millis(1_795_348_800_000);

/// A store in a directory of its own, which is removed with the value.
pub(crate) fn kept() -> (TempDir, Embedded) {
    let directory = tempfile::tempdir().unwrap();
    let store = Embedded::open(directory.path(), NOON).unwrap();
    (directory, store)
}

/// What a future comes to.
pub(crate) fn wait<T>(answer: impl Future<Output = T>) -> T {
    futures::executor::block_on(answer)
}

/// A question of that principal, good for an hour.
pub(crate) fn question(principal: &str) -> Ask {
    Ask {
        id: ApprovalId::random(),
        principal: Principal::new(principal),
        binding: "plan and calls".to_owned(),
        shown: json!({ "tool": "github.merge" }),
        asked: NOON,
        expires: NOON.after(Duration::from_secs(3600)),
        out_of_band: true,
    }
}

/// The operator at the command line.
pub(crate) fn operator() -> Voice {
    Voice { who: "operator".to_owned(), in_band: false }
}

/// An effect that is due within a minute.
pub(crate) fn intent() -> Intent {
    Intent {
        id: EffectId::random(),
        principal: Principal::local(),
        query: "q".to_owned(),
        tool: "github.merge".to_owned(),
        call: "hash".to_owned(),
        at: NOON,
        due: NOON.after(Duration::from_secs(60)),
    }
}
