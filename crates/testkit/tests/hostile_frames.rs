//! Servers whose messages are wrong in one way each: what may be a result is
//! one, nothing else is, and the connection serves on.
//!
//! Each row stands beside what a reader that trusts its peer makes of it.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]
#![allow(clippy::print_stdout, reason = "a test says its sample")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use catalog::{ServerId, ToolSource};
use plan::BoundCall;
use policy::{Policy, Withheld};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use support::*;

/// How long a call waits for an answer that never comes.
const BRIEFLY: Duration = Duration::from_millis(250);

const GOOD: &str = r#"{"content":[{"type":"text","text":"good"}]}"#;

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// A result that says `good`.
    Result,
    /// A fault that says this.
    Fault(&'static str),
}

const SILENT: Expected = Expected::Fault("did not answer");
const BOTH: Expected = Expected::Fault("neither one result nor one error");

/// What a server says, what we make of it, and whether a reader that trusts
/// its peer takes it for a result all the same.
type Row = (&'static str, String, Expected, bool);

fn rows() -> Vec<Row> {
    let answer = |rest: &str| format!(r#"{{"jsonrpc":"2.0",{rest}}}"#);
    let with = |id: &str, result: &str| answer(&format!(r#""id":{id},"result":{result}"#));
    vec![
        ("as it should be", with("{id}", GOOD), Expected::Result, true),
        ("the id as a text", with(r#""{id}""#, GOOD), Expected::Result, false),
        (
            "after noise",
            format!("\u{fffd}\u{fffd}\n{{\"half\n\n42\n[]\n{}", with("{id}", GOOD)),
            Expected::Result,
            false,
        ),
        ("in a batch", format!("[{}]", with("{id}", GOOD)), Expected::Result, false),
        ("the id as a float", with("{id}.0", GOOD), SILENT, true),
        ("the id as a power", with("{id}e0", GOOD), SILENT, true),
        ("the id of nobody", with("999999", GOOD), SILENT, false),
        ("a negative id", with("-{id}", GOOD), SILENT, false),
        ("an id that is a list", with("[{id}]", GOOD), SILENT, false),
        ("an id without end", with(&"9".repeat(10_000), GOOD), SILENT, false),
        ("two ids", answer(&format!(r#""id":0,"id":{{id}},"result":{GOOD}"#)), SILENT, true),
        ("two results", answer(&format!(r#""id":{{id}},"result":{{}},"result":{GOOD}"#)), SILENT, true),
        ("an id spelled twice", answer(&format!(r#""id":0,"\u0069d":{{id}},"result":{GOOD}"#)), SILENT, true),
        ("a result and an error", answer(&format!(r#""id":{{id}},"error":{{"code":1}},"result":{GOOD}"#)), BOTH, true),
        ("neither", answer(r#""id":{id}"#), BOTH, false),
        ("an error that is none", answer(r#""id":{id},"error":"no""#), BOTH, false),
        ("an error", answer(r#""id":{id},"error":{"code":7,"message":"no"}"#), Expected::Fault("no"), false),
        ("no number", with("{id}", r#"{"content":[],"n":NaN}"#), SILENT, false),
        ("invalid UTF-8", with("{id}", "{\"content\":[{\"type\":\"text\",\"text\":\"\u{fffd}\"}]}"), SILENT, true),
        ("no end", r#"{"jsonrpc":"2.0","id":{id},"result":{"content":["#.to_owned(), SILENT, false),
        (
            "nothing but depth",
            with("{id}", "{nest}").replace(r#","result""#, r#","x":1,"result""#),
            Expected::Fault(""),
            false,
        ),
        ("a result that is no object", with("{id}", "7"), Expected::Fault(""), true),
    ]
}

/// The result that a reader finds who trusts its peer.
fn naive(said: &str) -> bool {
    let Ok(message) = serde_json::from_str::<Value>(&said.replace("{id}", "7")) else { return false };
    message["id"].as_f64() == Some(7.0) && !message["result"].is_null()
}

#[tokio::test]
async fn what_is_wrong_is_no_result() {
    let rows = rows();
    println!("{} messages", rows.len());
    let fleet = fleet(vec![server("a", &["blunt"])]).await;
    for (what, said, expected, trusting) in rows {
        let waits = expected == SILENT;
        let asked = Call { timeout: if waits { BRIEFLY } else { Duration::from_secs(10) }, ..Call::default() };
        let ended = asked.make(&fleet, "a.get_raw", json!({"said": said, "nest": 100_000})).await;
        match (ended, expected) {
            (Ok(output), Expected::Result) => assert_eq!(text(&output), "good", "{what}"),
            (Err(fault), Expected::Fault(why)) => {
                assert!(fault.fault.message.contains(why), "{what}: {:?}", fault.fault)
            }
            // Deep or no object, it is handed on as it came or refused; it harms nobody.
            (Ok(_), Expected::Fault("")) => {}
            (other, _) => panic!("{what}: {other:?}"),
        }
        assert_eq!(naive(&said), trusting, "{what}: a trusting reader");
        let after = call(&fleet, "a.get_echo", json!({"text": what})).await.unwrap();
        assert_eq!(text(&after), what, "the connection serves on");
    }
    assert_eq!(status_of(&fleet, "a").starts, 1, "none of them cost the connection");
    fleet.stop(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn an_answer_to_one_call_is_no_answer_to_another() {
    let fleet = fleet(vec![server("a", &["blunt"])]).await;
    let slow = call(&fleet, "a.wait", json!({"ms": 400}));
    let forged = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // Late, twice, and without an id while two wait.
        let said = format!(r#"{{"id":null,"result":{GOOD}}}"#);
        let asked = Call { timeout: BRIEFLY, ..Call::default() };
        asked.make(&fleet, "a.get_raw", json!({"said": said})).await.unwrap_err()
    };
    let (slow, forged) = tokio::join!(slow, forged);
    assert_eq!(text(&slow.unwrap()), "done waiting");
    assert!(forged.fault.message.contains("did not answer"), "{:?}", forged.fault);
    fleet.stop(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn what_was_redefined_since_it_was_approved_is_not_called() {
    let fleet = fleet(vec![server("a", &["list-changed", "rug-pull"])]).await;
    let before = fleet.snapshot();
    let found = Arc::clone(before.find("a.get_echo").unwrap());
    let definition = |catalog: &catalog::Catalog| catalog.find("a.get_echo").unwrap().fingerprint;
    let arguments = RawValue::from_string(r#"{"text":"t"}"#.to_owned()).unwrap();
    let bound = || BoundCall::of_client(Arc::clone(&found), arguments.clone()).unwrap();
    let authority = Call::default().authority();
    call(&fleet, "a.grow", json!({})).await.unwrap();
    until("it is redefined", || definition(&fleet.snapshot()) != definition(&before)).await;
    let refused = Policy::default().permit(&authority, bound(), &fleet.snapshot()).unwrap_err();
    assert!(matches!(&refused, Withheld::Deny(fault) if fault.code == "fingerprint_mismatch"), "{refused:?}");
    // By the catalogue of then it would have been.
    assert!(Policy::default().permit(&authority, bound(), &before).is_ok());
    fleet.stop(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_server_that_lives_for_a_second_is_started_ever_more_seldom() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let fleet = mcp::upstream::Fleet::start(vec![server("a", &["live", "1000", "log", log.to_str().unwrap()])]);
    let began = std::time::Instant::now();
    until("it died twice", || started(&log).len() == 3).await;
    // Two lives of a second, and waits of at least a half of 0.5 s and of 1 s.
    assert!(began.elapsed() >= Duration::from_millis(2_700), "it came back after {:?}", began.elapsed());
    fleet.stop(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_server_sees_no_more_of_us_than_it_is_given() {
    let names = |fleet: &std::sync::Arc<mcp::upstream::Fleet>| {
        let fleet = std::sync::Arc::clone(fleet);
        async move {
            let open = call(&fleet, "a.get_open_files", json!({})).await.unwrap();
            let open: Vec<String> = serde_json::from_str(&text(&open)).unwrap();
            fleet.stop(Duration::from_secs(1)).await;
            open
        }
    };
    let secret = tempfile::NamedTempFile::new().unwrap();
    let path = secret.path().to_str().unwrap().to_owned();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = fleet(vec![server("a", &["blunt"]), server("b", &["plain"])]).await;
    let open = names(&ours).await;
    // Its three streams, the directory it looks at, and what whoever started
    // this test left open for everybody.
    assert_eq!(open.len(), 4 + left_open(), "{open:?}");
    assert!(!open.iter().any(|file| file.contains(&path)), "{open:?}");
    drop(listener);
    // What is opened to be handed on is: the server would have shown the rest.
    let handed_on = rustix::io::dup(&secret).unwrap();
    let open = names(&fleet(vec![server("a", &["blunt"])]).await).await;
    assert!(open.iter().any(|file| file.contains(&path)), "{open:?}");
    drop(handed_on);
}

/// How many files beside the first three this process would hand on.
fn left_open() -> usize {
    let numbers = std::fs::read_dir("/proc/self/fdinfo").unwrap().flatten();
    let handed_on = numbers.filter(|number| {
        let number = number.file_name().to_string_lossy().parse::<u32>().unwrap_or(0);
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
        number > 2 && flags.is_some_and(|flags| flags & 0o2_000_000 == 0)
    });
    handed_on.count()
}

#[tokio::test]
async fn a_wrapper_of_a_wrapper_leaves_no_worker() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let worker = format!("trap '' TERM; {TEST_UPSTREAM} ignore-term log {}; :", log.display());
    let wrapper = format!("trap '' TERM; sh -c \"{worker}\"; :");
    let config = mcp::upstream::UpstreamConfig::new(
        ServerId::new("a"),
        mcp::upstream::Transport::stdio("sh", ["-c".to_owned(), wrapper]),
    );
    let fleet = fleet(vec![trusted(config)]).await;
    assert_eq!(fleet.snapshot().tools().len(), 7, "{:?}", fleet.status());
    let group = group_of(*started(&log).last().unwrap());
    until("all of them run", || living_in(group) >= 5).await;
    println!("{} processes in the group", living_in(group));
    fleet.stop(Duration::from_secs(1)).await;
    assert_eq!(living_in(group), 0);
}
