//! The cache: nobody is ever given what another asked, what was changed
//! since, or what is not a whole result.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalog::{Effect, ServerId};
use dispatch::{Cache, CacheKey, Claim};
use proptest::prelude::*;
use query::{Moment, Principal};
use serde_json::{Value, json};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::rig::{Does, Rig, value, word};

const TTL: Duration = Duration::from_secs(60);

fn rig() -> Rig {
    let mut rig = Rig::of(&[
        ("a", "read", Effect::Read, Does::Answers(100)),
        ("a", "get", Effect::Pure, Does::Answers(100)),
        ("a", "get_time", Effect::Read, Does::Answers(100)),
        ("a", "fetch", Effect::Egress, Does::Answers(100)),
        ("a", "add", Effect::Additive, Does::Answers(100)),
        ("b", "read", Effect::Read, Does::Answers(100)),
    ]);
    rig.limits.per_server.cache_ttl = TTL;
    rig
}

#[tokio::test(start_paused = true)]
async fn an_equal_call_is_answered_from_before() {
    let rig = rig();
    let first = rig.call("a.read", json!({"p": 1, "q": [2]})).await;
    sleep(Duration::from_secs(3)).await;
    let second = rig.call("a.read", json!({"q": [2], "p": 1})).await;
    assert_eq!((value(&first), first.cached), (value(&second), None));
    assert_eq!((second.cached, second.attempts), (Some(Duration::from_secs(3)), 0), "it says how old it is");
    assert_eq!(rig.left().len(), 1);
    sleep(TTL).await;
    assert_eq!(rig.call("a.read", json!({"p": 1, "q": [2]})).await.cached, None, "its time is over");
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_kept_is_not() {
    let rows = [
        ("a.read", Does::Answers(1), true),
        ("a.get", Does::Answers(1), true),
        ("a.get_time", Does::Answers(1), false),
        ("a.fetch", Does::Answers(1), false),
        ("a.add", Does::Answers(1), false),
        ("a.read", Does::Errs, false),
        ("a.read", Does::Breaks("server_refused"), false),
        ("a.read", Does::Refuses("server_refused"), false),
    ];
    for (tool, does, kept) in rows {
        let rig = rig();
        rig.now(tool, does.clone());
        rig.call(tool, json!(1)).await;
        rig.now(tool, Does::Answers(1));
        assert_eq!(rig.call(tool, json!(1)).await.cached.is_some(), kept, "{tool} {does:?}");
    }
    let mut off = rig();
    off.limits.per_server.cache_ttl = Duration::ZERO;
    off.call("a.read", json!(1)).await;
    assert_eq!(off.call("a.read", json!(1)).await.cached, None);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_make_one_call() {
    let rig = rig();
    let all = futures::future::join_all((0..100).map(|_| rig.call("a.read", json!(1)))).await;
    assert_eq!(rig.left().len(), 1);
    assert!(all.iter().all(|carried| value(carried) == value(&all[0])));
    // Two principals are two calls.
    futures::future::join_all(["bob", "cat"].map(|who| rig.call_of(who, "a.read", json!(1)))).await;
    assert_eq!(rig.left().len(), 3);
    let different = (0..10).map(|i| rig.call("a.read", json!(format!("other {i}"))));
    futures::future::join_all(different).await;
    assert_eq!(rig.left().len(), 13, "different calls are not held up");
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_not_failed_by_whoever_went_first() {
    let rig = rig();
    let cancel = CancellationToken::new();
    let first = rig.call_with("ann", "a.read", json!(1), cancel.clone());
    let others = futures::future::join_all((0..3).map(|_| rig.call("a.read", json!(1))));
    let leaving = async {
        sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    };
    let (first, others, ()) = tokio::join!(first, others, leaving);
    assert_eq!(word(&first), "cancelled");
    assert!(others.iter().all(|carried| word(carried) == "ok"), "{others:?}");
}

#[tokio::test(start_paused = true)]
async fn a_write_forgets_also_what_is_being_read_meanwhile() {
    let rig = rig();
    let (slow, ()) = tokio::join!(rig.call("a.read", json!(1)), async {
        sleep(Duration::from_millis(50)).await;
        rig.call("a.add", json!("x")).await;
    });
    assert_eq!(word(&slow), "ok");
    assert_eq!(rig.call("a.read", json!(1)).await.cached, None, "it may have been read before the write");
}

/// What is done to the gate.
#[derive(Clone, Debug)]
enum Step {
    Read { who: usize, server: usize, x: u8 },
    Write { server: usize },
    Fail { server: usize, x: u8 },
    Err { server: usize, x: u8 },
    Wait(u64),
}

const WHO: [&str; 3] = ["ann", "bob", "cat"];
const SERVERS: [&str; 2] = ["a", "b"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0_usize..3, 0_usize..2, 0_u8..3).prop_map(|(who, server, x)| Step::Read { who, server, x }),
        1 => Just(Step::Write { server: 0 }),
        1 => (0_usize..2, 0_u8..3).prop_map(|(server, x)| Step::Fail { server, x }),
        1 => (0_usize..2, 0_u8..3).prop_map(|(server, x)| Step::Err { server, x }),
        2 => (1_u64..40_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

/// Plays the steps and says what is wrong with any answer, against a model
/// that keeps what was read, by whom, when. `sees_as` is who the gate is told
/// that a caller is.
async fn faults(steps: &[Step], sees_as: fn(usize) -> usize) -> Vec<String> {
    let rig = rig();
    let mut known: BTreeMap<(usize, usize, u8), (Value, u64)> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut bad_values = BTreeSet::new();
    let now_ms = || u64::try_from(rig.clock.now().since(Moment::ORIGIN).as_millis()).unwrap();
    for step in steps {
        match *step {
            Step::Wait(ms) => sleep(Duration::from_millis(ms)).await,
            Step::Write { server } => {
                rig.call(&format!("{}.add", SERVERS[server]), json!("w")).await;
                known.retain(|(_, at, _), _| *at != server);
            }
            Step::Fail { server, x } | Step::Err { server, x } => {
                let tool = format!("{}.read", SERVERS[server]);
                let does = if matches!(step, Step::Err { .. }) { Does::Errs } else { Does::Breaks("server_refused") };
                rig.now(&tool, does);
                // Asked by somebody of whom nothing is known.
                let carried = rig.call_of("eve", &tool, json!(x)).await;
                bad_values.insert(word(&carried).to_owned());
                rig.now(&tool, Does::Answers(100));
            }
            Step::Read { who, server, x } => {
                let before = now_ms();
                let carried = rig.call_of(WHO[sees_as(who)], &format!("{}.read", SERVERS[server]), json!(x)).await;
                let got = value(&carried);
                let fresh = known.get(&(who, server, x)).filter(|(_, at)| before < at + 60_000);
                match (fresh, carried.cached) {
                    (Some((kept, at)), Some(age)) => {
                        if *kept != got || age != Duration::from_millis(before - at) {
                            faults.push(format!("{step:?}: not what was kept: {got}"));
                        }
                    }
                    (None, None) => {
                        known.insert((who, server, x), (got.clone(), now_ms()));
                    }
                    (kept, cached) => faults.push(format!("{step:?}: {kept:?} is known, {cached:?} was given")),
                }
                if got["who"] != json!(WHO[who]) {
                    faults.push(format!("{step:?}: another's: {got}"));
                }
            }
        }
    }
    faults
}

fn played(steps: &[Step], sees_as: fn(usize) -> usize) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(faults(steps, sees_as))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_cache_gives_what_its_model_gives(steps in steps()) {
        prop_assert_eq!(played(&steps, |who| who), Vec::<String>::new(), "{:?}", steps);
    }
}

#[test]
fn a_gate_that_mixes_principals_up_is_found_out() {
    let steps = [0, 1].map(|who| Step::Read { who, server: 0, x: 1 });
    assert_eq!(played(&steps, |who| who), Vec::<String>::new());
    assert_eq!(played(&steps, |_| 0).len(), 2, "a hit that should be none, and another's answer");
}

/// What is done to a cache by itself.
#[derive(Clone, Copy, Debug)]
enum Use {
    Put { key: u8, bytes: usize },
    Get(u8),
    Forget(u8),
    Wait(u64),
}

proptest! {
    #[test]
    fn a_cache_keeps_the_lately_used_within_its_bytes(uses in prop::collection::vec(prop_oneof![
        4 => (0_u8..12, 0_usize..900).prop_map(|(key, bytes)| Use::Put { key, bytes }),
        4 => (0_u8..12).prop_map(Use::Get),
        1 => (0_u8..3).prop_map(Use::Forget),
        1 => (1_u64..30_000).prop_map(Use::Wait),
    ], 1..120)) {
        const MOST: usize = 8_000;
        let cache: Cache<usize> = Cache::of_bytes(MOST);
        let key = |key: u8| CacheKey::of_resource(&Principal::new("ann"), &ServerId::new(format!("s{}", key % 3)), &key.to_string());
        // The model: keys with their value and end, least lately used first.
        let mut model: Vec<(u8, usize, u64)> = Vec::new();
        let mut ms = 0;
        for (at, step) in uses.into_iter().enumerate() {
            let now = Moment::since_origin(Duration::from_millis(ms));
            match step {
                Use::Wait(more) => ms += more,
                Use::Forget(server) => {
                    cache.forget(&ServerId::new(format!("s{server}")));
                    model.retain(|(key, ..)| key % 3 != server);
                }
                Use::Get(which) => {
                    let got = cache.get(&key(which), now).map(|(value, _)| value);
                    let place = model.iter().position(|(key, _, end)| *key == which && ms < *end);
                    prop_assert!(got.is_none() || got == place.map(|place| model[place].1), "{which} at {at}");
                    model.retain(|(key, _, end)| *key != which || ms < *end);
                    if let Some(place) = model.iter().position(|(key, ..)| *key == which) {
                        let used = model.remove(place);
                        if got.is_some() {
                            model.push(used);
                        }
                    }
                }
                Use::Put { key: which, bytes } => {
                    if let Claim::Lead(lead) = cache.claim(key(which), now) {
                        lead.keep(at, bytes, TTL, now);
                        model.retain(|(key, ..)| *key != which);
                        model.push((which, at, ms + 60_000));
                    }
                }
            }
            prop_assert!(cache.bytes() <= MOST);
            // The one used last is there, if it could be kept at all.
            if let Some((last, value, end)) = model.last().copied().filter(|(_, _, end)| ms < *end) {
                let now = Moment::since_origin(Duration::from_millis(ms));
                if let Some((got, _)) = cache.get(&key(last), now) {
                    prop_assert_eq!(got, value, "{} until {}", last, end);
                }
            }
        }
    }
}
