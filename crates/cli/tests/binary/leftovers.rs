//! However a run ends, nothing of it stays.

use std::fs;
use std::time::{Duration, Instant};

use crate::run::{processes_naming, run, until};

#[test]
fn an_interrupted_run_ends_soon_and_leaves_nothing() {
    for signal in ["INT", "TERM"] {
        let running = run(["--demo", "serve"]).start_open();
        until("the servers run", || running.servers().len() == 4);
        let asked = Instant::now();
        running.signal(signal);
        let ended = running.end();
        assert!(asked.elapsed() < Duration::from_secs(10), "{signal}: {:?}", asked.elapsed());
        ended.leaves_nothing();
    }
}

#[test]
fn a_run_that_is_killed_leaves_no_process() {
    let running = run(["--demo", "serve"]).start_open();
    until("the servers run", || running.servers().len() == 4);
    let temporary = running.place.path().join("tmp");
    running.signal("KILL");
    let ended = running.end();
    assert_eq!(ended.code, None);
    until("every server is gone", || processes_naming(&temporary).is_empty());
    assert!(fs::exists(&temporary).unwrap());
}

#[test]
fn a_query_that_waits_is_cancelled_by_an_interrupt() {
    let config = "[servers.silent]\ncommand = \"sleep\"\nargs = [\"300\"]\n";
    let running = run(["ask", "list the files"]).file("concertmaster.toml", config).start();
    std::thread::sleep(Duration::from_millis(500));
    let asked = Instant::now();
    running.signal("INT");
    let ended = running.end();
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
    assert_eq!(ended.code, Some(130), "{}{}", ended.out, ended.err);
}
