//! Calls over real pipes: what arrives, what is told, and what is said when
//! it goes wrong.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::ToolSource;
use dispatch::Sent;
use mcp::upstream::{ServerState, Transport};
use query::Blame;
use serde_json::json;
use support::*;

const DRAIN: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_plain_server_answers_in_either_era() {
    for (era, protocol) in [("legacy", "2025-11-25"), ("modern", "2026-07-28"), ("both", "2026-07-28")] {
        let fleet = fleet(vec![server("a", &["era", era])]).await;
        let ServerState::Ready(ready) = status_of(&fleet, "a").state else { panic!("{:?}", fleet.status()) };
        assert_eq!((ready.protocol.as_str(), ready.name.as_deref()), (protocol, Some("test-upstream")));
        let output = call(&fleet, "a.get_echo", json!({"text": "hello"})).await.unwrap();
        assert_eq!(text(&output), "hello");
        assert_eq!(status_of(&fleet, "a").starts, 1);
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn results_arrive_as_they_were_sent() {
    let fleet = fleet(vec![server("a", &["server-requests"])]).await;
    let odd = call(&fleet, "a.get_odd", json!({})).await.unwrap();
    let expected = r#"{"content":[{"type":"hologram","frames":3},{"type":"text","text":"plain","x-own":true}],"structuredContent":{"z":9007199254740993,"a":18446744073709551615},"isError":false,"x-extra":{"kept":null}}"#;
    assert_eq!(odd.raw().unwrap().to_string(), expected);

    let failed = call(&fleet, "a.get_failure", json!({})).await.unwrap();
    assert!(failed.is_error(), "a tool's own failure is a result");
    assert_eq!(text(&failed), "the ice is too thin");
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn progress_is_relayed_whole_and_in_order() {
    for era in ["legacy", "modern"] {
        let fleet = fleet(vec![server("a", &["era", era])]).await;
        let asked = Call::default();
        let counted = asked.make(&fleet, "a.count", json!({"to": 500})).await.unwrap();
        assert_eq!(text(&counted), "counted to 500");
        let seen = asked.progress.lock().unwrap().clone();
        let numbers: Vec<u64> = seen.iter().map(|progress| progress.progress as u64).collect();
        assert_eq!(numbers, (1..=500).collect::<Vec<u64>>(), "{era}");
        assert_eq!((seen[3].total, seen[3].message.as_deref()), (Some(500.0), Some("at 4")));
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn many_callers_share_one_server_and_none_gets_anothers_answer() {
    let mut config = server("a", &["plain"]);
    config.max_concurrency = 64;
    let fleet = fleet(vec![config]).await;
    let one = |i: u64| {
        let fleet = Arc::clone(&fleet);
        async move {
            let given = format!("number {i}");
            assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": given})).await.unwrap()), given);
        }
    };
    futures::future::join_all((0..500).map(one)).await;
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn no_more_calls_than_configured_run_at_once() {
    let mut config = server("a", &["plain"]);
    config.max_concurrency = 2;
    let fleet = fleet(vec![config]).await;
    let began = Instant::now();
    futures::future::join_all((0..6).map(|_| call(&fleet, "a.wait", json!({"ms": 200})))).await;
    assert!(began.elapsed() >= Duration::from_millis(600), "three rounds of two: {:?}", began.elapsed());

    let asked = Call { timeout: Duration::from_millis(100), ..Call::default() };
    let wait = || call(&fleet, "a.wait", json!({"ms": 500}));
    let third = asked.make(&fleet, "a.get_echo", json!({"text": "x"}));
    let (one, two, fault) = futures::join!(wait(), wait(), third);
    let fault = fault.unwrap_err();
    assert_eq!(fault.fault.message, "server `a` did not have room for `get_echo` within 0.1 s");
    assert_eq!((fault.sent, asked.ledger.spent_calls()), (Sent::No, 0), "what never left is refunded");
    assert!(one.is_ok() && two.is_ok());
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_call_that_hangs_ends_at_its_deadline_and_the_server_is_told() {
    let logs = tempfile::tempdir().unwrap();
    for era in ["legacy", "modern"] {
        let log = logs.path().join(era);
        let hanging = server("a", &["hang-on-call", "era", era, "log", log.to_str().unwrap()]);
        let fleet = fleet(vec![hanging, server("b", &["plain"])]).await;
        let asked = Call { timeout: Duration::from_millis(300), ..Call::default() };
        let began = Instant::now();
        let (fault, other) = futures::join!(
            asked.make(&fleet, "a.get_echo", json!({"text": "x"})),
            call(&fleet, "b.get_echo", json!({"text": "y"}))
        );
        let fault = fault.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!(fault.fault.message, "server `a` did not answer `get_echo` within 0.3 s");
        assert_eq!((fault.fault.code.as_str(), fault.sent), ("timed_out", Sent::Unknown));
        assert_eq!(asked.ledger.spent_calls(), 1, "what left is spent");
        assert_eq!(text(&other.unwrap()), "y");
        until("the server hears of it", || std::fs::read_to_string(&log).unwrap().contains("cancelled ")).await;
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn a_cancelled_call_ends_at_once_and_its_late_answer_is_dropped() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let fleet = fleet(vec![server("a", &["log", log.to_str().unwrap()])]).await;
    let asked = Call::default();
    let cancel = asked.cancel.clone();
    let began = Instant::now();
    let (fault, ()) = futures::join!(asked.make(&fleet, "a.wait", json!({"ms": 700})), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        cancel.cancel();
    });
    let fault = fault.unwrap_err();
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    assert_eq!((fault.fault.code.as_str(), fault.sent), ("cancelled", Sent::Unknown));
    until("the server answers all the same", || noted(&log, "answering too late")).await;
    assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": "next"})).await.unwrap()), "next");

    // A caller that is simply gone counts as one that cancelled.
    let asked = Call::default();
    let dropped = tokio::time::timeout(Duration::from_millis(100), asked.make(&fleet, "a.wait", json!({"ms": 400})));
    dropped.await.unwrap_err();
    until("the server hears of it", || std::fs::read_to_string(&log).unwrap().matches("cancelled ").count() == 4).await;

    // One that never left is refunded, and the server hears nothing of it.
    let asked = Call::default();
    asked.cancel.cancel();
    let fault = asked.make(&fleet, "a.wait", json!({"ms": 1})).await.unwrap_err();
    assert_eq!((fault.sent, asked.ledger.spent_calls()), (Sent::No, 0));
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_server_that_dies_under_a_call_says_how_and_comes_back() {
    let fleet = fleet(vec![server("a", &["die-mid-call"]), server("b", &["plain"])]).await;
    let before = fleet.snapshot().version();
    let (fault, other) =
        futures::join!(call(&fleet, "a.get_echo", json!({"text": "x"})), call(&fleet, "b.wait", json!({"ms": 300})));
    let fault = fault.unwrap_err();
    assert_eq!(
        fault.fault.message,
        "server `a` exited with status 1 while `get_echo` ran; its last words: fatal: the disk is on fire"
    );
    assert_eq!(
        (fault.fault.code.as_str(), fault.fault.blame, fault.sent),
        ("server_died", Blame::Upstream, Sent::Unknown)
    );
    assert_eq!(text(&other.unwrap()), "done waiting");
    until("it is back", || !tools_of(&fleet, "a").is_empty()).await;
    assert!(fleet.snapshot().version() > before);
    assert!(status_of(&fleet, "a").starts >= 2);
    assert_eq!(status_of(&fleet, "b").starts, 1);
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_server_that_asks_back_fails_the_call_with_its_question() {
    let fleet = fleet(vec![server("a", &["ask-back"])]).await;
    let fault = call(&fleet, "a.get_echo", json!({"text": "x"})).await.unwrap_err();
    assert_eq!(fault.fault.message, "server `a` asks something back before it runs `get_echo`: Which region?");
    assert_eq!((fault.fault.code.as_str(), fault.sent), ("input_required", Sent::No));
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn new_tools_are_noticed_on_that_server_only() {
    let logs = tempfile::tempdir().unwrap();
    for era in ["legacy", "modern"] {
        let log = logs.path().join(era);
        let other = server("b", &["list-changed", "log", log.to_str().unwrap()]);
        let fleet = fleet(vec![server("a", &["list-changed", "era", era]), other]).await;
        let mut versions = fleet.changed();
        let before = *versions.borrow_and_update();
        if era == "modern" {
            // It is told of changes once its own request to listen has arrived.
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        call(&fleet, "a.grow", json!({})).await.unwrap();
        until("the new tool is listed", || tools_of(&fleet, "a").contains(&"get_grown_0".to_owned())).await;
        assert!(*versions.borrow_and_update() > before, "{era}");
        assert_eq!(text(&call(&fleet, "a.get_grown_0", json!({})).await.unwrap()), "get_grown_0");
        let listings = std::fs::read_to_string(&log).unwrap().matches("tools/list").count();
        assert_eq!(listings, 1, "{era}: the other server was asked again");
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn a_child_sees_the_declared_environment_only() {
    let mut config = server("a", &["plain"]);
    if let Transport::Stdio { env, .. } = &mut config.transport {
        env.insert("DECLARED".into(), "1".into());
    }
    let fleet = fleet(vec![config]).await;
    let seen = call(&fleet, "a.get_environment", json!({})).await.unwrap();
    let seen: Vec<String> = serde_json::from_value(seen.value().clone()).unwrap();
    let mut allowed = mcp::upstream::default_inherit_env();
    // It is told how deep it is, so that circles of orchestrators end.
    allowed.extend(["DECLARED", "CONCERTMASTER_NESTED"].map(str::to_owned));
    let extra: Vec<&String> = seen.iter().filter(|name| !allowed.contains(name)).collect();
    assert!(extra.is_empty(), "it also sees {extra:?}");
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some(), "we see more than that");
    assert!(seen.contains(&"DECLARED".to_owned()) && seen.contains(&"PATH".to_owned()), "{seen:?}");
    fleet.stop(DRAIN).await;
}
