//! The store does what small models of it do.

use std::collections::HashMap;
use std::time::Duration;

use concertmaster_store::{
    Amount, ApprovalId, Ask, Charge, Embedded, Hold, Key, Rate, Store, Throttled, Undecided, Unredeemed, Unreserved,
    Voice, Wall, Window, Word,
};
use proptest::prelude::*;
use query::Principal;

use crate::fixture::{NOON, kept, question, wait};

const ACCOUNTS: [&str; 3] = ["ann", "bob", "cleo"];

/// What may happen to accounts.
#[derive(Clone, Debug)]
enum Deed {
    /// One call at this price, charged to these accounts.
    Reserve(Vec<usize>, u64),
    /// The oldest hold is settled, wholly or at this price.
    Settle(Option<u64>),
    /// The newest hold is dropped.
    Refund,
    /// Time passes, in milliseconds.
    Pass(u64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let accounts = prop::collection::btree_set(0..ACCOUNTS.len(), 1..=2).prop_map(|set| set.into_iter().collect());
    let deed = prop_oneof![
        6 => (accounts, 0..40_u64).prop_map(|(accounts, price)| Deed::Reserve(accounts, price)),
        2 => prop::option::of(0..40_u64).prop_map(Deed::Settle),
        2 => Just(Deed::Refund),
        1 => (0..30_000_u64).prop_map(Deed::Pass),
    ];
    prop::collection::vec(deed, 0..80)
}

/// The limit of each account, and its window.
const LIMIT: Amount = Amount { calls: 12, micros: 300 };
const WINDOW: Duration = Duration::from_secs(60);

/// What an account is: who holds and who spent what, in one window.
struct Model {
    limit: Amount,
    holds: Vec<(u64, Vec<usize>, Amount)>,
    spent: HashMap<(usize, u64), Amount>,
}

impl Default for Model {
    fn default() -> Self {
        Self { limit: LIMIT, holds: Vec::new(), spent: HashMap::new() }
    }
}

impl Model {
    fn used(&self, account: usize, window: u64) -> Amount {
        let held = self.holds.iter().filter(|(of, accounts, _)| *of == window && accounts.contains(&account));
        let held = held.fold(Amount::NONE, |sum, (_, _, amount)| sum.plus(*amount));
        held.plus(self.spent.get(&(account, window)).copied().unwrap_or_default())
    }

    fn reserve(&mut self, window: u64, accounts: &[usize], amount: Amount) -> bool {
        let fits = |account: &usize| self.used(*account, window).plus(amount).fits(self.limit);
        let fits = accounts.iter().all(fits);
        if fits {
            self.holds.push((window, accounts.to_vec(), amount));
        }
        fits
    }

