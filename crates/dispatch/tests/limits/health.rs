//! Breakers, repeats, idleness and hedges.

use std::time::Duration;

use catalog::Effect;
use dispatch::{Admitted, Breaker, BreakerSettings, StandingSettings};
use proptest::prelude::*;
use query::{Moment, Recovery};
use serde_json::json;
use tokio::time::sleep;

use crate::rig::{Does, Rig, fault, value, word};

fn settings(failures: u32) -> StandingSettings {
    let breaker = BreakerSettings { failures, pause: Duration::from_secs(1), longest_pause: Duration::from_secs(3) };
    StandingSettings { breaker, ..StandingSettings::default() }
}

fn rig(does: Does) -> Rig {
    Rig::of(&[("a", "read", Effect::Read, does.clone()), ("a", "add", Effect::Additive, does)])
}

#[tokio::test(start_paused = true)]
async fn a_server_that_keeps_failing_is_left_alone_and_found_well_again() {
    let rig = rig(Does::Breaks("server_died")).with_standing(settings(3));
    // An addition is never repeated, so each is one failure.
    for _ in 0..3 {
        assert_eq!(word(&rig.call("a.add", json!(1)).await), "server_died");
    }
    let refused = rig.call("a.read", json!(1)).await;
    let told = fault(&refused);
    assert_eq!((told.code.as_str(), told.recovery), ("server_unhealthy", Recovery::After(Duration::from_secs(1))));
    assert_eq!((rig.left().len(), refused.attempts), (3, 0), "nothing leaves");
    // One finds out, and fails; then the pause is twice as long.
    sleep(Duration::from_secs(1)).await;
    assert_eq!(word(&rig.call("a.add", json!(1)).await), "server_died");
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(word(&rig.call("a.add", json!(1)).await), "server_unhealthy");
    sleep(Duration::from_millis(500)).await;
    rig.now("a.add", Does::Answers(10));
    let (first, second) = tokio::join!(rig.call("a.add", json!(1)), rig.call("a.add", json!(2)));
    assert_eq!((word(&first), word(&second)), ("ok", "server_unhealthy"), "one finds out for all");
    assert_eq!(word(&rig.call("a.add", json!(3)).await), "ok");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_servers_fault_opens_nothing() {
    for does in [Does::Errs, Does::Breaks("server_refused"), Does::Refuses("arguments_refused"), Does::Hangs] {
        let mut rig = rig(does.clone()).with_standing(settings(2));
        // Hanging says nothing while the caller gives it less time than the
        // operator does.
        rig.within = Duration::from_millis(100);
        for _ in 0..6 {
            rig.call("a.read", json!(1)).await;
        }
        rig.now("a.read", Does::Answers(1));
        assert_eq!(word(&rig.call("a.read", json!(1)).await), "ok", "{does:?}");
    }
    let mut slow = rig(Does::Hangs).with_standing(settings(2));
    slow.limits.per_server.call_timeout = Duration::from_millis(100);
    for _ in 0..2 {
        assert_eq!(word(&slow.call("a.read", json!(1)).await), "timed_out");
    }
    assert_eq!(word(&slow.call("a.read", json!(1)).await), "server_unhealthy", "given its own time, it counts");
}

#[tokio::test(start_paused = true)]
async fn repeats_add_a_fifth_of_the_calls_and_no_more() {
    const CALLS: usize = 500;
    let rig = rig(Does::Breaks("server_died")).with_standing(settings(u32::MAX));
    for i in 0..CALLS {
        rig.call("a.read", json!(i)).await;
    }
    let repeats = rig.left().len() - CALLS;
    // Two are in reserve at first.
    assert!(repeats <= CALLS / 5 + 2, "{repeats} repeats");
    assert!(repeats >= CALLS / 6, "reads are repeated while they are earned: {repeats}");
    let before = rig.left().len();
    for i in 0..50 {
        rig.call("a.add", json!(i)).await;
    }
    assert_eq!(rig.left().len(), before + 50, "what is not safe to repeat is not");
}

#[tokio::test(start_paused = true)]
async fn progress_extends_the_silence_that_is_borne_and_never_the_whole() {
    // Progress each 80 ms; silence is borne for 100 ms, the call for 1 s.
    let rows = [(5, 80, "ok"), (3, 120, "timed_out"), (50, 80, "timed_out")];
    for (times, ms, expected) in rows {
        let mut rig = rig(Does::GetsOn(times, ms));
        rig.limits.per_server.idle_timeout = Some(Duration::from_millis(100));
        rig.limits.per_server.call_timeout = Duration::from_secs(1);
        let began = rig.clock.now();
        let carried = rig.call("a.read", json!(1)).await;
        assert_eq!(word(&carried), expected, "{times} times {ms} ms");
        let took = rig.clock.now().since(began);
        assert!(took <= Duration::from_millis(1_250), "{took:?}");
    }
    let patient = rig(Does::GetsOn(3, 120));
    assert_eq!(word(&patient.call("a.read", json!(1)).await), "ok", "without an idle timeout, it is borne");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_takes_long_is_sent_once_more_where_that_is_wanted() {
    for (hedge, tool, calls) in
        [(Some(50), "a.read", 2), (None, "a.read", 1), (Some(50), "a.add", 1), (Some(500), "a.read", 1)]
    {
        let mut rig = rig(Does::Answers(200));
        rig.limits.per_server.hedge_after = hedge.map(Duration::from_millis);
        let carried = rig.call(tool, json!(1)).await;
        assert_eq!((word(&carried), rig.left().len()), ("ok", calls), "{hedge:?} {tool}");
        assert_eq!(value(&carried)["count"], json!(1), "the first answer counts");
    }
}

/// What happens to a breaker.
#[derive(Clone, Copy, Debug)]
enum Step {
    Ask,
    Well(usize),
    Bad(usize),
    Gone(usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Ask),
        2 => (0_usize..4).prop_map(Step::Well),
        4 => (0_usize..4).prop_map(Step::Bad),
        1 => (0_usize..4).prop_map(Step::Gone),
        2 => (1_u64..3_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..80)
}

/// A breaker as plain bookkeeping: a count, an hour, and who is out.
#[derive(Default)]
struct Model {
    in_a_row: u32,
    closed_until: Option<u64>,
    opened: u32,
    probe_out: bool,
}

/// Plays the steps on both, and says where they first differ.
fn differs(steps: &[Step], of_breaker: u32, of_model: u32) -> Option<usize> {
    let (pause, longest) = (1_000_u64, 3_000_u64);
    let mut breaker = Breaker::new(BreakerSettings {
        failures: of_breaker,
        pause: Duration::from_millis(pause),
        longest_pause: Duration::from_millis(longest),
    });
    let mut model = Model::default();
    let mut out: Vec<Admitted> = Vec::new();
    let mut ms = 0;
    for (at, step) in steps.iter().enumerate() {
        let now = Moment::since_origin(Duration::from_millis(ms));
        match *step {
            Step::Wait(more) => ms += more,
            Step::Ask => {
                let expected = match model.closed_until {
                    None => Some(Admitted::Call),
                    Some(_) if model.probe_out => None,
                    Some(until) if ms < until => None,
                    Some(_) => Some(Admitted::Probe),
                };
                model.probe_out |= expected == Some(Admitted::Probe);
                let admitted = breaker.admit(now).ok();
                if admitted != expected {
                    return Some(at);
                }
                out.extend(admitted);
            }
            Step::Well(which) | Step::Bad(which) | Step::Gone(which) if !out.is_empty() => {
                let ended = out.remove(which % out.len());
                let counts = model.closed_until.is_none() || ended == Admitted::Probe && model.probe_out;
                match step {
                    Step::Well(_) => {
                        breaker.went_well(ended);
                        if counts {
                            model = Model::default();
                        }
                    }
                    Step::Bad(_) => {
                        breaker.failed(ended, now, 1.0);
                        if counts {
                            model.in_a_row += 1;
                            if model.closed_until.is_some() || model.in_a_row >= of_model {
                                let whole = pause.saturating_mul(1 << model.opened.min(16)).min(longest);
                                let opened = model.opened + 1;
                                model = Model { closed_until: Some(ms + whole), opened, ..Model::default() };
                            }
                        }
                    }
                    _ => {
                        breaker.abandoned(ended, now);
                        if counts && model.closed_until.is_some() {
                            model.probe_out = false;
                            model.closed_until = Some(ms);
                        }
                    }
                }
            }
            Step::Well(_) | Step::Bad(_) | Step::Gone(_) => {}
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_breaker_does_what_its_model_does(steps in steps(), failures in 1_u32..5) {
        prop_assert_eq!(differs(&steps, failures, failures), None, "{:?}", steps);
    }
}

#[test]
fn a_breaker_that_opens_too_late_is_found_out() {
    let steps = [Step::Ask, Step::Bad(0), Step::Ask, Step::Bad(0), Step::Ask];
    assert_eq!(differs(&steps, 2, 2), None);
    assert_eq!(differs(&steps, 3, 2), Some(4));
}
