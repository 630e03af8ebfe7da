//! No process is left behind: not by stopping, not by dropping, not by our
//! own violent death.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use mcp::upstream::Fleet;
use support::*;

/// A server that ignores SIGTERM and the end of its input, with a child that
/// does too; the number of its process group.
async fn deaf_fleet(log: &Path) -> (std::sync::Arc<Fleet>, i32) {
    let fleet = fleet(vec![server("deaf", &["ignore-term", "log", log.to_str().unwrap()])]).await;
    assert!(!tools_of(&fleet, "deaf").is_empty(), "{:?}", fleet.status());
    let group = group_of(*started(log).last().unwrap());
    until("its child runs", || living_in(group) >= 3).await;
    (fleet, group)
}

#[tokio::test]
async fn stopping_ends_even_the_deaf() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, group) = deaf_fleet(&logs.path().join("log")).await;
    let began = Instant::now();
    fleet.stop(Duration::from_secs(1)).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(living_in(group), 0);
}

#[tokio::test]
async fn dropping_ends_even_the_deaf() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, group) = deaf_fleet(&logs.path().join("log")).await;
    drop(fleet);
    until("the group is gone", || living_in(group) == 0).await;
}

#[test]
fn the_end_of_the_runtime_ends_even_the_deaf() {
    let logs = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (fleet, group) = runtime.block_on(deaf_fleet(&logs.path().join("log")));
    runtime.shutdown_timeout(Duration::from_secs(1));
    drop(fleet);
    let deadline = Instant::now() + Duration::from_secs(10);
    while living_in(group) > 0 {
        assert!(Instant::now() < deadline, "it lives on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test]
async fn a_polite_server_is_not_killed() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let fleet = fleet(vec![server("a", &["log", log.to_str().unwrap()])]).await;
    let group = group_of(started(&log)[0]);
    let began = Instant::now();
    fleet.stop(Duration::from_secs(10)).await;
    assert!(began.elapsed() < Duration::from_secs(2), "it ends with its input: {:?}", began.elapsed());
    assert_eq!(living_in(group), 0);
}

#[tokio::test]
async fn a_leader_that_dies_takes_its_children_along() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let (fleet, group) = deaf_fleet(&log).await;
    kill(*started(&log).last().unwrap());
    until("the group is gone", || living_in(group) == 0).await;
    fleet.stop(Duration::from_secs(1)).await;
}

/// Where the host of the next test notes what it started; set for the host
/// alone.
const HOST_LOG: &str = "TESTKIT_HOST_LOG";

#[tokio::test]
async fn our_own_violent_death_ends_even_the_deaf() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let me = std::env::current_exe().unwrap();
    let mut host = tokio::process::Command::new(me);
    host.args(["--exact", "host_until_killed", "--ignored"]).env(HOST_LOG, &log);
    host.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut host = host.spawn().unwrap();
    until("the host's server runs", || started(&log).len() == 1).await;
    let group = group_of(started(&log)[0]);
    until("its child runs", || living_in(group) >= 3).await;
    host.kill().await.unwrap();
    until("the group is gone", || living_in(group) == 0).await;
}

/// The process that the test before this one kills.
#[tokio::test]
#[ignore = "it is a part of `our_own_violent_death_ends_even_the_deaf`"]
async fn host_until_killed() {
    let Some(log) = std::env::var_os(HOST_LOG).map(PathBuf::from) else { return };
    let _fleet = fleet(vec![server("deaf", &["ignore-term", "log", log.to_str().unwrap()])]).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
}
