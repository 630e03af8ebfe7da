//! Between the book and the bank: room taken ahead, and given back.
//!
//! The book counts what was taken, whether spent or not, so whatever happens
//! to the bank nobody overspends. More is taken than one call needs, so that
//! few calls wait for the disk.

use super::bank::{Bank, spent_out};
use super::draft::Draft;
use super::record::Record;
use crate::account::millis;
use crate::{Amount, Charge, Unreserved, Wall, Window};

/// The share of a limit that is taken at once: a crash loses no more.
const SHARE: u64 = 64;

/// The most that is taken at once: 10,000 calls, and a cost of ten.
const AT_ONCE: Amount = Amount { calls: 10_000, micros: 10_000_000 };

/// Room that the book gives for a charge.
pub(super) struct Grant {
    pub(super) charge: Charge,
    pub(super) amount: Amount,
}

/// Takes what the bank has no room for, on all accounts or on none.
pub(super) fn take(
    bank: &Bank,
    draft: &mut Draft<'_>,
    charges: Vec<Charge>,
    now: Wall,
) -> Result<Vec<Grant>, Unreserved> {
    let mut taking = Vec::new();
    for charge in charges {
        let Window::Every(length) = charge.window else { continue };
        let Some(room) = bank.room(&charge, now) else { continue };
        let advance = *draft.advance(&charge.account);
        let there = room.plus(advance.granted).less(advance.awaited);
        let missing = charge.amount.less(there);
        let term = now.millis() / millis(length);
        let before = draft.book().taken(&charge.account, term);
        let taken = before.map_or(Amount::NONE, |taken| taken.amount);
        let left = charge.limit.less(taken);
        if !missing.fits(left) {
            return Err(spent_out(&charge, left.plus(there), now).into());
        }
        let ends = before.map_or_else(|| charge.window.ends(now).unwrap_or(now), |taken| taken.ends);
        let term = before.map_or(term, |taken| taken.term);
        let amount = if missing == Amount::NONE { missing } else { missing.max(ahead(&charge)).min(left) };
        taking.push((charge, term, ends, taken, amount));
    }
    let mut grants = Vec::with_capacity(taking.len());
    for (charge, term, ends, taken, amount) in taking {
        let advance = draft.advance(&charge.account);
        advance.granted = advance.granted.plus(amount);
        advance.awaited = advance.awaited.plus(charge.amount);
        if amount != Amount::NONE {
            draft.enter(Record::Account { key: charge.account.clone(), term, ends, taken: taken.plus(amount) })?;
            grants.push(Grant { charge, amount });
        }
    }
    Ok(grants)
}

/// Gives all unspent room back.
pub(super) fn give_back(bank: &Bank, draft: &mut Draft<'_>) {
    for (key, term, room) in bank.withdraw() {
        let Some(taken) = draft.book().taken(&key, term).filter(|taken| taken.term == term) else { continue };
        // Room that cannot be given back counts as spent.
        let _ = draft.enter(Record::Account { key, term, ends: taken.ends, taken: taken.amount.less(room) });
    }
}

/// How much is taken at once.
fn ahead(charge: &Charge) -> Amount {
    let share = Amount { calls: charge.limit.calls / SHARE, micros: charge.limit.micros / SHARE };
    share.min(AT_ONCE)
}
