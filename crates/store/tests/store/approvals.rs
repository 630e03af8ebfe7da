//! One approval, one effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use concertmaster_store::{ApprovalId, Ask, Embedded, Standing, Store, StoreFault, Undecided, Unredeemed, Voice, Word};
use query::Principal;

use crate::fixture::{NOON, kept, operator, question, wait};

/// Redemptions of one approval at once.
const CALLERS: usize = 1_000;

fn asked(store: &dyn Store) -> ApprovalId {
    let ask = question("ann");
    let id = ask.id.clone();
    wait(store.ask(ask)).unwrap();
    id
}

fn redeemed(store: &dyn Store, id: &ApprovalId) -> Result<(), Unredeemed> {
    wait(store.redeem(id.clone(), Principal::new("ann"), "plan and calls".to_owned(), NOON))
}

/// How many of a thousand callers succeed, and what they do then.
fn effects(store: Arc<dyn Store>, may: impl Fn(&dyn Store) -> bool + Sync) -> usize {
    let effects = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..CALLERS / 8 {
                    effects.fetch_add(usize::from(may(&*store)), Ordering::Relaxed);
                }
            });
        }
    });
    effects.into_inner()
}

#[test]
fn of_a_thousand_redemptions_one_succeeds() {
    let (_directory, in_directory) = kept();
    for store in [Arc::new(Embedded::in_memory()), Arc::new(in_directory)] {
        let id = asked(&*store);
        wait(store.decide(id.clone(), Word::Approve, operator(), NOON)).unwrap();
        assert_eq!(effects(Arc::clone(&store) as _, |store| redeemed(store, &id).is_ok()), 1);
        // Looking first and acting then, as if that were the same, lets many through.
        let id = asked(&*store);
        wait(store.decide(id.clone(), Word::Approve, operator(), NOON)).unwrap();
        let stands = |store: &dyn Store| {
            let all = wait(store.approvals(None, NOON)).unwrap();
            all.iter().any(|one| one.ask.id == id && matches!(one.standing, Standing::Approved { .. }))
        };
        assert!(effects(Arc::clone(&store) as _, stands) > 1, "the count can tell more than one");
    }
}

#[test]
fn an_approval_is_good_for_what_it_was_given_for() {
    let (_directory, store) = kept();
    let id = asked(&store);
    assert_eq!(redeemed(&store, &id), Err(Unredeemed::Standing(Standing::Waiting)));
    let client = Voice { who: "client".to_owned(), in_band: true };
    assert_eq!(
        wait(store.decide(id.clone(), Word::Approve, client, NOON)),
        Err(Undecided::OutOfBand),
        "a client does not approve what is to be approved beside it"
    );
    wait(store.decide(id.clone(), Word::Approve, operator(), NOON)).unwrap();
    let as_whom = |who: &str, what: &str, when| {
        wait(store.redeem(id.clone(), Principal::new(who), what.to_owned(), when)).unwrap_err()
    };
    assert_eq!(as_whom("bob", "plan and calls", NOON), Unredeemed::Unknown);
    assert_eq!(as_whom("ann", "another plan", NOON), Unredeemed::Unknown);
    let late = NOON.after(Duration::from_secs(3600));
    assert_eq!(as_whom("ann", "plan and calls", late), Unredeemed::Standing(Standing::Expired));
    redeemed(&store, &id).unwrap();
    let used = Standing::Redeemed { by: "operator".to_owned(), at: NOON };
    assert_eq!(redeemed(&store, &id), Err(Unredeemed::Standing(used.clone())));
    assert_eq!(wait(store.decide(id, Word::Deny, operator(), NOON)), Err(Undecided::Settled(used)));
}

#[test]
fn too_many_questions_push_the_oldest_out() {
    let store = Embedded::in_memory();
    let first = asked(&store);
    let others: Vec<ApprovalId> = (0..100).map(|_| asked(&store)).collect();
    let all = wait(store.approvals(Some(Principal::new("ann")), NOON)).unwrap();
    let waiting = all.iter().filter(|one| one.standing == Standing::Waiting).count();
    assert_eq!(waiting, 100);
    let still = |id: &ApprovalId| all.iter().any(|one| one.ask.id == *id && one.standing == Standing::Waiting);
    // All were asked in the same millisecond, so which one went is chance.
    assert_eq!(usize::from(still(&first)) + others.iter().filter(|id| still(id)).count(), 100);
    assert_eq!(wait(store.approvals(Some(Principal::new("bob")), NOON)).unwrap(), []);
    // What was answered stays on record for a while, but not without end.
    for _ in 0..600 {
        let id = asked(&store);
        let _ = wait(store.decide(id, Word::Deny, operator(), NOON));
    }
    assert!(wait(store.approvals(None, NOON)).unwrap().len() <= 500);
}

#[test]
fn a_question_too_long_to_keep_disturbs_nobody_else() {
    let (_directory, store) = kept();
    let long = Ask { shown: serde_json::json!("x".repeat(5 * 1024 * 1024)), ..question("bob") };
    let too_long = store.ask(long);
    let ordinary = store.ask(question("ann"));
    assert!(matches!(wait(too_long), Err(StoreFault::TooMuch(_))));
    wait(ordinary).unwrap();
    assert_eq!(wait(store.approvals(None, NOON)).unwrap().len(), 1);
}
