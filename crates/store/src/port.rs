//! The port.

use std::sync::Arc;

use query::Principal;

use crate::{
    Approval, ApprovalId, Ask, Charge, Effect, Ending, Hold, Intended, Intent, Key, Rate, Reply, StoreFault, Throttled,
    Undecided, Unredeemed, Unreserved, Wall, Word,
};

/// State that is shared by all queries, and outlives them.
///
/// Each method is one atomic decision over the keys it is given, whoever else
/// asks at the same time; a shared store makes it with one script. Time is an
/// argument. What a method promises holds when its reply is ready: then it is
/// kept, as far as this store keeps anything over a restart.
pub trait Store: Send + Sync {
    /// Holds room on every account at once, or on none.
    ///
    /// # Errors
    ///
    /// The first account without room, or that the store failed.
    fn reserve<'a>(&'a self, charges: &'a [Charge], now: Wall) -> Reply<'a, Result<Hold, Unreserved>>;

    /// Admits one more at every rate at once, or at none.
    ///
    /// # Errors
    ///
    /// The rate that takes longest to be there again, or that the store
    /// failed.
    fn admit<'a>(&'a self, rates: &'a [Rate], now: Wall) -> Reply<'a, Result<(), Throttled>>;

    /// Puts a question to a human, where [`Store::approvals`] shows it.
    ///
    /// # Errors
    ///
    /// That it cannot be kept: then nobody is asked.
    fn ask(&self, ask: Ask) -> Reply<'_, Result<(), StoreFault>>;

    /// The questions there are, oldest first: of one principal, or all.
    ///
    /// # Errors
    ///
    /// That the store failed.
    fn approvals(&self, of: Option<Principal>, now: Wall) -> Reply<'_, Result<Vec<Approval>, StoreFault>>;

    /// Takes a human's word, once. `by` says who they are and how it is known:
    /// the edge that heard them vouches for it. A word heard `in_band`, from
    /// whoever is asking, answers no question that is to be answered beside.
    ///
    /// # Errors
    ///
    /// Why it does not count.
    fn decide(&self, id: ApprovalId, word: Word, by: Voice, now: Wall) -> Reply<'_, Result<Approval, Undecided>>;

    /// Uses an approval up, for the principal and the binding it was given
    /// for. Of any number of callers at once, one succeeds.
    ///
    /// # Errors
    ///
    /// Why it cannot be used.
    fn redeem(
        &self,
        id: ApprovalId,
        principal: Principal,
        binding: String,
        now: Wall,
    ) -> Reply<'_, Result<(), Unredeemed>>;

    /// Writes down that a call which does more than read is about to leave.
    ///
    /// # Errors
    ///
    /// That it cannot be kept: then the call must not leave.
    fn intend(&self, intent: Intent) -> Reply<'_, Result<Intended, StoreFault>>;

    /// Writes down how it ended.
    ///
    /// # Errors
    ///
    /// That it cannot be kept: then its outcome counts as unknown.
    fn ended(&self, intended: Intended, ending: Ending, now: Wall) -> Reply<'_, Result<(), StoreFault>>;

    /// The effects there are on record, oldest first.
    ///
    /// # Errors
    ///
    /// That the store failed.
    fn effects(&self, now: Wall) -> Reply<'_, Result<Vec<Effect>, StoreFault>>;

    /// Claims a name until it expires: of any number of callers, one is told
    /// `true`.
    ///
    /// # Errors
    ///
    /// That the store failed: then nobody may act on it.
    fn claim(&self, key: Key, expires: Wall, now: Wall) -> Reply<'_, Result<bool, StoreFault>>;

    /// Keeps a small value until it expires, instead of what was there.
    ///
    /// # Errors
    ///
    /// That it is larger than [`MAX_VALUE_BYTES`](crate::MAX_VALUE_BYTES), or
    /// that the store failed.
    fn keep(&self, key: Key, value: Arc<[u8]>, expires: Wall, now: Wall) -> Reply<'_, Result<(), StoreFault>>;

    /// A value that was kept, unless it has expired.
    ///
    /// # Errors
    ///
    /// That the store failed.
    fn kept(&self, key: Key, now: Wall) -> Reply<'_, Result<Option<Arc<[u8]>>, StoreFault>>;

    /// Puts the last of it away: what was reserved ahead is given back, and
    /// what was written is kept. The store can still be used afterwards.
    ///
    /// # Errors
    ///
    /// That the store failed.
    fn settle(&self, now: Wall) -> Reply<'_, Result<(), StoreFault>>;
}

/// Who gave a human's word, and how it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Who, in words.
    pub who: String,
    /// Whether it came the same way as the request itself: from the client
    /// that is waiting, and perhaps from no human at all.
    pub in_band: bool,
}
