//! The driver: nothing outlives its deadline or its cancellation.

use std::time::Duration;

use catalog::ServerId;
use dispatch::{GRACE, Sent, ServerLimits};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::stage::{Oracle, Stage};
use crate::upstreams::{Manner, Upstreams};

/// The promise: a report at most this long after the deadline.
const PROMPT: Duration = Duration::from_millis(250);

const EVERYTHING: &str = "s1: a.read x=1
                          s2: a.add x=2
                          s3: a.put x=3
                          s4: b.read x=4
                          s5: c.read x=@s1
                          s6: sub why tools a.read
                          s7: sub why tools a.add
                          s8: llm.summarize from=@s4";

fn hung() -> Stage {
    let mut stage =
        Stage::of(Upstreams::of([("a.read", Manner::Hangs), ("a.add", Manner::Hangs), ("a.put", Manner::Hangs)]));
    stage.nested = Oracle::Hangs;
    stage
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_everything_ends_as_what_is_known_of_it() {
    // Twice as long a deadline, twice as long a run: nothing else ends it.
    for ms in [1_000, 2_000] {
        let mut stage = hung().within_ms(ms);
        stage.limits.per_server.call_timeout = Duration::from_secs(60);
        let played = stage.play(EVERYTHING).await;
        assert_eq!(
            played.statuses(),
            "s1:failed(timed_out) s2:indeterminate(timed_out) s3:failed(timed_out) s4:ok s5:failed(timed_out) \
             s6:failed(timed_out) s7:indeterminate(timed_out) s8:failed(timed_out)"
        );
        let deadline = Duration::from_millis(ms);
        assert!(played.took >= deadline && played.took <= deadline + PROMPT, "{:?}", played.took);
        assert!(stage.upstreams.log.lock().unwrap().cancels.iter().filter(|cancel| cancel.is_cancelled()).count() >= 3);
        assert!(stage.upstreams.log.lock().unwrap().in_flight.values().all(|count| *count == 0));
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_caller_leaves_everything_ends_as_cancelled() {
    let stage = hung();
    let cancel = stage.cancel.clone();
    let (played, ()) = tokio::join!(stage.play(EVERYTHING), async {
        sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    });
    assert_eq!(
        played.statuses(),
        "s1:failed(cancelled) s2:indeterminate(cancelled) s3:failed(cancelled) s4:ok s5:failed(cancelled) \
         s6:failed(cancelled) s7:indeterminate(cancelled) s8:failed(cancelled)"
    );
    assert!(played.took <= Duration::from_millis(300) + PROMPT, "{:?}", played.took);
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_listens_has_the_last_word_within_the_grace() {
    let late = u64::try_from(GRACE.as_millis()).unwrap() - 50;
    let rows = [
        (Manner::GivesUp(Sent::No), "s1:failed(timed_out)", 1_000),
        (Manner::GivesUp(Sent::Unknown), "s1:indeterminate(timed_out)", 1_000),
        (Manner::AnswersLate(late), "s1:ok", 1_000 + late),
        (Manner::AnswersLate(late + 100), "s1:indeterminate(timed_out)", 1_200),
    ];
    for (manner, ended, ms) in rows {
        // The same whether the query's deadline or the call's own cuts it short.
        for (within, call_timeout) in [(1_000, 60_000), (60_000, 1_000)] {
            let mut stage = Stage::of(Upstreams::of([("a.add", manner.clone())])).within_ms(within);
            stage.limits.per_server.call_timeout = Duration::from_millis(call_timeout);
            let played = stage.play("s1: a.add x=1").await;
            assert_eq!(played.statuses(), ended, "{manner:?}");
            played.took_about(ms);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_costs_its_own_calls_and_no_others() {
    let mut stage = Stage::of(Upstreams::of([("a.read", Manner::Hangs)]));
    let own = ServerLimits { call_timeout: Duration::from_millis(400), ..ServerLimits::default() };
    stage.limits.servers.insert(ServerId::new("a"), own);
    let played = stage.play("s1: a.read x=1\n s2: b.read x=2\n s3: c.read x=@s2\n s4: c.read x=4 when s1 failed").await;
    assert_eq!(played.statuses(), "s1:failed(timed_out) s2:ok s3:ok s4:ok");
    let log = stage.upstreams.log.lock().unwrap();
    let told: Vec<u128> = log.timeouts.iter().map(Duration::as_millis).collect();
    assert_eq!(told[0], 400, "the connector is told the server's own limit");
    assert!(told[1] <= 30_000, "and never more than what is left of the query: {told:?}");
    assert!((200..210).contains(&(played.report.steps[1].took + played.report.steps[2].took).as_millis()));
    drop(log);
    played.took_about(400 + 200 + 100);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_told_only_what_is_left_of_the_query() {
    let stage = Stage::of(Upstreams::of([("a.read", Manner::Answers(600, json!(1)))])).within_ms(1_000);
    stage.play("s1: a.read x=1\n s2: b.read x=@s1").await;
    let told: Vec<u128> = stage.upstreams.log.lock().unwrap().timeouts.iter().map(Duration::as_millis).collect();
    // The second call is left a tenth, if it comes to that.
    assert!(told[0] == 900 && (390..=400).contains(&told[1]), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_the_last_instant_counts_and_starts_nothing() {
    let mut stage = Stage::of(Upstreams::of([("a.read", Manner::Answers(1_000, json!(1)))])).within_ms(1_000);
    stage.limits.total = 1;
    let played = stage.play("s1: a.read x=1\n s2: b.read x=2").await;
    assert_eq!(played.statuses(), "s1:ok s2:failed(timed_out)");
    assert_eq!(stage.calls().len(), 1);
}

/// On the running clock: a connector that holds up the thread makes the run
/// see the answer before it sees the deadline.
#[tokio::test]
async fn an_answer_after_the_deadline_starts_nothing_whatever_is_seen_first() {
    let stage = Stage::of(Upstreams::of([("a.read", Manner::Blocks(60))])).within_ms(20);
    let played = stage.play("s1: a.read x=1\n s2: b.read x=@s1").await;
    assert_eq!(played.statuses(), "s1:ok s2:failed(timed_out)");
    assert_eq!(stage.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_once_it_is_too_late() {
    let late = Stage::of(Upstreams::default()).within_ms(0);
    assert_eq!(
        late.play("s1: a.read x=1\n s2: a.add x=@s1").await.statuses(),
        "s1:failed(timed_out) s2:failed(timed_out)"
    );
    assert!(late.calls().is_empty());
    let left = Stage::of(Upstreams::default());
    left.cancel.cancel();
    let played = left.play("s1: a.read x=1").await;
    assert_eq!(played.statuses(), "s1:failed(cancelled)");
    assert!(left.calls().is_empty());
    assert_eq!(played.events.len(), 1, "it ended, and never started: {:?}", played.events);
}

#[tokio::test(start_paused = true)]
async fn an_each_cut_short_keeps_what_it_got() {
    let items = Manner::Answers(1, json!([1, 2, 3, 4, 5, 6]));
    let mut stage =
        Stage::of(Upstreams::of([("a.read", items), ("b.read", Manner::Answers(400, json!("x")))])).within_ms(1_000);
    stage.limits.each_parallel = 2;
    let played = stage.play("s1: a.read x=1\n s2: each b.read over s1 x=%").await;
    assert_eq!(played.statuses(), "s1:ok s2:ok");
    assert_eq!((played.report.steps[1].calls, played.report.steps[1].failed), (6, 2));
    let value = played.report.observations.get(plan::StepIndex(1)).unwrap().output().unwrap().value().clone();
    assert_eq!(value[3], json!({"i": 3, "ok": true, "value": "x"}));
    assert_eq!(value[4]["error"]["code"], "timed_out");
    assert_eq!(value[5]["error"]["status"], "failed");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_cancels_everything_at_once() {
    let stage = hung();
    assert!(timeout(Duration::from_millis(50), stage.play(EVERYTHING)).await.is_err());
    let log = stage.upstreams.log.lock().unwrap();
    assert_eq!(log.cancels.len(), 4);
    assert!(log.cancels.iter().all(tokio_util::sync::CancellationToken::is_cancelled));
    assert!(log.in_flight.values().all(|count| *count == 0), "{:?}", log.in_flight);
}

#[tokio::test(start_paused = true)]
async fn a_run_may_be_spawned() {
    let run = async { Stage::of(Upstreams::default()).play("s1: a.read x=1").await.statuses() };
    assert_eq!(tokio::spawn(run).await.unwrap(), "s1:ok");
}
