//! Accounts, as this process sees them.
//!
//! An account that ends with the process is kept here alone. Of one that is
//! kept over restarts, a part was taken from the book ahead of time: the room
//! that calls are held from without waiting for a disk. Whatever of it is lost
//! in a crash was not spent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::account::millis;
use crate::{Amount, Charge, Held, Hold, Key, Spent, StoreFault, Unreserved, Wall, Window};

/// The most accounts in use at once.
const MAX_ACCOUNTS: usize = 200_000;

/// Accounts after which those whose window has ended are forgotten.
const FIRST_SWEEP: usize = 4_096;

/// The accounts. Clones are one bank.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    vault: Arc<Mutex<Vault>>,
    /// Whether accounts that are kept over restarts are taken from a book.
    has_book: bool,
}

#[derive(Debug)]
struct Vault {
    accounts: HashMap<Key, Account>,
    sweep_beyond: usize,
}

#[derive(Debug)]
struct Account {
    /// Which window its figures are of.
    term: u64,
    funds: Funds,
    /// When it counts for nothing any more.
    ends: Wall,
}

#[derive(Clone, Copy, Debug)]
enum Funds {
    /// This is the whole account: what is held and what is spent.
    Own { held: Amount, spent: Amount },
    /// Taken from the book, and neither held nor spent.
    Room(Amount),
}

/// Why nothing is held.
pub(super) enum Lack {
    /// This is why.
    Refused(Unreserved),
    /// The book has to be asked for more room.
    Room,
}

/// One account's share of a hold.
struct Share {
    account: Key,
    term: u64,
    amount: Amount,
}

/// What is held for one call.
struct Shares {
    bank: Bank,
    shares: Vec<Share>,
}

impl Bank {
    /// An empty bank, beside a book or without one.
    pub(super) fn new(has_book: bool) -> Self {
        let vault = Vault { accounts: HashMap::new(), sweep_beyond: FIRST_SWEEP };
        Self { vault: Arc::new(Mutex::new(vault)), has_book }
    }

    /// Holds all of it, or nothing.
    pub(super) fn hold(&self, charges: &[Charge], now: Wall) -> Result<Hold, Lack> {
        if charges.is_empty() {
            return Ok(Hold::nothing());
        }
        let mut vault = self.open();
        let mut lacks_room = false;
        for (index, charge) in charges.iter().enumerate() {
            let earlier = charges[..index].iter().filter(|earlier| earlier.account == charge.account);
            let asked = earlier.fold(charge.amount, |sum, earlier| sum.plus(earlier.amount));
            let in_book = self.in_book(charge.window);
            match vault.account(charge, in_book, now).map_err(|fault| Lack::Refused(fault.into()))?.funds {
                Funds::Room(room) => lacks_room |= !asked.fits(room),
                Funds::Own { held, spent } => {
                    let left = charge.limit.less(held.plus(spent));
                    if !asked.fits(left) {
                        return Err(Lack::Refused(spent_out(charge, left, now).into()));
                    }
                }
            }
        }
        if lacks_room {
            return Err(Lack::Room);
        }
        let mut shares = Vec::with_capacity(charges.len());
        for charge in charges {
            // It was there a moment ago, under the same lock.
            let Some(account) = vault.accounts.get_mut(&charge.account) else { continue };
            match &mut account.funds {
                Funds::Room(room) => *room = room.less(charge.amount),
                Funds::Own { held, .. } => *held = held.plus(charge.amount),
            }
            shares.push(Share { account: charge.account.clone(), term: account.term, amount: charge.amount });
        }
        drop(vault);
        Ok(Hold::new(Box::new(Shares { bank: self.clone(), shares })))
    }

    /// The room there is for this charge; `None` when no book has to do with
    /// it.
    pub(super) fn room(&self, charge: &Charge, now: Wall) -> Option<Amount> {
        let in_book = self.in_book(charge.window);
        match self.open().account(charge, in_book, now).ok()?.funds {
            Funds::Room(room) => Some(room),
            Funds::Own { .. } => None,
        }
    }

    /// Adds room that the book gave.
    pub(super) fn credit(&self, charge: &Charge, granted: Amount, now: Wall) {
        let in_book = self.in_book(charge.window);
        if let Ok(Account { funds: Funds::Room(room), .. }) = self.open().account(charge, in_book, now) {
            *room = room.plus(granted);
        }
    }

