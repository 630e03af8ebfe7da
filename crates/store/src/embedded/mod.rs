//! The store within one process, with or without a directory to keep it in.

mod bank;
mod book;
mod bytes;
mod clerk;
mod desk;
mod draft;
mod file;
mod frame;
mod rates;
mod record;
mod run;
mod till;
mod watch;

use std::convert::identity;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use query::Principal;

pub use self::watch::{Point, Watch};

use self::bank::{Bank, Lack};
use self::clerk::Clerk;
use self::desk::Desk;
use self::draft::Draft;
use self::rates::Rates;
use self::record::Record;
use self::watch::Unwatched;
use crate::{
    Approval, ApprovalId, Ask, Charge, Effect, Ending, Hold, Intended, Intent, Key, Rate, Reply, Store, StoreFault,
    Throttled, Undecided, Unredeemed, Unreserved, Voice, Wall, Word,
};

/// The embedded store.
pub struct Embedded {
    bank: Bank,
    rates: Rates,
    desk: Desk,
}

impl Embedded {
    /// A store that ends with the process.
    pub fn in_memory() -> Self {
        Self { bank: Bank::new(false), rates: Rates::default(), desk: Desk::Memory(Mutex::default()) }
    }

    /// A store that is kept in this directory, which is made if it is not
    /// there. Several processes may share one. Effects that a process which
    /// is no more left under way are indeterminate from now on.
    ///
    /// # Errors
    ///
    /// When the directory cannot be used, or holds something else.
    pub fn open(directory: &Path, now: Wall) -> Result<Self, StoreFault> {
        Self::open_watched(directory, now, Box::new(Unwatched))
    }

    /// The same, under the eyes of a test.
    ///
    /// # Errors
    ///
    /// As for [`Embedded::open`], and whatever the watcher says.
    pub fn open_watched(directory: &Path, now: Wall, watch: Box<dyn Watch>) -> Result<Self, StoreFault> {
        let bank = Bank::new(true);
        let clerk = Clerk::start(directory, bank.clone(), watch, now)?;
        Ok(Self { bank, rates: Rates::default(), desk: Desk::Kept(clerk) })
    }

    /// Has more room taken from the book for these charges, and holds them.
    async fn reserve_from_book(&self, charges: &[Charge], now: Wall) -> Result<Hold, Unreserved> {
        for _ in 0..TAKES {
            let (bank, wanted) = (self.bank.clone(), charges.to_vec());
            let decide = move |draft: &mut Draft<'_>| till::take(&bank, draft, wanted, now);
            let (bank, wanted) = (self.bank.clone(), charges.to_vec());
            let hold = move |taken: Result<Vec<till::Grant>, Unreserved>| {
                for grant in taken.map_err(Lack::Refused)? {
                    bank.credit(&grant.charge, grant.amount, now);
                }
                bank.hold(&wanted, now)
            };
            match flat(self.desk.transact(now, decide, hold)).await {
                Ok(hold) => return Ok(hold),
                Err(Lack::Refused(why)) => return Err(why),
                // Others were faster to use the room; there may be more.
                Err(Lack::Room) => {}
            }
        }
        Err(StoreFault::Busy.into())
    }
}

/// How often room is taken for the same call before it is refused: others may
/// use it up first.
const TAKES: usize = 16;

impl Store for Embedded {
    fn reserve<'a>(&'a self, charges: &'a [Charge], now: Wall) -> Reply<'a, Result<Hold, Unreserved>> {
        match self.bank.hold(charges, now) {
            Ok(hold) => Reply::ready(Ok(hold)),
            Err(Lack::Refused(why)) => Reply::ready(Err(why)),
            Err(Lack::Room) => Reply::waiting(self.reserve_from_book(charges, now)),
        }
    }

    fn admit<'a>(&'a self, rates: &'a [Rate], now: Wall) -> Reply<'a, Result<(), Throttled>> {
        Reply::ready(self.rates.admit(rates, now))
    }