    fn settle(&mut self, at: Option<u64>) {
        let (window, accounts, amount) = self.holds.remove(0);
        let cost = at.map_or(amount, |price| Amount::call(price).min(amount));
        for account in accounts {
            let spent = self.spent.entry((account, window)).or_default();
            *spent = spent.plus(cost);
        }
    }
}

fn charges(accounts: &[usize], price: u64) -> Vec<Charge> {
    let charge = |account: &usize| Charge {
        account: Key::of(["spent", ACCOUNTS[*account]]),
        window: Window::Every(WINDOW),
        limit: LIMIT,
        amount: Amount::call(price),
    };
    accounts.iter().map(charge).collect()
}

/// Whether a call at this price was let through on these accounts.
type Judged = (Vec<usize>, u64, bool);

/// What the store says to each reservation of the deeds.
fn judged(store: &dyn Store, deeds: &[Deed]) -> Vec<Judged> {
    let mut holds: Vec<Hold> = Vec::new();
    let mut judged = Vec::new();
    let mut now = NOON;
    for deed in deeds {
        match deed {
            Deed::Reserve(accounts, price) => {
                let held = wait(store.reserve(&charges(accounts, *price), now));
                assert!(!matches!(held, Err(Unreserved::Store(_))));
                judged.push((accounts.clone(), *price, held.is_ok()));
                holds.extend(held);
            }
            Deed::Settle(_) if holds.is_empty() => {}
            Deed::Settle(None) => holds.remove(0).settle(),
            Deed::Settle(Some(price)) => holds.remove(0).settle_at(Amount::call(*price)),
            Deed::Refund => drop(holds.pop()),
            Deed::Pass(millis) => now = now.after(Duration::from_millis(*millis)),
        }
    }
    judged
}

/// What the model says to them.
fn modelled(deeds: &[Deed]) -> Vec<Judged> {
    let mut model = Model::default();
    let mut judged = Vec::new();
    let mut now = NOON;
    for deed in deeds {
        let window = now.millis() / 60_000;
        match deed {
            Deed::Reserve(accounts, price) => {
                let fits = model.reserve(window, accounts, Amount::call(*price));
                judged.push((accounts.clone(), *price, fits));
            }
            Deed::Settle(_) if model.holds.is_empty() => {}
            Deed::Settle(at) => model.settle(*at),
            Deed::Refund => drop(model.holds.pop()),
            Deed::Pass(millis) => now = now.after(Duration::from_millis(*millis)),
        }
    }
    judged
}

/// A bucket that leaks: an independent reading of the same rate.
struct Bucket {
    filled: u64,
    at: u64,
}

impl Bucket {
    /// Nanoseconds the bucket may hold beyond which nothing fits.
    fn admits(&self, now: u64, depth: u64) -> Option<u64> {
        let left = self.filled.saturating_sub(now - self.at);
        (left <= depth).then_some(left)
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn a_ledger_in_memory_is_the_model(deeds in deeds()) {
        prop_assert_eq!(judged(&Embedded::in_memory(), &deeds), modelled(&deeds));
    }

    #[test]
    fn a_rate_is_a_leaking_bucket(
        every in 1_u64..400, burst in 1_u32..6, steps in prop::collection::vec(0_u64..900, 1..80)
    ) {
        let store = Embedded::in_memory();
        let rate = [Rate { key: Key::of(["ann"]), every: Duration::from_millis(every), burst }];
        let (every, depth) = (every * 1_000_000, every * 1_000_000 * u64::from(burst - 1));
        let mut bucket = Bucket { filled: 0, at: 0 };
        let (mut now, mut admitted) = (NOON, Vec::new());
        for step in steps {
            now = now.after(Duration::from_millis(step));
            let nanos = (now.millis() - NOON.millis()) * 1_000_000;
            let said = wait(store.admit(&rate, now));
            match bucket.admits(nanos, depth) {
                Some(left) => {
                    prop_assert_eq!(&said, &Ok(()));
                    bucket = Bucket { filled: left + every, at: nanos };
                    admitted.push(nanos);
                }
                None => {
                    let Err(Throttled::After { after, .. }) = said else { panic!("{said:?}") };
                    prop_assert!(wait(store.admit(&rate, now.after(after - Duration::from_millis(1)))).is_err());
                }
            }
        }
        // In no stretch of time are there more than the rate and its burst.
        for (from, first) in admitted.iter().enumerate() {
            for (to, last) in admitted.iter().enumerate().skip(from) {
                prop_assert!((to - from) as u64 <= (last - first) / every + u64::from(burst));
            }
        }
    }

    #[test]
    fn an_approval_is_a_small_machine(
        out_of_band: bool, acts in prop::collection::vec((0_u8..6, 0_u64..900_000, any::<bool>()), 0..20)
    ) {
        let store = Embedded::in_memory();
        let ask = Ask { out_of_band, ..question("ann") };
        let id = ask.id.clone();
        wait(store.ask(ask)).unwrap();
        let (mut now, mut state) = (NOON, "waiting");
        for (act, passes, odd) in acts {
            now = now.after(Duration::from_millis(passes));
            if now >= NOON.after(Duration::from_secs(3600)) && matches!(state, "waiting" | "approved") {
                state = "expired";
            }
            let (did, may, next) = match act {
                0 | 1 => {
                    let word = if act == 0 { Word::Approve } else { Word::Deny };
                    let may = state == "waiting" && !(odd && out_of_band && word == Word::Approve);
                    let next = if word == Word::Approve { "approved" } else { "denied" };
                    (decided(&store, &id, word, odd, now), may, next)
                }
                2 => (redeemed(&store, &id, if odd { "bob" } else { "ann" }, "plan and calls", now), state == "approved" && !odd, "used"),
                3 => (redeemed(&store, &id, "ann", if odd { "other" } else { "plan and calls" }, now), state == "approved" && !odd, "used"),
                4 => (redeemed(&store, &ApprovalId::random(), "ann", "plan and calls", now), false, "used"),
                _ => (redeemed(&store, &id, "ann", "plan and calls", now), state == "approved", "used"),
            };
            prop_assert_eq!(did, may, "act {} in state {}", act, state);
            if did {
                state = next;
            }
        }
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn a_ledger_in_a_directory_is_the_model(deeds in deeds()) {
        let (_directory, store) = kept();
        prop_assert_eq!(judged(&store, &deeds), modelled(&deeds));
    }

    #[test]
    fn a_ledger_that_crashes_spends_no_more_than_the_model(deeds in deeds(), at in 0_usize..80) {
        let (directory, store) = kept();
        let cut = at.min(deeds.len());
        let before: u64 = judged(&store, &deeds[..cut]).iter().map(|(.., let_through)| u64::from(*let_through)).sum();
        // It never gets to give anything back.
        std::mem::forget(store);
        let (now, spent) = spent_of_first(&deeds[..cut]);
        let store = Embedded::open(directory.path(), now).unwrap();
        let mut after = 0;
        while let Ok(hold) = wait(store.reserve(&charges(&[0], 0), now)) {
            hold.settle();
            after += 1;
        }
        prop_assert!(spent + after <= LIMIT.calls, "{} and {} of {}", spent, after, before);
    }
}

/// When the deeds end, and the calls that the first account is charged with
/// for good in the window that is then.
fn spent_of_first(deeds: &[Deed]) -> (Wall, u64) {
    let mut model = Model::default();
    let mut now = NOON;
    for deed in deeds {
        let window = now.millis() / 60_000;
        match deed {
            Deed::Reserve(accounts, price) => drop(model.reserve(window, accounts, Amount::call(*price))),
            Deed::Settle(_) if model.holds.is_empty() => {}
            Deed::Settle(at) => model.settle(*at),
            Deed::Refund => drop(model.holds.pop()),
            Deed::Pass(millis) => now = now.after(Duration::from_millis(*millis)),
        }
    }
    (now, model.spent.get(&(0, now.millis() / 60_000)).map_or(0, |spent| spent.calls))
}

#[test]
fn a_model_that_is_off_by_one_is_found_out() {
    let deeds = vec![Deed::Reserve(vec![0], 0); 14];
    let let_through = |judged: Vec<Judged>| judged.iter().filter(|(.., let_through)| *let_through).count();
    assert_eq!(let_through(judged(&Embedded::in_memory(), &deeds)), 12);
    assert_eq!(let_through(modelled(&deeds)), 12);
    let mut generous = Model { limit: LIMIT.plus(Amount::call(0)), ..Model::default() };
    let let_through = (0..14).filter(|_| generous.reserve(0, &[0], Amount::call(0))).count();
    assert_ne!(let_through, 12);
    // A bucket that is one deeper admits what the store does not.
    let store = Embedded::in_memory();
    let rate = [Rate { key: Key::of(["ann"]), every: Duration::from_secs(1), burst: 1 }];
    wait(store.admit(&rate, NOON)).unwrap();
    wait(store.admit(&rate, NOON)).unwrap_err();
    assert!(Bucket { filled: 1_000_000_000, at: 0 }.admits(0, 1_000_000_000).is_some());
}

fn decided(store: &dyn Store, id: &ApprovalId, word: Word, in_band: bool, now: Wall) -> bool {
    let voice = Voice { who: "somebody".to_owned(), in_band };
    let said = wait(store.decide(id.clone(), word, voice, now));
    assert!(!matches!(said, Err(Undecided::Store(_))));
    said.is_ok()
}

fn redeemed(store: &dyn Store, id: &ApprovalId, who: &str, what: &str, now: Wall) -> bool {
    let said = wait(store.redeem(id.clone(), Principal::new(who), what.to_owned(), now));
    assert!(!matches!(said, Err(Unredeemed::Store(_))));
    said.is_ok()
}