    /// Takes all room out, to be given back to the book: the account, the
    /// window it is of, and how much.
    pub(super) fn withdraw(&self) -> Vec<(Key, u64, Amount)> {
        let mut vault = self.open();
        let rooms = vault.accounts.iter_mut().filter_map(|(key, account)| match &mut account.funds {
            Funds::Room(room) if *room != Amount::NONE => Some((key.clone(), account.term, std::mem::take(room))),
            Funds::Room(_) | Funds::Own { .. } => None,
        });
        rooms.collect()
    }

    fn in_book(&self, window: Window) -> bool {
        self.has_book && matches!(window, Window::Every(_))
    }

    fn open(&self) -> MutexGuard<'_, Vault> {
        self.vault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives back what was held, but for what was spent of it.
    fn end(&self, shares: Vec<Share>, cost: impl Fn(Amount) -> Amount) {
        let mut vault = self.open();
        for share in shares {
            let Some(account) = vault.accounts.get_mut(&share.account) else { continue };
            if account.term != share.term {
                continue;
            }
            let used = cost(share.amount);
            match &mut account.funds {
                Funds::Room(room) => *room = room.plus(share.amount.less(used)),
                Funds::Own { held, spent } => {
                    *held = held.less(share.amount);
                    *spent = spent.plus(used);
                }
            }
        }
    }
}

impl Vault {
    /// The account as of `now`: a new window starts with nothing spent.
    fn account(&mut self, charge: &Charge, in_book: bool, now: Wall) -> Result<&mut Account, StoreFault> {
        if !self.accounts.contains_key(&charge.account) {
            self.make_room(now)?;
            let account = Account::new(0, charge.window, in_book, now);
            self.accounts.insert(charge.account.clone(), account);
        }
        let account = self
            .accounts
            .get_mut(&charge.account)
            .ok_or_else(|| StoreFault::TooMuch("the account is gone".to_owned()))?;
        match charge.window {
            Window::Every(length) => {
                let term = now.millis() / millis(length);
                // A clock that is set back does not open a window anew.
                if term > account.term {
                    *account = Account::new(term, charge.window, in_book, now);
                }
            }
            Window::Idle(idle) => {
                if now >= account.ends {
                    *account = Account::new(account.term + 1, charge.window, in_book, now);
                }
                account.ends = account.ends.max(now.after(idle));
            }
        }
        Ok(account)
    }

    fn make_room(&mut self, now: Wall) -> Result<(), StoreFault> {
        if self.accounts.len() < self.sweep_beyond {
            return Ok(());
        }
        self.accounts.retain(|_, account| account.ends > now);
        self.sweep_beyond = (self.accounts.len() * 2).clamp(FIRST_SWEEP, MAX_ACCOUNTS);
        if self.accounts.len() < self.sweep_beyond {
            return Ok(());
        }
        Err(StoreFault::TooMuch(format!("more than {MAX_ACCOUNTS} accounts are in use at once")))
    }
}

impl Account {
    fn new(term: u64, window: Window, in_book: bool, now: Wall) -> Self {
        let funds =
            if in_book { Funds::Room(Amount::NONE) } else { Funds::Own { held: Amount::NONE, spent: Amount::NONE } };
        let ends = match window {
            Window::Every(_) => window.ends(now).unwrap_or(now),
            Window::Idle(idle) => now.after(idle),
        };
        Self { term, funds, ends }
    }
}

impl Held for Shares {
    fn settle(self: Box<Self>, spent: Option<Amount>) {
        let Self { bank, shares } = *self;
        bank.end(shares, |held| spent.map_or(held, |spent| spent.min(held)));
    }

    fn refund(self: Box<Self>) {
        let Self { bank, shares } = *self;
        bank.end(shares, |_| Amount::NONE);
    }
}

/// Says that this charge does not fit.
pub(super) fn spent_out(charge: &Charge, left: Amount, now: Wall) -> Spent {
    let (account, limit) = (charge.account.clone(), charge.limit);
    Spent { account, limit, left, resets: charge.window.ends(now) }
}

impl From<StoreFault> for Lack {
    fn from(fault: StoreFault) -> Self {
        Self::Refused(fault.into())
    }
}
