//! Several stores on one directory are one store.

use std::time::Duration;

use concertmaster_store::{
    Amount, Charge, Embedded, Ending, Fate, Key, Standing, Store, Unreserved, Wall, Window, Word,
};
use query::Principal;

use crate::fixture::{NOON, intent, kept, operator, question, wait};

fn charge(limit: u64) -> [Charge; 1] {
    let limit = Amount { calls: limit, ..Amount::UNLIMITED };
    [Charge { account: Key::of(["calls", "ann"]), window: Window::DAY, limit, amount: Amount::call(3) }]
}

/// Calls that are let through until one is refused.
fn spent(store: &dyn Store, limit: u64, now: Wall) -> u64 {
    let mut calls = 0;
    loop {
        match wait(store.reserve(&charge(limit), now)) {
            Ok(hold) => hold.settle(),
            Err(Unreserved::Spent(_)) => return calls,
            Err(Unreserved::Store(fault)) => panic!("{fault}"),
        }
        calls += 1;
    }
}

#[test]
fn what_one_asks_another_answers() {
    let (directory, waiting) = kept();
    let beside = Embedded::open(directory.path(), NOON).unwrap();
    let ask = question("ann");
    let (id, binding) = (ask.id.clone(), ask.binding.clone());
    wait(waiting.ask(ask)).unwrap();
    let seen = wait(beside.approvals(None, NOON)).unwrap();
    assert_eq!(seen.iter().map(|one| &one.ask.id).collect::<Vec<_>>(), [&id]);
    wait(beside.decide(id.clone(), Word::Approve, operator(), NOON)).unwrap();
    wait(waiting.redeem(id.clone(), Principal::new("ann"), binding.clone(), NOON)).unwrap();
    wait(beside.redeem(id, Principal::new("ann"), binding, NOON)).unwrap_err();
    let standing = &wait(beside.approvals(None, NOON)).unwrap()[0].standing;
    assert!(matches!(standing, Standing::Redeemed { .. }));
}

#[test]
fn a_limit_is_one_limit_for_all() {
    let (directory, one) = kept();
    let other = Embedded::open(directory.path(), NOON).unwrap();
    let of_one = spent(&one, 640, NOON);
    assert_eq!(of_one, 640, "the whole of it can be used");
    assert_eq!(spent(&other, 640, NOON), 0);
    assert_eq!(spent(&other, 650, NOON), 10, "a limit that was raised has room again");
    let tomorrow = NOON.after(Duration::from_secs(86_400));
    assert_eq!(spent(&other, 640, tomorrow), 640);
    assert_eq!(spent(&one, 640, NOON), 0, "a clock that is behind opens nothing anew");
}

#[test]
fn room_that_was_not_used_is_given_back_in_order_and_lost_otherwise() {
    let (directory, store) = kept();
    wait(store.reserve(&charge(6_400), NOON)).unwrap().settle();
    drop(wait(store.reserve(&charge(6_400), NOON)).unwrap());
    wait(store.settle(NOON)).unwrap();
    let other = Embedded::open(directory.path(), NOON).unwrap();
    assert_eq!(spent(&other, 6_400, NOON), 6_399);
    // The other has not given back anything yet, as after a crash.
    let (directory, crashed) = kept();
    wait(crashed.reserve(&charge(6_400), NOON)).unwrap().settle();
    let next = Embedded::open(directory.path(), NOON).unwrap();
    assert_eq!(spent(&next, 6_400, NOON), 6_300, "a hundred were taken ahead");
}

#[test]
fn many_at_once_spend_no_more_than_the_limit() {
    let (directory, one) = kept();
    let other = Embedded::open(directory.path(), NOON).unwrap();
    let spent = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let store = if thread % 2 == 0 { &one } else { &other };
                scope.spawn(|| {
                    let tries = (0..1_250).map(|_| wait(store.reserve(&charge(5_000), NOON)));
                    tries.filter_map(Result::ok).map(concertmaster_store::Hold::settle).count()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert!(spent <= 5_000, "{spent} of 5000");
    assert!(spent >= 4_900, "{spent} of 5000");
}

#[test]
fn an_effect_under_way_outlives_only_its_own_run() {
    let (directory, store) = kept();
    let fates = |store: &Embedded, now| -> Vec<Fate> {
        wait(store.effects(now)).unwrap().into_iter().map(|effect| effect.fate).collect()
    };
    let intended = wait(store.intend(intent())).unwrap();
    let other = Embedded::open(directory.path(), NOON).unwrap();
    assert_eq!(fates(&other, NOON), [Fate::UnderWay], "its run goes on");
    assert_eq!(fates(&other, NOON.after(Duration::from_secs(60))), [Fate::Indeterminate], "it is overdue");
    wait(store.ended(intended, Ending::Done, NOON)).unwrap();
    assert_eq!(fates(&other, NOON), [Fate::Done]);
}