    fn ask(&self, ask: Ask) -> Reply<'_, Result<(), StoreFault>> {
        let now = ask.asked;
        let decide = move |draft: &mut Draft<'_>| {
            for record in draft.book().ask(ask)? {
                draft.enter(record)?;
            }
            Ok(())
        };
        flat(self.desk.transact(now, decide, identity))
    }

    fn approvals(&self, of: Option<Principal>, now: Wall) -> Reply<'_, Result<Vec<Approval>, StoreFault>> {
        self.desk.transact(now, move |draft| draft.book().approvals(of.as_ref(), now), identity)
    }

    fn decide(&self, id: ApprovalId, word: Word, by: Voice, now: Wall) -> Reply<'_, Result<Approval, Undecided>> {
        let decide = move |draft: &mut Draft<'_>| {
            let approval = draft.book().decide(&id, word, by, now)?;
            draft.enter(Record::Approval(approval.clone()))?;
            Ok(approval)
        };
        flat(self.desk.transact(now, decide, identity))
    }

    fn redeem(
        &self,
        id: ApprovalId,
        principal: Principal,
        binding: String,
        now: Wall,
    ) -> Reply<'_, Result<(), Unredeemed>> {
        let decide = move |draft: &mut Draft<'_>| {
            let approval = draft.book().redeem(&id, &principal, &binding, now)?;
            draft.enter(Record::Approval(approval))?;
            Ok(())
        };
        flat(self.desk.transact(now, decide, identity))
    }

    fn intend(&self, intent: Intent) -> Reply<'_, Result<Intended, StoreFault>> {
        let (id, now) = (intent.id.clone(), intent.at);
        let decide = move |draft: &mut Draft<'_>| {
            let record = draft.book().intend(draft.run(), intent)?;
            draft.enter(record)
        };
        flat(self.desk.transact(now, decide, |kept: Result<(), StoreFault>| kept.map(|()| Intended::kept(id))))
    }

    fn ended(&self, intended: Intended, ending: Ending, now: Wall) -> Reply<'_, Result<(), StoreFault>> {
        let decide = move |draft: &mut Draft<'_>| match draft.book().ended(intended.id(), ending, now) {
            Some(record) => draft.enter(record),
            None => Ok(()),
        };
        flat(self.desk.transact(now, decide, identity))
    }

    fn effects(&self, now: Wall) -> Reply<'_, Result<Vec<Effect>, StoreFault>> {
        self.desk.transact(now, move |draft| draft.book().effects(now), identity)
    }

    fn claim(&self, key: Key, expires: Wall, now: Wall) -> Reply<'_, Result<bool, StoreFault>> {
        let decide = move |draft: &mut Draft<'_>| match draft.book().claim(key, expires)? {
            Some(record) => draft.enter(record).map(|()| true),
            None => Ok(false),
        };
        flat(self.desk.transact(now, decide, identity))
    }

    fn keep(&self, key: Key, value: Arc<[u8]>, expires: Wall, now: Wall) -> Reply<'_, Result<(), StoreFault>> {
        let decide = move |draft: &mut Draft<'_>| {
            let record = draft.book().keep(key, value, expires, now)?;
            draft.enter(record)
        };
        flat(self.desk.transact(now, decide, identity))
    }

    fn kept(&self, key: Key, now: Wall) -> Reply<'_, Result<Option<Arc<[u8]>>, StoreFault>> {
        self.desk.transact(now, move |draft| draft.book().kept(&key, now), identity)
    }

    fn settle(&self, now: Wall) -> Reply<'_, Result<(), StoreFault>> {
        let bank = self.bank.clone();
        self.desk.transact(now, move |draft| till::give_back(&bank, draft), identity)
    }
}

/// A decision that may be a no, with the store's own failure among its noes.
fn flat<'a, T, E>(reply: Reply<'a, Result<Result<T, E>, StoreFault>>) -> Reply<'a, Result<T, E>>
where
    T: Send + Unpin + 'a,
    E: From<StoreFault> + Send + Unpin + 'a,
{
    reply.map(|kept| kept.unwrap_or_else(|fault| Err(fault.into())))
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded")
    }
}
