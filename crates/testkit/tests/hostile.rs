//! Servers that misbehave: each gets a clear message, and none harms another.

mod support;

use std::time::{Duration, Instant};

use catalog::{ServerId, ToolSource};
use mcp::upstream::{ServerState, Transport, UpstreamConfig};
use serde_json::json;
use support::*;

/// How long a server that hangs is given in these tests.
const SHORT: Duration = Duration::from_secs(3);

fn hurried(id: &str, arguments: &[&str]) -> UpstreamConfig {
    UpstreamConfig { start_timeout: SHORT, ..server(id, arguments) }
}

#[tokio::test]
async fn servers_that_do_not_start_say_why_and_delay_nobody() {
    let missing = UpstreamConfig::new(ServerId::new("missing"), Transport::stdio("no-such-program-here", [""; 0]));
    let absent = UpstreamConfig::new(ServerId::new("absent"), Transport::stdio("/no/such/program", [""; 0]));
    let mut lost = server("lost", &["plain"]);
    if let Transport::Stdio { cwd, .. } = &mut lost.transport {
        *cwd = Some("/no/such/directory".into());
    }
    let hostile = vec![
        missing,
        absent,
        lost,
        hurried("crash", &["exit-at-once"]),
        hurried("mute", &["silent"]),
        hurried("listless", &["silent-on-list"]),
        hurried("cat", &["slow-start", "20000"]),
    ];
    let began = Instant::now();
    let fleet = mcp::upstream::Fleet::start(hostile.into_iter().chain([server("good", &["plain"])]).collect());
    until("the good server is ready", || !tools_of(&fleet, "good").is_empty()).await;
    assert!(began.elapsed() < SHORT, "it waited for others: {:?}", began.elapsed());
    assert_eq!(text(&call(&fleet, "good.get_echo", json!({"text": "a"})).await.unwrap()), "a");

    fleet.settled(Duration::from_secs(20)).await;
    assert!(began.elapsed() < SHORT * 3, "something hung past its deadline: {:?}", began.elapsed());
    let rows = [
        ("missing", "server_unstartable: server `missing` cannot start: `no-such-program-here` is not on the PATH"),
        ("absent", "server_unstartable: server `absent` cannot start: there is no program `/no/such/program`"),
        ("lost", "server_unstartable: server `lost` cannot start: its `cwd` `/no/such/directory` is no directory"),
        (
            "crash",
            "server_died: server `crash` exited with status 3 before it introduced itself; its last words: starting / fatal: cannot open the database",
        ),
        ("mute", "timed_out: server `mute` did not introduce itself within 3 s"),
        ("listless", "timed_out: server `listless` did not list its tools within 3 s"),
        ("cat", "timed_out: server `cat` did not introduce itself within 3 s"),
    ];
    for (id, expected) in rows {
        let failure = failure_of(&fleet, id);
        assert!(failure.starts_with(expected), "{failure}\ndoes not start with\n{expected}");
        let catalog = fleet.snapshot();
        let server = catalog.server(&ServerId::new(id)).unwrap();
        assert!(matches!(server.availability, catalog::Availability::Failed(_)), "{id}");
    }
    assert_eq!(text(&call(&fleet, "good.get_echo", json!({"text": "b"})).await.unwrap()), "b");
    fleet.stop(SHORT).await;
}

#[tokio::test]
async fn a_server_that_cannot_bear_the_probe_is_remembered() {
    let logs = tempfile::tempdir().unwrap();
    for (mode, starts) in [("exit-on-discover", 2), ("silent-on-discover", 1)] {
        let log = logs.path().join(mode);
        let fleet = fleet(vec![server("a", &[mode, "log", log.to_str().unwrap()])]).await;
        let ServerState::Ready(ready) = status_of(&fleet, "a").state else { panic!("{:?}", fleet.status()) };
        assert_eq!(ready.era, "legacy", "{mode}");
        assert_eq!(started(&log).len(), starts, "{mode}: a fresh process only where the first is of no use");

        // Killed, it comes back, and is not probed again.
        kill(started(&log)[starts - 1]);
        until("it is started again", || started(&log).len() == starts + 1).await;
        until("it can be called again", || !tools_of(&fleet, "a").is_empty()).await;
        let probes = std::fs::read_to_string(&log).unwrap().matches("server/discover").count();
        assert_eq!(probes, 1, "{mode}");
        fleet.stop(SHORT).await;
    }
}

#[tokio::test]
async fn a_server_that_starts_slowly_is_not_taken_for_an_older_one() {
    let logs = tempfile::tempdir().unwrap();
    for (era, revision) in [("both", "2026-07-28"), ("modern", "2026-07-28"), ("legacy", "2025-11-25")] {
        let log = logs.path().join(era);
        let config = server("a", &["era", era, "slow-start", "3000", "log", log.to_str().unwrap()]);
        let fleet = fleet(vec![config]).await;
        let ServerState::Ready(ready) = status_of(&fleet, "a").state else { panic!("{:?}", fleet.status()) };
        assert_eq!(ready.protocol, revision, "{era}");
        assert_eq!(started(&log).len(), 1, "{era}: it was only slow");
        assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": "a"})).await.unwrap()), "a", "{era}");
        fleet.stop(SHORT).await;
    }
}

