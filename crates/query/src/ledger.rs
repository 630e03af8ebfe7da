//! A budget is held by a ledger, and spent through reservations.
//!
//! Reserve before the spend, settle after it, and a dropped reservation
//! refunds itself: at no moment can concurrent spenders overspend together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// How much one query may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Calls to upstream servers, nested queries' calls included.
    pub calls: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { calls: 100 }
    }
}

/// Who holds what of a budget. Clones share one account, so a nested query
/// spends its parent's.
#[derive(Clone, Debug)]
pub struct Ledger(Arc<Mutex<Account>>);

#[derive(Debug)]
struct Account {
    budget: Budget,
    reserved_calls: u32,
    spent_calls: u32,
}

/// The budget has no room for what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query's budget of {} upstream calls is spent", .budget.calls)]
pub struct OverBudget {
    /// The budget that is spent.
    pub budget: Budget,
}

/// Calls held but not yet made. Dropping it refunds them.
#[derive(Debug)]
#[must_use = "a reservation that is dropped refunds itself"]
pub struct Reservation {
    account: Arc<Mutex<Account>>,
    calls: u32,
}

impl Ledger {
    /// An untouched account.
    pub fn new(budget: Budget) -> Self {
        Self(Arc::new(Mutex::new(Account { budget, reserved_calls: 0, spent_calls: 0 })))
    }

    /// Holds room for `calls`, or says that there is none.
    pub fn reserve(&self, calls: u32) -> Result<Reservation, OverBudget> {
        let mut account = lock(&self.0);
        let held = account.reserved_calls.saturating_add(account.spent_calls);
        if held.saturating_add(calls) > account.budget.calls {
            return Err(OverBudget { budget: account.budget });
        }
        account.reserved_calls += calls;
        Ok(Reservation { account: Arc::clone(&self.0), calls })
    }

    /// Calls made so far.
    pub fn spent_calls(&self) -> u32 {
        lock(&self.0).spent_calls
    }
}

impl Reservation {
    /// The calls were made: the hold becomes a spend.
    pub fn settle(mut self) {
        let mut account = lock(&self.account);
        account.reserved_calls -= self.calls;
        account.spent_calls += self.calls;
        drop(account);
        self.calls = 0;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        lock(&self.account).reserved_calls -= self.calls;
    }
}

/// The account is plain numbers, whole after every statement, so a panic
/// elsewhere while it was held leaves nothing torn.
fn lock(account: &Mutex<Account>) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_reservation_refunds_and_a_settled_one_stays_spent() {
        let ledger = Ledger::new(Budget { calls: 2 });
        let kept = ledger.reserve(1).unwrap();
        drop(ledger.reserve(1).unwrap());
        let second = ledger.reserve(1).unwrap();
        assert!(ledger.reserve(1).is_err(), "two are held");
        kept.settle();
        second.settle();
        assert_eq!(ledger.spent_calls(), 2);
        assert!(ledger.reserve(1).is_err(), "two are spent");
    }

    #[test]
    fn many_threads_never_overspend() {
        let ledger = Ledger::new(Budget { calls: 50 });
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        if let Ok(held) = ledger.reserve(1) {
                            held.settle();
                        }
                    }
                });
            }
        });
        assert_eq!(ledger.spent_calls(), 50);
    }
}
