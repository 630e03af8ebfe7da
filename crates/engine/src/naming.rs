//! Names of queries: times first, so that they sort; then what tells apart.
//!
//! The random half is a keyed hash (SipHash) of a counter, its key drawn once
//! from the system: asking the system for each query costs more than all
//! policy has to say about a call. Nothing is entrusted to whoever knows a
//! query's name.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use query::QueryId;
use uuid::Builder;

/// Makes names. Clones would repeat them: there is one for each engine.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    key: RandomState,
    made: AtomicU64,
}

impl Naming {
    /// A name that was not given before: a UUID of version 7.
    pub(crate) fn next(&self) -> QueryId {
        let count = self.made.fetch_add(1, Ordering::Relaxed);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.key.hash_one(count).to_le_bytes());
        random[8..].copy_from_slice(&count.to_le_bytes()[..2]);
        let mut text = [0; 36];
        let id = Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        QueryId::new(&*id.hyphenated().encode_lower(&mut text))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_uuids_and_none_is_given_twice() {
        let (one, other) = (Naming::default(), Naming::default());
        let names: BTreeSet<String> =
            (0..1_000).flat_map(|_| [one.next(), other.next()]).map(|name| name.to_string()).collect();
        assert_eq!(names.len(), 2_000);
        for name in names {
            assert_eq!((name.len(), &name[14..15]), (36, "7"), "{name}");
        }
    }
}
