//! Whatever a crash leaves of the file's end, what was acknowledged is there.

use std::fs;

use concertmaster_store::{Embedded, Fate, Standing, Store, Word};
use query::Principal;

use crate::fixture::{NOON, intent, kept, operator, question, wait};

#[test]
fn a_file_cut_anywhere_is_a_file_of_an_earlier_moment() {
    let (directory, store) = kept();
    let path = directory.path().join("state.log");
    let ask = question("ann");
    let (id, binding) = (ask.id.clone(), ask.binding.clone());
    let mut lengths = vec![fs::metadata(&path).unwrap().len()];
    wait(store.ask(ask)).unwrap();
    lengths.push(fs::metadata(&path).unwrap().len());
    wait(store.decide(id.clone(), Word::Approve, operator(), NOON)).unwrap();
    lengths.push(fs::metadata(&path).unwrap().len());
    wait(store.redeem(id, Principal::new("ann"), binding, NOON)).unwrap();
    lengths.push(fs::metadata(&path).unwrap().len());
    drop(store);
    let whole = fs::read(&path).unwrap();
    let first = usize::try_from(lengths[0]).unwrap();
    for cut in first..=usize::try_from(lengths[3]).unwrap() {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("state.log"), &whole[..cut]).unwrap();
        let store = Embedded::open(elsewhere.path(), NOON).unwrap();
        let all = wait(store.approvals(None, NOON)).unwrap();
        let kept = lengths[1..].iter().filter(|length| **length <= cut as u64).count();
        let standing = all.first().map(|one| match one.standing {
            Standing::Waiting => 1,
            Standing::Approved { .. } => 2,
            Standing::Redeemed { .. } => 3,
            Standing::Denied { .. } | Standing::Expired => unreachable!("nobody denied it, and no time passed"),
        });
        assert_eq!(standing.unwrap_or(0), kept, "cut at {cut}");
        // The store goes on from there.
        wait(store.ask(question("bob"))).unwrap();
        drop(store);
        let store = Embedded::open(elsewhere.path(), NOON).unwrap();
        assert_eq!(wait(store.approvals(None, NOON)).unwrap().len(), all.len() + 1, "cut at {cut}");
    }
}

#[test]
fn damage_to_any_byte_never_invents_anything() {
    let (directory, store) = kept();
    let path = directory.path().join("state.log");
    let header = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
    let intended = wait(store.intend(intent())).unwrap();
    let first = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
    wait(store.ended(intended, concertmaster_store::Ending::Done, NOON)).unwrap();
    drop(store);
    let whole = fs::read(&path).unwrap();
    for at in header..whole.len() {
        let elsewhere = tempfile::tempdir().unwrap();
        let mut damaged = whole.clone();
        damaged[at] = damaged[at].wrapping_add(1);
        fs::write(elsewhere.path().join("state.log"), &damaged).unwrap();
        let store = Embedded::open(elsewhere.path(), NOON).unwrap();
        let fates: Vec<Fate> = wait(store.effects(NOON)).unwrap().into_iter().map(|effect| effect.fate).collect();
        let expected: &[Fate] = if at < first { &[] } else { &[Fate::Indeterminate] };
        assert_eq!(fates, expected, "damaged at {at}");
    }
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    for content in ["", "something else entirely, and long enough to be a header", "concertmaster state 2 0123-4567"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.log");
        fs::write(&path, content).unwrap();
        Embedded::open(directory.path(), NOON).unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}