#[tokio::test]
async fn noise_between_messages_is_skipped_and_counted() {
    let fleet = fleet(vec![server("a", &["noise", "stderr-flood"])]).await;
    for i in 0..20 {
        let given = i.to_string();
        assert_eq!(text(&call(&fleet, "a.get_echo", json!({"text": given})).await.unwrap()), given);
    }
    let status = status_of(&fleet, "a");
    assert!(status.last_words.len() <= 8 * 1024, "{} bytes kept", status.last_words.len());
    let ServerState::Ready(ready) = status.state else { panic!("it is ready") };
    assert!(ready.noise >= 60, "{} pieces of noise", ready.noise);
    fleet.stop(SHORT).await;
}

#[tokio::test]
async fn a_result_over_the_limit_fails_its_call_only() {
    let fleet = fleet(vec![server("a", &["huge-line"])]).await;
    let began = Instant::now();
    let fault = call(&fleet, "a.get_echo", json!({"text": "a"})).await.unwrap_err().fault;
    assert_eq!(fault.message, "server `a` answered with more than 16 MiB while `get_echo` ran");
    assert!(began.elapsed() < Duration::from_secs(8), "it hung: {:?}", began.elapsed());
    assert!(matches!(status_of(&fleet, "a").state, ServerState::Ready(_)));
    assert_eq!(status_of(&fleet, "a").starts, 1, "the connection survived");
    fleet.stop(SHORT).await;
}

#[tokio::test]
async fn strange_listings_are_cut_with_a_note() {
    let rows = [
        ("endless-pages", 1_000, "its list of tools has more than 1000 pages; the rest are left out"),
        ("repeat-cursor", 1, "its list of tools leads back to a page it already gave"),
        ("one-bad-tool", 7, "tool 2 is left out: `get_shapeless`, missing field `inputSchema`"),
    ];
    let configs = rows.map(|(mode, ..)| server(mode, &[mode]));
    let fleet = fleet(configs.into()).await;
    for (mode, tools, note) in rows {
        assert_eq!(tools_of(&fleet, mode).len(), tools, "{mode}");
        let ServerState::Ready(ready) = status_of(&fleet, mode).state else { panic!("{mode}: {:?}", fleet.status()) };
        assert!(ready.skipped[0].starts_with(note), "{mode}: {:?}", ready.skipped);
    }
    fleet.stop(SHORT).await;
}

#[tokio::test]
async fn a_server_that_crashes_in_a_loop_is_given_up_until_asked() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let fleet = fleet(vec![server("a", &["die-mid-call", "log", log.to_str().unwrap()])]).await;
    for round in 1..=5 {
        until("it can be called", || !tools_of(&fleet, "a").is_empty()).await;
        call(&fleet, "a.get_echo", json!({"text": "a"})).await.unwrap_err();
        until("its death is known", || tools_of(&fleet, "a").is_empty()).await;
        assert_eq!(started(&log).len(), round);
    }
    // After the fifth quick death it is left alone: the longest wait before it would be 8 s.
    assert_eq!(
        failure_of(&fleet, "a"),
        "server_died: server `a` exited with status 1; its last words: fatal: the disk is on fire"
    );
    tokio::time::sleep(Duration::from_millis(8_500)).await;
    assert_eq!(started(&log).len(), 5);
    assert!(fleet.retry(&ServerId::new("a")));
    until("it is started once more", || started(&log).len() == 6).await;
    assert!(!fleet.retry(&ServerId::new("b")), "there is no such server");
    fleet.stop(SHORT).await;
}

#[tokio::test]
async fn a_storm_of_announcements_costs_a_listing_now_and_then() {
    let (calm_log, storm_log) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let logs = [&calm_log, &storm_log].map(|log| log.path().to_str().unwrap().to_owned());
    let calm = server("calm", &["list-changed", "log", &logs[0]]);
    let stormy = server("stormy", &["list-changed", "storm", "log", &logs[1]]);
    let began = Instant::now();
    let fleet = fleet(vec![calm, stormy]).await;
    for _ in 0..20 {
        for tool in ["calm.get_echo", "stormy.get_echo"] {
            assert_eq!(text(&call(&fleet, tool, json!({"text": "a"})).await.unwrap()), "a");
        }
    }
    let listings = |log: &str| std::fs::read_to_string(log).unwrap().matches("tools/list ").count();
    let pauses = began.elapsed().as_millis() / 50;
    assert_eq!(listings(&logs[0]), 1, "nothing was announced");
    // Once to begin with, and at most once for each pause since the start.
    assert!(listings(&logs[1]) as u128 <= pauses + 2, "{} listings in {pauses} pauses", listings(&logs[1]));
    assert_eq!(fleet.snapshot().tools().len(), 14);
    fleet.stop(SHORT).await;
}
