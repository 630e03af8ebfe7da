//! What servers answered lately, and what is being asked of them now.
//!
//! In: a key, and what a leader found. Out: what is known under the key, or
//! that somebody is finding out, or that the caller is to. What may be kept
//! at all the gate decides; the cache bounds it in bytes and in time, and
//! forgets a server's answers when told.

mod key;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catalog::ServerId;
use query::Moment;
use tokio::sync::watch;

pub use self::key::CacheKey;

/// How many bytes of results are kept, unless configured otherwise: 64 MiB.
/// The result used longest ago goes first.
pub const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// For how long a result is kept, unless configured otherwise.
pub const CACHE_TTL: Duration = Duration::from_secs(60);

/// The share of the cache that one result may take; a larger one is not kept.
const LARGEST_SHARE: usize = 8;

/// Results by key, and who is finding out what. Clones of `V` are cheap.
pub struct Cache<V>(Mutex<Kept<V>>);

struct Kept<V> {
    most_bytes: usize,
    bytes: usize,
    entries: HashMap<CacheKey, Entry<V>>,
    /// Keys by when they were used last.
    order: BTreeMap<u64, CacheKey>,
    uses: u64,
    /// How often each server's answers were forgotten.
    epochs: HashMap<ServerId, u64>,
    /// How often everything was.
    epoch: u64,
    flights: HashMap<CacheKey, watch::Receiver<()>>,
}

struct Entry<V> {
    value: V,
    bytes: usize,
    stored: Moment,
    expires: Moment,
    used: u64,
}

/// What is to be done about a key.
#[derive(Debug)]
pub enum Claim<'c, V> {
    /// Nothing: this is the answer, this old.
    Hit(V, Duration),
    /// Wait until this says something or falls silent, then look once more.
    Wait(watch::Receiver<()>),
    /// Find out.
    Lead(Lead<'c, V>),
}

/// Whoever finds out what belongs under a key. Dropped without having found
/// anything, it leaves no trace.
pub struct Lead<'c, V> {
    cache: &'c Cache<V>,
    key: CacheKey,
    epoch: (u64, u64),
    /// Those who wait see it go.
    _done: watch::Sender<()>,
}

impl<V: Clone> Cache<V> {
    /// An empty cache of so many bytes; of none, it keeps nothing.
    pub fn of_bytes(most_bytes: usize) -> Self {
        Self(Mutex::new(Kept {
            most_bytes,
            bytes: 0,
            entries: HashMap::new(),
            order: BTreeMap::new(),
            uses: 0,
            epochs: HashMap::new(),
            epoch: 0,
            flights: HashMap::new(),
        }))
    }

    /// What is known under the key at `now`, or who finds out.
    pub fn claim(&self, key: CacheKey, now: Moment) -> Claim<'_, V> {
        let mut kept = self.open();
        if let Some((value, age)) = kept.hit(&key, now) {
            return Claim::Hit(value, age);
        }
        if let Some(flight) = kept.flights.get(&key) {
            return Claim::Wait(flight.clone());
        }
        let (done, flight) = watch::channel(());
        kept.flights.insert(key.clone(), flight);
        let epoch = kept.epoch_of(key.server());
        drop(kept);
        Claim::Lead(Lead { cache: self, key, epoch, _done: done })
    }

    /// What is known under the key at `now`, and how old it is.
    pub fn get(&self, key: &CacheKey, now: Moment) -> Option<(V, Duration)> {
        self.open().hit(key, now)
    }

    /// Forgets what that server answered, also what it is answering now.
    pub fn forget(&self, server: &ServerId) {
        let mut kept = self.open();
        *kept.epochs.entry(server.clone()).or_default() += 1;
        let gone: Vec<CacheKey> = kept.entries.keys().filter(|key| key.server() == server).cloned().collect();
        gone.iter().for_each(|key| kept.remove(key));
    }

    /// Forgets everything, also what is being answered now.
    pub fn clear(&self) {
        let mut kept = self.open();
        kept.epoch += 1;
        kept.entries.clear();
        kept.order.clear();
        kept.bytes = 0;
    }

    /// Bytes kept, keys included.
    pub fn bytes(&self) -> usize {
        self.open().bytes
    }

    /// The state is whole after every method, and no method panics between.
    fn open(&self) -> MutexGuard<'_, Kept<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone> Kept<V> {
    fn hit(&mut self, key: &CacheKey, now: Moment) -> Option<(V, Duration)> {
        let entry = self.entries.get_mut(key)?;
        if now >= entry.expires {
            self.remove(key);
            return None;
        }
        self.uses += 1;
        let before = std::mem::replace(&mut entry.used, self.uses);
        let found = (entry.value.clone(), now.since(entry.stored));
        if let Some(key) = self.order.remove(&before) {
            self.order.insert(self.uses, key);
        }
        Some(found)
    }

    fn remove(&mut self, key: &CacheKey) {
        if let Some(entry) = self.entries.remove(key) {
            self.order.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }

    fn insert(&mut self, key: CacheKey, value: V, bytes: usize, stored: Moment, expires: Moment) {
        let bytes = bytes.saturating_add(key.bytes());
        if bytes > self.most_bytes / LARGEST_SHARE {
            return;
        }
        self.remove(&key);
        while self.bytes + bytes > self.most_bytes {
            let Some((_, oldest)) = self.order.pop_first() else { return };
            self.remove(&oldest);
        }
        self.uses += 1;
        self.bytes += bytes;
        self.order.insert(self.uses, key.clone());
        self.entries.insert(key, Entry { value, bytes, stored, expires, used: self.uses });
    }

    fn epoch_of(&self, server: &ServerId) -> (u64, u64) {
        (self.epoch, self.epochs.get(server).copied().unwrap_or_default())
    }
}

impl<V: Clone> Lead<'_, V> {
    /// Keeps what was found, unless the server's answers were forgotten since
    /// the search began.
    pub fn keep(self, value: V, bytes: usize, ttl: Duration, now: Moment) {
        let mut kept = self.cache.open();
        if kept.epoch_of(self.key.server()) == self.epoch && !ttl.is_zero() {
            kept.insert(self.key.clone(), value, bytes, now, now.after(ttl));
        }
    }
}

impl<V> Drop for Lead<'_, V> {
    fn drop(&mut self) {
        self.cache.0.lock().unwrap_or_else(PoisonError::into_inner).flights.remove(&self.key);
    }
}

impl<V> fmt::Debug for Cache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

impl<V> fmt::Debug for Lead<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lead({:?})", self.key)
    }
}
