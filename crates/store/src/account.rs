//! Accounts: what may be spent, and who holds what of it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Key, StoreFault, Wall};

/// So many calls and so much cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Amount {
    /// Calls.
    pub calls: u64,
    /// Cost, in millionths of the operator's unit of price.
    pub micros: u64,
}

impl Amount {
    /// Nothing.
    pub const NONE: Self = Self { calls: 0, micros: 0 };

    /// A limit that nothing reaches.
    pub const UNLIMITED: Self = Self { calls: u64::MAX, micros: u64::MAX };

    /// One call at this price, in millionths.
    pub const fn call(micros: u64) -> Self {
        Self { calls: 1, micros }
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { calls: self.calls.saturating_add(other.calls), micros: self.micros.saturating_add(other.micros) }
    }

    /// What is left of it without the other; never less than nothing.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self { calls: self.calls.saturating_sub(other.calls), micros: self.micros.saturating_sub(other.micros) }
    }

    /// The smaller of each.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self { calls: self.calls.min(other.calls), micros: self.micros.min(other.micros) }
    }

    /// The larger of each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { calls: self.calls.max(other.calls), micros: self.micros.max(other.micros) }
    }

    /// Whether it is no more than the other in either.
    pub const fn fits(self, other: Self) -> bool {
        self.calls <= other.calls && self.micros <= other.micros
    }
}

/// For how long what was spent counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Until the next whole multiple of this length since the Unix epoch.
    /// Kept over restarts.
    Every(Duration),
    /// As long as it goes on being used: it ends after this long without.
    /// Ends with the process, too.
    Idle(Duration),
}

impl Window {
    /// A day, from midnight to midnight UTC.
    pub const DAY: Self = Self::Every(Duration::from_secs(86_400));

    /// When the window that `now` is in ends, where that is known.
    pub fn ends(self, now: Wall) -> Option<Wall> {
        match self {
            Self::Every(length) => {
                let length = millis(length);
                Some(Wall::from_millis((now.millis() / length).saturating_add(1).saturating_mul(length)))
            }
            Self::Idle(_) => None,
        }
    }
}

/// A window's length in milliseconds, at least one.
pub(crate) fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX).max(1)
}

/// What one call costs one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The account.
    pub account: Key,
    /// For how long what is spent counts.
    pub window: Window,
    /// The most that may be spent within it.
    pub limit: Amount,
    /// What is asked for now.
    pub amount: Amount,
}

/// The account has no room for what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the budget `{account}` has no room left")]
pub struct Spent {
    /// The account.
    pub account: Key,
    /// Its limit.
    pub limit: Amount,
    /// What is left of it; less than was asked for.
    pub left: Amount,
    /// When it starts anew, where that is known.
    pub resets: Option<Wall>,
}

/// Why nothing was reserved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreserved {
    /// An account has no room.
    #[error(transparent)]
    Spent(#[from] Spent),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// What a store holds for one call, on every account it is charged to.
/// Dropping it before it is settled refunds it.
#[must_use = "a hold that is dropped refunds itself"]
pub struct Hold(Option<Box<dyn Held>>);

/// A store's side of a [`Hold`]. One of the two is called, once. Neither may
/// block: a store far away sends it on its way and lets it expire if need be.
pub trait Held: Send + Sync {
    /// The call was made: this much of each charge is spent, or all of it.
    fn settle(self: Box<Self>, spent: Option<Amount>);

    /// The call was not made.
    fn refund(self: Box<Self>);
}

impl Hold {
    /// For stores: hands out what was reserved.
    pub fn new(held: Box<dyn Held>) -> Self {
        Self(Some(held))
    }

    /// A hold on no account.
    pub const fn nothing() -> Self {
        Self(None)
    }

    /// The call leaves: everything that is held is spent.
    pub fn settle(mut self) {
        if let Some(held) = self.0.take() {
            held.settle(None);
        }
    }

    /// The call was made and cost this much, at most what is held; the rest
    /// is refunded.
    pub fn settle_at(mut self, spent: Amount) {
        if let Some(held) = self.0.take() {
            held.settle(Some(spent));
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(held) = self.0.take() {
            held.refund();
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}
