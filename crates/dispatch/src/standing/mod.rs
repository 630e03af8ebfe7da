//! What outlives a query: how servers stand, what was answered lately, what
//! was cut off results.
//!
//! In: how calls ended. Out: what the gate needs to know before the next one.
//! Everything in it that came from a server is keyed by principal.

mod breaker;
mod health;
mod retries;

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use catalog::ServerId;
use plan::Output;

pub use self::breaker::{Admitted, Breaker, BreakerSettings};
pub use self::health::{Ended, Health, Turn};
pub use self::retries::Retries;
use crate::cache::{CACHE_BYTES, Cache};
use crate::size::{SHELF_BYTES, SHELF_TTL, Shelf};

/// A number in 0..=1, a new one each time. Tests give a known one.
pub type Chance = fn() -> f64;

/// What outlives a query. One for each engine.
#[derive(Debug)]
pub struct Standing {
    breaker: BreakerSettings,
    servers: RwLock<HashMap<ServerId, Arc<Health>>>,
    chance: Chance,
    /// The catalogue's version when the caches were last looked at.
    pub(crate) version: AtomicU64,
    /// Results of calls.
    pub(crate) results: Cache<Output>,
    /// Contents of resources.
    pub(crate) contents: Cache<Arc<str>>,
    /// Whole results of which a part was handed out.
    pub(crate) shelf: Shelf,
}

/// What an engine keeps of what servers said, and how long it leaves a
/// failing one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingSettings {
    /// When a server is left alone.
    pub breaker: BreakerSettings,
    /// Bytes of results that are kept to answer equal calls.
    pub cache_bytes: usize,
    /// Bytes of results that are kept to be read on.
    pub shelf_bytes: usize,
    /// For how long they can be read on.
    pub shelf_ttl: Duration,
}

impl Default for StandingSettings {
    fn default() -> Self {
        Self {
            breaker: BreakerSettings::default(),
            cache_bytes: CACHE_BYTES,
            shelf_bytes: SHELF_BYTES,
            shelf_ttl: SHELF_TTL,
        }
    }
}

/// The share of the cache's bytes that contents of resources may take.
const CONTENTS_SHARE: usize = 4;

impl Standing {
    /// Nothing is known yet.
    pub fn new(settings: StandingSettings) -> Self {
        let contents = settings.cache_bytes / CONTENTS_SHARE;
        Self {
            breaker: settings.breaker,
            servers: RwLock::default(),
            chance: fastrand::f64,
            version: AtomicU64::new(0),
            results: Cache::of_bytes(settings.cache_bytes - contents),
            contents: Cache::of_bytes(contents),
            shelf: Shelf::new(settings.shelf_bytes, settings.shelf_ttl),
        }
    }

    /// Forgets what that server answered: it changed something, or says that
    /// something changed.
    pub fn forget(&self, server: &ServerId) {
        self.results.forget(server);
        self.contents.forget(server);
    }

    /// The results that can be read on.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The same with another source of chance.
    #[must_use]
    pub fn with_chance(self, chance: Chance) -> Self {
        Self { chance, ..self }
    }

    /// What is known of that server. Only servers of the catalogue are asked
    /// for, so the configuration bounds how many there are.
    pub fn health(&self, server: &ServerId) -> Arc<Health> {
        if let Some(known) = self.servers.read().unwrap_or_else(PoisonError::into_inner).get(server) {
            return Arc::clone(known);
        }
        let mut servers = self.servers.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(servers.entry(server.clone()).or_insert_with(|| Arc::new(Health::new(self.breaker))))
    }

    /// A number in 0..=1.
    pub(crate) fn chance(&self) -> f64 {
        (self.chance)()
    }
}

impl Default for Standing {
    fn default() -> Self {
        Self::new(StandingSettings::default())
    }
}
