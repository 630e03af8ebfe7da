//! A disk that fails: nothing is acknowledged, and nothing is half done.

use std::collections::VecDeque;
use std::io;

use concertmaster_store::{Embedded, Point, Store, StoreFault, Watch, Word};

use crate::fixture::{NOON, intent, operator, question, wait};

/// Fails at one point, once.
struct Failing(VecDeque<Point>);

impl Watch for Failing {
    fn at(&mut self, point: Point) -> io::Result<()> {
        if self.0.front() == Some(&point) {
            self.0.pop_front();
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }
}

#[test]
fn without_a_durable_intent_there_is_none() {
    for point in [Point::Decided, Point::HalfWritten, Point::Written] {
        let directory = tempfile::tempdir().unwrap();
        let watch = Box::new(Failing([point].into()));
        let store = Embedded::open_watched(directory.path(), NOON, watch).unwrap();
        let refused = wait(store.intend(intent())).unwrap_err();
        assert!(matches!(refused, StoreFault::Unkept(_)), "{point:?}: {refused}");
        assert_eq!(wait(store.effects(NOON)).unwrap(), [], "{point:?}");
        // The disk has room again: it goes on.
        let intended = wait(store.intend(intent())).unwrap();
        assert_eq!(wait(store.effects(NOON)).unwrap().len(), 1, "{point:?}");
        drop(intended);
        let again = Embedded::open(directory.path(), NOON).unwrap();
        assert_eq!(wait(again.effects(NOON)).unwrap().len(), 1, "{point:?}");
    }
}

#[test]
fn an_approval_whose_use_was_not_kept_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let store = Embedded::open(directory.path(), NOON).unwrap();
    let ask = question("ann");
    wait(store.ask(ask.clone())).unwrap();
    wait(store.decide(ask.id.clone(), Word::Approve, operator(), NOON)).unwrap();
    drop(store);
    let failing = Box::new(Failing([Point::Written].into()));
    let store = Embedded::open_watched(directory.path(), NOON, failing).unwrap();
    let redeem = || wait(store.redeem(ask.id.clone(), ask.principal.clone(), ask.binding.clone(), NOON));
    redeem().unwrap_err();
    redeem().unwrap();
    redeem().unwrap_err();
}
