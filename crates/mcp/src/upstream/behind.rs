//! Which of us stand behind one another.
//!
//! In: what one of us says of those behind it when it introduces itself. Out:
//! the same for whoever asks us, and whether a server leads back here. Lists
//! of servers that are each other's servers would grow without end.

use std::collections::BTreeSet;

use query::{Blame, Fault};
use serde::Deserialize;
use serde_json::value::RawValue;

use catalog::ServerId;

/// The member of `_meta` of an introduction with the names of ourselves and of
/// everyone of our kind behind us.
pub(crate) const BEHIND: &str = "concertmaster/behind";

/// How many names are taken; a row of us ends long before.
const MAX_NAMES: usize = 256;

/// The longest name, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Names of those of us that stand behind a server, itself among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind(BTreeSet<String>);

#[derive(Deserialize)]
struct Introduced {
    #[serde(default, rename = "_meta")]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default, rename = "concertmaster/behind")]
    behind: Vec<String>,
}

impl Behind {
    /// What an introduction says; nobody, where it says nothing that can be
    /// read.
    pub(crate) fn read(introduction: &RawValue) -> Self {
        let said = serde_json::from_str::<Introduced>(introduction.get()).map(|said| said.meta.behind);
        let fit = |name: &String| name.len() <= MAX_NAME_BYTES;
        Self(said.unwrap_or_default().into_iter().filter(fit).take(MAX_NAMES).collect())
    }

    /// Whether a request to that server comes back to the one of that name.
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Everyone behind the one of that name, itself included.
    pub(crate) fn of<'a>(name: &str, servers: impl Iterator<Item = &'a Self>) -> Vec<String> {
        let mut all: BTreeSet<&str> = servers.flat_map(|server| server.0.iter().map(String::as_str)).collect();
        all.insert(name);
        all.into_iter().take(MAX_NAMES).map(str::to_owned).collect()
    }
}

/// The fault of a server that leads back here. It may pass: one of the two is
/// to be left out on one side.
pub(crate) fn circle(server: &ServerId) -> Fault {
    let message =
        format!("server `{server}` has this very program behind it: take one out of the other's configuration");
    Fault::passing(Blame::Operator, "server_circle", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_behind_whom_is_read_and_told() {
        let rows = [
            (r#"{"_meta":{"concertmaster/behind":["b","c"]}}"#, vec!["a", "b", "c"]),
            (r#"{"_meta":{"concertmaster/behind":"b"}}"#, vec!["a"]),
            (r#"{"_meta":{}}"#, vec!["a"]),
            ("{}", vec!["a"]),
            ("[]", vec!["a"]),
        ];
        for (introduction, expected) in rows {
            let read = Behind::read(&RawValue::from_string(introduction.to_owned()).unwrap());
            assert_eq!(Behind::of("a", [&read].into_iter()), expected, "{introduction}");
            assert!(!read.includes("a"));
            assert_eq!(read.includes("c"), expected.contains(&"c"));
        }
        let many: Vec<String> = (0..1000).map(|i| i.to_string()).collect();
        let said = format!(r#"{{"_meta":{{"concertmaster/behind":{}}}}}"#, serde_json::json!(many));
        let read = Behind::read(&RawValue::from_string(said).unwrap());
        assert_eq!(Behind::of("a", [&read].into_iter()).len(), MAX_NAMES);
    }
}
