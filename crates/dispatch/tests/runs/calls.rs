//! The driver: what leaves, how much at once, and what comes of it.

use std::time::Duration;

use dispatch::{Sent, StepEvent};
use plan::{Need, Observation};
use policy::{Approvals, CallHash};
use query::{Blame, Fault};
use serde_json::json;

use crate::stage::{Oracle, Stage};
use crate::upstreams::{Manner, Upstreams};

#[tokio::test(start_paused = true)]
async fn independent_calls_run_at_once_and_data_flows_between_dependent_ones() {
    let stage = Stage::of(Upstreams::default());
    let played = stage
        .play(
            "s1: a.read x=7
             s2: b.read x=2
             s3: c.read x=@s1 y=@s2",
        )
        .await;
    assert_eq!(played.statuses(), "s1:ok s2:ok s3:ok");
    assert_eq!(stage.calls(), ["a.read 7", "b.read 2", "c.read 7"]);
    played.took_about(200);
    let each_took: Vec<u128> = played.report.steps.iter().map(|step| step.took.as_millis()).collect();
    assert!(each_took.iter().all(|ms| (100..105).contains(ms)), "{each_took:?}");
    assert!(played.report.steps.iter().all(|step| (step.calls, step.attempts) == (1, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_server_sees_no_more_calls_at_once_than_its_limit() {
    // With a limit beyond the ten items, ten are seen: the count can rise.
    for (per_server, per_each, most, ms) in [(3, 8, 3, 500), (8, 8, 8, 300), (8, 2, 2, 600), (20, 20, 10, 200)] {
        let mut stage =
            Stage::of(Upstreams::of([("a.read", Manner::Answers(100, json!([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])))]));
        stage.limits.per_server.concurrency = per_server;
        stage.limits.each_parallel = per_each;
        let played = stage.play("s1: a.read x=1\n s2: each b.read over s1 x=%").await;
        assert_eq!(played.statuses(), "s1:ok s2:ok");
        assert_eq!(stage.upstreams.log.lock().unwrap().most["b"], most);
        played.took_about(ms);
        assert_eq!(played.report.steps[1].calls, 10);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_stays_with_its_step() {
    let broken = Fault::lasting(Blame::Upstream, "server_exited", "the server exited");
    let stage = Stage::of(Upstreams::of([
        ("a.read", Manner::IsError),
        ("b.read", Manner::Fails(broken.clone(), Sent::Unknown)),
        ("b.add", Manner::Fails(broken.clone(), Sent::Unknown)),
        ("b.put", Manner::Fails(broken.clone(), Sent::Unknown)),
        ("c.add", Manner::Fails(broken, Sent::No)),
    ]));
    let played = stage
        .play(
            "s1: a.read x=1
             s2: b.read x=1
             s3: b.add x=1
             s4: b.put x=1
             s5: c.add x=1
             s6: c.read x=1
             s7: c.read x=@s2",
        )
        .await;
    assert_eq!(
        played.statuses(),
        "s1:tool_error s2:failed(server_exited) s3:indeterminate(server_exited) s4:failed(server_exited) \
         s5:failed(server_exited) s6:ok s7:skipped"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_model_reads_is_a_result_that_later_steps_may_read() {
    let stage = Stage::of(Upstreams::default());
    let played = stage
        .play(
            "s1: a.read x=7
             s2: llm.summarize from=@s1
             s3: b.read x=@s2",
        )
        .await;
    assert_eq!(played.statuses(), "s1:ok s2:ok s3:ok");
    let seen = |step| played.report.observations.get(plan::StepIndex(step)).and_then(|seen| seen.output()).cloned();
    assert_eq!(seen(1).unwrap().value(), seen(0).unwrap().value(), "the echo of what it was given to read");
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_its_step_only() {
    let mut stage = Stage::of(Upstreams::of([
        ("a.read", Manner::Panics),
        ("a.add", Manner::Panics),
        ("b.read", Manner::PanicsAtOnce),
    ]));
    stage.nested = Oracle::Panics;
    let played = stage
        .play(
            "s1: a.read x=1
             s2: a.add x=1
             s3: b.read x=1
             s4: c.read x=1
             s5: sub why tools a.read
             s6: sub why tools a.add
             s7: llm.summarize from=@s4",
        )
        .await;
    assert_eq!(
        played.statuses(),
        "s1:failed(panicked) s2:indeterminate(panicked) s3:failed(panicked) s4:ok s5:failed(panicked) \
         s6:indeterminate(panicked) s7:failed(panicked)"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_human_must_let_through_waits_and_is_resumed() {
    let lines = "s1: a.read x=1
                 s2: b.drop x=@s1
                 s3: c.read x=3 after s2";
    let mut stage = Stage::of(Upstreams::default());
    let first = stage.play(lines).await;
    assert_eq!(first.statuses(), "s1:ok s2:needs_input(1) s3:skipped");
    assert_eq!(stage.calls(), ["a.read 1"]);
    assert_eq!(first.report.steps[1].calls, 0, "nothing was handed to the connector");

    let Some(Observation::NeedsInput(Need::Approval(asked))) = first.report.observations.get(plan::StepIndex(1)) else {
        panic!("no approval is asked for");
    };
    stage.approvals = Approvals::of(asked.iter().map(|(call, ..)| CallHash::of(call)));
    let second = stage.resume(lines, Some(&first.report.observations)).await;
    assert_eq!(second.statuses(), "s1:ok s2:ok s3:ok");
    assert_eq!(stage.calls(), ["a.read 1", "b.drop 1", "c.read 3"], "what was done is not done again");
}

#[tokio::test(start_paused = true)]
async fn an_each_that_needs_approval_asks_for_all_its_calls_at_once() {
    let lines = "s1: a.read x=1
                 s2: each b.add over s1 x=%";
    let mut stage = Stage::of(Upstreams::of([("a.read", Manner::Answers(1, json!([7, 8, 9])))]));
    let first = stage.play(lines).await;
    assert_eq!(first.statuses(), "s1:ok s2:needs_input(3)");
    assert_eq!(stage.calls(), ["a.read 1"]);
    let Some(Observation::NeedsInput(Need::Approval(asked))) = first.report.observations.get(plan::StepIndex(1)) else {
        panic!("no approval is asked for");
    };
    // One of three is not enough: what is let through does not leave alone.
    for (approved, ended, calls) in [(1, "s1:ok s2:needs_input(2)", 1), (3, "s1:ok s2:ok", 4)] {
        stage.approvals = Approvals::of(asked.iter().take(approved).map(|(call, ..)| CallHash::of(call)));
        let again = stage.resume(lines, Some(&first.report.observations)).await;
        assert_eq!((again.statuses().as_str(), stage.calls().len()), (ended, calls));
    }
}

#[tokio::test(start_paused = true)]
async fn the_budget_holds_within_a_run() {
    let mut stage = Stage::of(Upstreams::default());
    stage.calls = 2;
    let played = stage.play("s1: a.read x=1\n s2: b.read x=2\n s3: c.read x=3").await;
    assert_eq!(played.statuses(), "s1:ok s2:ok s3:failed(over_budget)");
    assert_eq!(stage.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_an_unsent_read_is_tried_again_and_only_once() {
    let unsent = Manner::Fails(Fault::passing(Blame::Upstream, "not_connected", "no"), Sent::No);
    let unknown = Manner::Fails(Fault::passing(Blame::Upstream, "not_connected", "no"), Sent::Unknown);
    let lasting = Manner::Fails(Fault::lasting(Blame::Upstream, "refused", "no"), Sent::No);
    let rows = [
        ("a.read", Manner::FailsOnce, "s1:ok", 2),
        ("a.read", unsent.clone(), "s1:failed(not_connected)", 2),
        ("a.read", unknown, "s1:failed(not_connected)", 1),
        ("a.read", lasting, "s1:failed(refused)", 1),
        ("a.add", unsent, "s1:failed(not_connected)", 1),
    ];
    for (tool, manner, ended, attempts) in rows {
        let stage = Stage::of(Upstreams::of([(tool, manner)]));
        let played = stage.play(&format!("s1: {tool} x=1")).await;
        assert_eq!(played.statuses(), ended);
        assert_eq!(stage.calls().len(), attempts, "{tool} {ended}");
        assert_eq!((played.report.steps[0].calls, played.report.steps[0].attempts), (1, attempts));
    }
}

#[tokio::test(start_paused = true)]
async fn a_nested_query_is_asked_with_its_bound_text() {
    let stage = Stage::of(Upstreams::of([("a.read", Manner::Answers(1, json!("what is it?")))]));
    let played = stage.play("s1: a.read x=1\n s2: sub @s1 tools a.read\n s3: c.read x=@s2").await;
    assert_eq!(played.statuses(), "s1:ok s2:ok s3:ok");
    assert_eq!(stage.calls()[1], r#"c.read "what is it?""#);
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_in_order_and_a_flood_of_it_is_bounded() {
    for (reports, told) in [(3, 3), (10_000, dispatch::PROGRESS_WAITING)] {
        let stage = Stage::of(Upstreams::of([("a.read", Manner::Reports(reports))]));
        let played = stage.play("s1: a.read x=1\n s2: b.read x=2").await;
        let of_first: Vec<&StepEvent> = played.events.iter().filter(|event| event.step().0 == 0).collect();
        let [StepEvent::Started { calls: 1, .. }, middle @ .., StepEvent::Ended { .. }] = of_first.as_slice() else {
            // The last word comes with the answer itself, and is not told.
            panic!("something comes before the start or after the end: {of_first:?}");
        };
        let seen: Vec<f64> = middle
            .iter()
            .map(|event| match event {
                StepEvent::Progressed { progress, .. } => progress.progress,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(seen.is_sorted(), "{seen:?}");
        assert_eq!(seen.len(), told);
    }
}

#[tokio::test(start_paused = true)]
async fn every_step_has_one_end_event_with_what_it_took() {
    let stage = Stage::of(Upstreams::of([("a.read", Manner::Answers(100, json!([1, 2, 3])))]));
    let played =
        stage.play("s1: a.read x=1\n s2: each b.read over s1 limit 2 x=%\n s3: c.read x=1 when s1 failed").await;
    let ends: Vec<_> = played
        .events
        .iter()
        .filter_map(|event| match event {
            StepEvent::Ended { step, seen, report } => Some((step.0, seen.status(), report.calls, report.left_out)),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [(0, "ok", 1, 0), (2, "skipped", 0, 0), (1, "ok", 2, 1)]);
    assert_eq!(played.report.steps[2].took, Duration::ZERO);
}
