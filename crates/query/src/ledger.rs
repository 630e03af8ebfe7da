//! A budget is held by a ledger, and spent through reservations.
//!
//! Reserve before the spend, settle after it, and a dropped reservation
//! refunds itself: at no moment can concurrent spenders overspend together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::Cost;

/// How much one query may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Calls to upstream servers, nested queries' calls included.
    pub calls: u32,
    /// What those calls may cost.
    pub cost: Cost,
}

impl Budget {
    /// So many calls, whatever they cost.
    pub const fn of_calls(calls: u32) -> Self {
        Self { calls, cost: Cost::UNLIMITED }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::of_calls(100)
    }
}

/// Who holds what of a budget. Clones share one account, so a nested query
/// spends its parent's.
#[derive(Clone, Debug)]
pub struct Ledger(Arc<Mutex<Account>>);

#[derive(Debug)]
struct Account {
    budget: Budget,
    reserved: Spend,
    spent: Spend,
}

/// So many calls at so much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Spend {
    calls: u32,
    cost: Cost,
}

/// The budget has no room for what was asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query's budget of {} is spent", self.limit())]
pub struct OverBudget {
    /// The budget that is spent.
    pub budget: Budget,
    /// Whether it is the cost there is no room for, and not the calls.
    pub by_cost: bool,
}

/// Calls held but not yet made. Dropping it refunds them.
#[derive(Debug)]
#[must_use = "a reservation that is dropped refunds itself"]
pub struct Reservation {
    account: Arc<Mutex<Account>>,
    held: Spend,
}

impl Ledger {
    /// An untouched account.
    pub fn new(budget: Budget) -> Self {
        Self(Arc::new(Mutex::new(Account { budget, reserved: Spend::default(), spent: Spend::default() })))
    }

    /// Holds room for one call at this price, or says that there is none.
    ///
    /// # Errors
    ///
    /// Which of the two limits leaves no room.
    pub fn reserve(&self, cost: Cost) -> Result<Reservation, OverBudget> {
        let one = Spend { calls: 1, cost };
        let mut account = lock(&self.0);
        let all = account.reserved.plus(account.spent).plus(one);
        let budget = account.budget;
        if all.calls > budget.calls {
            return Err(OverBudget { budget, by_cost: false });
        }
        if all.cost > budget.cost {
            return Err(OverBudget { budget, by_cost: true });
        }
        account.reserved = account.reserved.plus(one);
        Ok(Reservation { account: Arc::clone(&self.0), held: one })
    }

    /// Calls made so far.
    pub fn spent_calls(&self) -> u32 {
        lock(&self.0).spent.calls
    }

    /// What they cost.
    pub fn spent_cost(&self) -> Cost {
        lock(&self.0).spent.cost
    }

    /// What is neither spent nor held.
    pub fn left(&self) -> Budget {
        let account = lock(&self.0);
        let gone = account.reserved.plus(account.spent);
        let cost =
            if account.budget.cost == Cost::UNLIMITED { Cost::UNLIMITED } else { account.budget.cost.less(gone.cost) };
        Budget { calls: account.budget.calls.saturating_sub(gone.calls), cost }
    }
}

impl Spend {
    fn plus(self, other: Self) -> Self {
        Self { calls: self.calls.saturating_add(other.calls), cost: self.cost.plus(other.cost) }
    }

    fn less(self, other: Self) -> Self {
        Self { calls: self.calls.saturating_sub(other.calls), cost: self.cost.less(other.cost) }
    }
}

impl OverBudget {
    fn limit(&self) -> String {
        if self.by_cost {
            format!("{} in the operator's unit of price", self.budget.cost)
        } else {
            format!("{} upstream calls", self.budget.calls)
        }
    }
}

impl Reservation {
    /// What may be spent by whoever holds this: what is held here, and what
    /// nobody holds.
    pub fn reach(&self) -> Budget {
        let left = Ledger(Arc::clone(&self.account)).left();
        let cost = if left.cost == Cost::UNLIMITED { left.cost } else { left.cost.plus(self.held.cost) };
        Budget { calls: left.calls.saturating_add(self.held.calls), cost }
    }

    /// The call was made: the hold becomes a spend.
    pub fn settle(mut self) {
        let held = std::mem::take(&mut self.held);
        let mut account = lock(&self.account);
        account.reserved = account.reserved.less(held);
        account.spent = account.spent.plus(held);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut account = lock(&self.account);
        account.reserved = account.reserved.less(self.held);
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
        let ledger = Ledger::new(Budget { calls: 9, cost: Cost::from_micros(20) });
        let ten = Cost::from_micros(10);
        let kept = ledger.reserve(ten).unwrap();
        drop(ledger.reserve(ten).unwrap());
        let second = ledger.reserve(ten).unwrap();
        assert!(ledger.reserve(ten).unwrap_err().by_cost, "all of it is held");
        assert_eq!(second.reach(), Budget { calls: 8, cost: ten }, "its own, and what is left");
        kept.settle();
        second.settle();
        assert_eq!((ledger.spent_calls(), ledger.spent_cost()), (2, Cost::from_micros(20)));
        assert!(ledger.reserve(ten).is_err(), "all of it is spent");
        assert_eq!(ledger.left(), Budget { calls: 7, cost: Cost::FREE });
        ledger.reserve(Cost::FREE).unwrap().settle();
        assert_eq!(ledger.spent_calls(), 3, "what costs nothing is counted");
    }

    #[test]
    fn many_threads_never_overspend() {
        let ledger = Ledger::new(Budget::of_calls(50));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        if let Ok(held) = ledger.reserve(Cost::FREE) {
                            held.settle();
                        }
                    }
                });
            }
        });
        assert_eq!(ledger.spent_calls(), 50);
    }
}
