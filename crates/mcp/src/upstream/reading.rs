//! What this side reads of a server's bytes, for [`crate::reading`].

use serde_json::value::RawValue;

use super::listing::{Listing, TOOLS};
use super::sse::{Event, Events};
use crate::reading::Streamed;

/// The events of a stream.
pub(crate) fn events(pieces: &[&[u8]], limit: usize) -> Streamed {
    let mut reader = Events::limited(limit);
    let mut all = Vec::new();
    for piece in pieces {
        match reader.feed(piece) {
            Ok(more) => all.extend(more.into_iter().map(|Event { name, data }| (name, data))),
            Err(_) => return Err(all),
        }
    }
    Ok((all, reader.mark().last_id.clone()))
}

/// The tools of these pages.
pub(crate) fn listed(pages: &[&str]) -> Option<(Vec<String>, Vec<String>, bool)> {
    let mut listing = Listing::new(&TOOLS);
    let mut more = false;
    for page in pages {
        more = listing.take(&RawValue::from_string((*page).to_owned()).ok()?).ok()?.is_some();
        if !more {
            break;
        }
    }
    let listed = listing.finish();
    Some((listed.entries.into_iter().map(|tool| tool.offered.key).collect(), listed.notes, more))
}
