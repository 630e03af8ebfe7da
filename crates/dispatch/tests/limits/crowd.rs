//! A hundred servers, of which some hang, some fail and some answer garbage:
//! each answer is there in time, and says of each step what became of it.

use std::sync::Arc;
use std::time::Duration;

use catalog::Effect;
use dispatch::{Choice, Digest, Nested, NestedQuery, Ports, Report, run};
use futures::future::{BoxFuture, join_all};
use plan::{CheckContext, Observation, PlanDraft, Proposal};
use policy::{Approvals, Verdict};
use query::{Budget, Deadline, Ledger, Principal, Query, QueryId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::rig::{Does, Rig};

const SERVERS: usize = 100;
const STEPS: usize = 10;
const WITHIN: Duration = Duration::from_secs(2);

/// What the server of that number does, and how its step ends.
fn manner(server: usize) -> (Does, &'static str) {
    match server % 20 {
        3 => (Does::Hangs, "timed_out"),
        9 => (Does::Breaks("server_died"), "server_died"),
        14 => (Does::Breaks("result_malformed"), "result_malformed"),
        other => (Does::Answers(20 + other as u64 * 7), "ok"),
    }
}

struct Nobody;

impl Nested for Nobody {
    fn ask(&self, _: NestedQuery) -> BoxFuture<'_, Observation> {
        unreachable!("no plan here asks")
    }

    fn digest(&self, _: Digest) -> BoxFuture<'_, Observation> {
        unreachable!("no plan here reads")
    }
}

fn plan(first: usize) -> Value {
    let step =
        |i: usize| json!({"id": format!("s{}", i + 1), "tool": format!("n{}.read", first + i), "args": {"x": i}});
    json!({"steps": (0..STEPS).map(step).collect::<Vec<_>>()})
}

async fn answer(rig: &Rig, first: usize) -> (Report, Duration) {
    let Ok(Proposal::Plan(draft)) = PlanDraft::from_value(&plan(first)) else { panic!("it is a draft") };
    let plan = plan::check(&draft, &CheckContext::of(&rig.catalog)).unwrap();
    let now = rig.clock.now();
    let query = Query {
        id: QueryId::new(format!("q{first}")),
        text: "".into(),
        principal: Principal::local(),
        asked: now,
        deadline: Deadline::within(WITHIN, now),
        ledger: Ledger::new(Budget::default()),
        facts: Arc::default(),
        depth: 0,
    };
    let Verdict::Approved(approved) = rig.policy.judge(plan, &query, &Approvals::none()) else { panic!("reads") };
    let ports = Ports { gate: rig.gate(), choice: Choice::Planned, nested: &Nobody, counterpart: None };
    let report = run(&approved, None, ports, &CancellationToken::new(), &mut |_| {}).await;
    (report, rig.clock.now().since(now))
}

fn words(report: &Report) -> Vec<String> {
    let word = |seen: &Observation| match seen {
        Observation::Failed(fault) | Observation::Indeterminate(fault) => fault.code.clone(),
        other => other.status().to_owned(),
    };
    report.observations.iter().map(|(_, seen)| word(seen)).collect()
}

fn rig(manner: fn(usize) -> (Does, &'static str)) -> Rig {
    let names: Vec<String> = (0..SERVERS).map(|i| format!("n{i}")).collect();
    let rows: Vec<_> = (0..SERVERS).map(|i| (names[i].as_str(), "read", Effect::Read, manner(i).0)).collect();
    Rig::of(&rows)
}

#[tokio::test(start_paused = true)]
async fn every_answer_is_there_in_time_with_the_end_of_each_step() {
    let rig = rig(manner);
    let answers = join_all((0..SERVERS).step_by(STEPS).map(|first| answer(&rig, first))).await;
    let mut ended = [0; 4];
    for (at, (report, took)) in answers.iter().enumerate() {
        assert!(*took <= WITHIN + Duration::from_millis(250), "{took:?}");
        let expected: Vec<&str> = (0..STEPS).map(|i| manner(at * STEPS + i).1).collect();
        assert_eq!(words(report), expected);
        for word in expected {
            ended[["ok", "timed_out", "server_died", "result_malformed"].iter().position(|w| *w == word).unwrap()] += 1;
        }
    }
    assert_eq!(ended, [85, 5, 5, 5]);
    // Without those that hang, nothing takes that long.
    let well = self::rig(|server| (Does::Answers(20 + (server % 20) as u64 * 7), "ok"));
    for (report, took) in join_all((0..SERVERS).step_by(STEPS).map(|first| answer(&well, first))).await {
        assert_eq!(words(&report), ["ok"; STEPS]);
        assert!(took < Duration::from_millis(250), "{took:?}");
    }
}

/// Twenty servers of which one hangs: nothing else takes longer for it.
#[tokio::test(start_paused = true)]
async fn one_that_hangs_makes_no_other_slower() {
    let took = async |does: Does| {
        let rig = rig(|_| (Does::Answers(50), "ok"));
        rig.now("n7.read", does);
        let calls = (0..20).filter(|i| *i != 7).map(|i| {
            let rig = &rig;
            async move {
                let began = rig.clock.now();
                rig.call(&format!("n{i}.read"), json!(i)).await;
                rig.clock.now().since(began)
            }
        });
        let hung = rig.call("n7.read", json!(7));
        let (took, _) = tokio::join!(join_all(calls), hung);
        took
    };
    assert_eq!(took(Does::Hangs).await, took(Does::Answers(50)).await);
}
