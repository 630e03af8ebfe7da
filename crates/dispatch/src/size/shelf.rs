//! Whole results of which a part was handed out, to be read on for a while.
//!
//! In: a result and whose it is. Out: a handle, and pages of it for the same
//! principal. For anybody else, and once it has expired, there is no such
//! handle.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use plan::Output;
use query::{Blame, Fault, Moment, Principal};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::shrink::{size, whole_lines};

/// How many bytes of results are kept to be read on, unless configured
/// otherwise: 64 MiB. The oldest goes first.
pub const SHELF_BYTES: usize = 64 * 1024 * 1024;

/// For how long a result can be read on, unless configured otherwise.
pub const SHELF_TTL: Duration = Duration::from_secs(600);

/// The share of the shelf that one principal's results may take.
const SHARE: usize = 4;

/// Results to be read on.
#[derive(Debug)]
pub struct Shelf {
    most_bytes: usize,
    ttl: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    results: HashMap<String, Shelved>,
    /// Handles, oldest first.
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Shelved {
    principal: Principal,
    output: Output,
    pointer: String,
    bytes: usize,
    expires: Moment,
}

/// A part of a result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// JSON Pointer to the list or text that is read.
    pub pointer: String,
    /// Items of the list, or a part of the text.
    pub part: Value,
    /// The first of the items, or bytes, that are here.
    pub from: usize,
    /// How many there are in all.
    pub total: usize,
    /// The next to ask for; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
}

impl Shelf {
    /// An empty shelf of so many bytes, whose results can be read on for that
    /// long.
    pub fn new(most_bytes: usize, ttl: Duration) -> Self {
        Self { most_bytes, ttl, state: Mutex::default() }
    }

    /// Puts a result up, to be read on from what stands at `pointer`. `None`
    /// when it is larger than a principal's share.
    pub fn put(
        &self,
        principal: &Principal,
        output: Output,
        pointer: &str,
        bytes: usize,
        now: Moment,
    ) -> Option<String> {
        let share = self.most_bytes / SHARE;
        if bytes > share {
            return None;
        }
        let handle = Uuid::new_v4().simple().to_string();
        let mut state = self.open();
        state.drop_while(|shelved, _| shelved.expires <= now);
        // A principal's own oldest make room first, so that nobody's results
        // are pushed out by another's beyond that share.
        while state.bytes_of(principal) + bytes > share {
            let Some(own) = state.oldest_of(principal) else { break };
            state.remove(&own);
        }
        let most = self.most_bytes;
        state.drop_while(|_, held| held + bytes > most);
        state.bytes += bytes;
        state.order.push_back(handle.clone());
        let expires = now.after(self.ttl);
        let shelved = Shelved { principal: principal.clone(), output, pointer: pointer.to_owned(), bytes, expires };
        state.results.insert(handle.clone(), shelved);
        Some(handle)
    }

    /// A part of a result, from an item or byte on, of at most about so many
    /// bytes, and at least one item.
    ///
    /// # Errors
    ///
    /// `unknown_handle`: there is none of that name, it has expired, or it is
    /// another's; `out_of_range` when nothing starts there.
    pub fn read(
        &self,
        principal: &Principal,
        handle: &str,
        from: usize,
        most_bytes: usize,
        now: Moment,
    ) -> Result<Page, Fault> {
        let (output, pointer) = {
            let state = self.open();
            let found = state.results.get(handle).filter(|found| found.principal == *principal && now < found.expires);
            let found = found.ok_or_else(unknown)?;
            (found.output.clone(), found.pointer.clone())
        };
        let whole = output.value().pointer(&pointer).or_else(|| output.raw()?.pointer(&pointer)).ok_or_else(unknown)?;
        let out_of_range = |total: usize| {
            let message = format!("there is nothing from {from} on: the result has {total}");
            Fault::lasting(Blame::Caller, "out_of_range", message)
        };
        let (part, end, total) = match whole {
            Value::Array(items) => {
                let rest = items.get(from..).ok_or_else(|| out_of_range(items.len()))?;
                let mut bytes = 2;
                let fitting = rest.iter().take_while(|item| {
                    bytes += size(item) + 1;
                    bytes <= most_bytes
                });
                let count = fitting.count().max(1).min(rest.len());
                (Value::Array(rest[..count].to_vec()), from + count, items.len())
            }
            Value::String(text) => {
                let rest = text.get(from..).ok_or_else(|| out_of_range(text.len()))?;
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let count = whole_lines(rest, most_bytes).max(first);
                (Value::String(rest[..count].to_owned()), from + count, text.len())
            }
            other => (other.clone(), 1, 1),
        };
        Ok(Page { pointer, part, from, total, next: (end < total).then_some(end) })
    }

    /// The state is whole after every method, and no method panics between.
    fn open(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops the oldest as long as that holds of it and of all bytes held.
    fn drop_while(&mut self, holds: impl Fn(&Shelved, usize) -> bool) {
        while let Some(oldest) = self.order.front().cloned() {
            if !self.results.get(&oldest).is_none_or(|shelved| holds(shelved, self.bytes)) {
                break;
            }
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, handle: &str) {
        if let Some(shelved) = self.results.remove(handle) {
            self.bytes -= shelved.bytes;
        }
        self.order.retain(|other| other != handle);
    }

    fn bytes_of(&self, principal: &Principal) -> usize {
        self.results.values().filter(|shelved| shelved.principal == *principal).map(|shelved| shelved.bytes).sum()
    }

    fn oldest_of(&self, principal: &Principal) -> Option<String> {
        let own = |handle: &&String| self.results.get(*handle).is_some_and(|shelved| shelved.principal == *principal);
        self.order.iter().find(own).cloned()
    }
}

/// Not there, expired and another's look alike.
fn unknown() -> Fault {
    let message = "there is no such result to read on; it may have expired: make the call again";
    Fault::lasting(Blame::Caller, "unknown_handle", message)
}
