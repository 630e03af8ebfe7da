//! What a server announced and nobody has looked into yet.
//!
//! In: notifications, as often as a server likes. Out: what changed since the
//! last look, each once: a flood costs one bit.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::inventory::Stale;

/// URIs of updated resources kept until the next look; more are dropped.
const MAX_UPDATED: usize = 1_000;

/// The longest URI that is kept, in bytes; an announcement of a longer one is
/// dropped: no such resource is listed.
const MAX_URI_BYTES: usize = 8 * 1024;

/// Announcements since the last look.
#[derive(Default)]
pub(crate) struct Announced {
    kept: Mutex<Kept>,
    bell: Notify,
}

/// What changed.
#[derive(Default, Debug, PartialEq)]
pub(crate) struct Kept {
    /// Lists.
    pub(crate) stale: Stale,
    /// Contents of resources, by URI.
    pub(crate) updated: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Updated {
    uri: String,
}

impl Announced {
    /// Takes in a notification; whether it was an announcement.
    pub(crate) fn hear(&self, method: &str, params: Option<&RawValue>) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match method {
            "notifications/tools/list_changed" => kept.stale.tools = true,
            "notifications/resources/list_changed" => kept.stale.resources = true,
            "notifications/prompts/list_changed" => kept.stale.prompts = true,
            "notifications/resources/updated" => {
                let updated = params.and_then(|params| serde_json::from_str::<Updated>(params.get()).ok());
                let updated = updated.filter(|Updated { uri }| uri.len() <= MAX_URI_BYTES);
                if let Some(Updated { uri }) = updated.filter(|_| kept.updated.len() < MAX_UPDATED) {
                    kept.updated.insert(uri);
                }
            }
            _ => return false,
        }
        drop(kept);
        self.bell.notify_one();
        true
    }

    /// Something may have been missed: everything is to be looked into.
    pub(crate) fn missed(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).stale = Stale::ALL;
        self.bell.notify_one();
    }

    /// Waits until there is something to look into.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Everything since the last look.
    pub(crate) fn take(&self) -> Kept {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_announcements_is_one() {
        let announced = Announced::default();
        for i in 0..5_000 {
            let params = RawValue::from_string(format!(r#"{{"uri":"a:{i}"}}"#)).unwrap();
            assert!(announced.hear("notifications/resources/updated", Some(&params)));
            assert!(announced.hear("notifications/tools/list_changed", None));
        }
        assert!(!announced.hear("notifications/else", None));
        let long = format!(r#"{{"uri":"{}"}}"#, "x".repeat(MAX_URI_BYTES + 1));
        let other = Announced::default();
        other.hear("notifications/resources/updated", Some(&RawValue::from_string(long).unwrap()));
        assert!(other.take().updated.is_empty());
        assert!(announced.hear("notifications/resources/updated", None), "without a URI it says nothing");
        let kept = announced.take();
        assert_eq!(kept.stale, Stale { tools: true, ..Stale::default() });
        assert_eq!(kept.updated.len(), MAX_UPDATED);
        assert_eq!(announced.take(), Kept::default());
    }
}
