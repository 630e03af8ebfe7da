//! Servers that make tasks of calls, and what we make of them.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dispatch::Sent;
use serde_json::json;
use support::counterpart::{ANYTHING, Teller};
use support::*;

const DRAIN: Duration = Duration::from_secs(2);
const ERAS: [&str; 2] = ["legacy", "modern"];

/// A server of an era that makes tasks of calls, and its log.
async fn tasked(era: &str, log: &Path) -> Arc<mcp::upstream::Fleet> {
    fleet(vec![server("a", &["tasks", "era", era, "log", log.to_str().unwrap()])]).await
}

#[tokio::test]
async fn a_task_is_waited_for_and_its_result_is_the_calls() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let log = logs.path().join(era);
        let fleet = tasked(era, &log).await;
        let asked = Call::default();
        let output = asked.make(&fleet, "a.get_job", json!({"ms": 120})).await.unwrap();
        let written = output.text().unwrap().get();
        assert_eq!(text(&output), "the job is done", "{era}");
        assert!(written.contains(r#""n":9007199254740993"#) && !written.contains("related-task"), "{written}");
        let told = asked.progress.lock().unwrap().clone();
        let words: Vec<_> = told.iter().filter_map(|told| told.message.clone()).collect();
        assert!(words.iter().any(|words| words.starts_with("look ")), "{era}: {words:?}");
        assert_eq!(words.iter().any(|words| words == "begun"), era == "legacy", "{era}: {words:?}");
        assert!(!noted(&log, "tasks/cancel of task-1"), "{era}");

        // A tool that need not be a task is called as ever.
        assert_eq!(text(&call(&fleet, "a.get_choice", json!({})).await.unwrap()), "done at once");
        assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": "t"})).await.unwrap()), "t");
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn a_task_ends_in_every_way_that_a_call_does() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let fleet = tasked(era, &logs.path().join(era)).await;
        let failed = call(&fleet, "a.get_job", json!({"end": "failure"})).await.unwrap();
        assert!(failed.is_error(), "{era}");
        let rows = [
            (
                "refusal",
                "server_refused",
                "server `a` answered with error -32050 while `get_job` ran: the ice is too thin",
            ),
            ("cancelled", "task_cancelled", "server `a` cancelled `get_job` by itself"),
            (
                "lost",
                "result_malformed",
                "server `a` broke the protocol while `get_job` ran: it does not know its own task any more",
            ),
        ];
        for (end, code, message) in rows {
            let fault = call(&fleet, "a.get_job", json!({"end": end})).await.unwrap_err();
            assert_eq!((fault.fault.code.as_str(), fault.fault.message.as_str()), (code, message), "{era} {end}");
            assert_eq!(fault.sent, Sent::Unknown, "{era} {end}: it had begun");
        }
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn a_task_that_nobody_waits_for_is_taken_back() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let log = logs.path().join(era);
        let fleet = tasked(era, &log).await;
        let asked = Call { timeout: Duration::from_millis(200), ..Call::default() };
        let fault = asked.make(&fleet, "a.get_job", json!({"end": "never"})).await.unwrap_err();
        assert_eq!((fault.fault.code.as_str(), fault.sent), ("timed_out", Sent::Unknown), "{era}");
        until("the server hears of it", || noted(&log, "tasks/cancel of task-1")).await;

        let asked = Call::default();
        let cancel = asked.cancel.clone();
        let (fault, ()) = tokio::join!(asked.make(&fleet, "a.get_job", json!({"end": "never"})), async {
            until("it began", || noted(&log, "began task-2")).await;
            cancel.cancel();
        });
        assert_eq!(fault.unwrap_err().fault.code, "cancelled", "{era}");
        until("the server hears of it", || noted(&log, "tasks/cancel of task-2")).await;

        // Whoever hangs up says nothing, and the task is taken back all the same.
        let waiting = Call::default();
        let dropped = tokio::time::timeout(
            Duration::from_millis(200),
            waiting.make(&fleet, "a.get_job", json!({"end": "never"})),
        );
        assert!(dropped.await.is_err());
        until("the server hears of it", || noted(&log, "tasks/cancel of task-3")).await;
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn what_a_task_asks_is_asked_of_whoever_waits() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let log = logs.path().join(era);
        let fleet = tasked(era, &log).await;
        let answer = r#"{"action":"accept","content":{"region":"eu"}}"#;
        let teller = Arc::new(Teller::new("c", ANYTHING, Some(answer)));
        let asked = Call { counterpart: Some(Arc::clone(&teller) as _), ..Call::default() };
        let output = asked.make(&fleet, "a.get_job", json!({"end": "ask"})).await.unwrap();
        assert_eq!(text(&output), format!(r#"{{"region":{answer}}}"#), "{era}");
        let put = teller.asked.lock().unwrap().clone();
        assert_eq!(put.len(), 1, "{era}: {put:?}");
        assert_eq!(put[0].0, "elicitation/create");

        // Nobody can be asked: the task is taken back, and its question told.
        if era == "modern" {
            let fault = call(&fleet, "a.get_job", json!({"end": "ask"})).await.unwrap_err();
            assert_eq!((fault.fault.code.as_str(), fault.sent), ("input_required", Sent::Unknown));
            assert!(fault.fault.message.contains("Which region?"), "{}", fault.fault.message);
            assert!(fault.asks.is_none(), "a call that began is not made again");
            until("the server hears of it", || noted(&log, "tasks/cancel of task-2")).await;
        }
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn a_server_is_asked_after_its_task_at_its_own_pace() {
    let logs = tempfile::tempdir().unwrap();
    for (interval, most) in [(200, 6), (0, 25)] {
        let log = logs.path().join(interval.to_string());
        let fleet = tasked("modern", &log).await;
        call(&fleet, "a.get_job", json!({"ms": 1_000, "interval": interval})).await.unwrap();
        let looks = std::fs::read_to_string(&log).unwrap().matches("tasks/get of task-1").count();
        assert!((1..=most).contains(&looks), "asked {looks} times at {interval} ms");
        fleet.stop(DRAIN).await;
    }
}
