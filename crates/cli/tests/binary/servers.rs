//! Servers that stand, and servers that do not.

use std::time::{Duration, Instant};

use crate::run::run;

/// A server that exits at once with a last word, one that never says
/// anything, and one that is not there.
const FALLEN: &str = r#"
[servers.dead]
command = "sh"
args = ["-c", "echo out of disk >&2; exit 3"]
[servers.silent]
command = "sleep"
args = ["300"]
start_timeout = "1s"
[servers.absent]
command = "/nowhere/at/all"
"#;

#[test]
fn the_demo_servers_stand() {
    let ended = run(["--demo", "servers"]).end().with_code(0);
    ended.says(&["filesystem", "github", "slack", "sql", "ready", "2026-07-28"]).leaves_nothing();
    let servers = run(["--demo", "servers", "--json"]).end().with_code(0).json();
    assert_eq!(servers.as_array().unwrap().len(), 4);
}

#[test]
fn servers_that_do_not_stand_are_named_with_the_reason() {
    let started = Instant::now();
    let ended = run(["servers"]).file("concertmaster.toml", FALLEN).end().with_code(3);
    ended.says(&["dead", "out of disk", "silent", "within 1 s", "absent", "/nowhere/at/all"]);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let servers = run(["servers", "--json"]).file("concertmaster.toml", FALLEN).end().with_code(3).json();
    let states: Vec<&str> = servers.as_array().unwrap().iter().filter_map(|s| s["state"]["is"].as_str()).collect();
    assert_eq!(states, ["failed", "failed", "failed"]);
}

#[test]
fn a_query_to_servers_that_do_not_stand_says_which() {
    run(["ask", "list the files"])
        .file("concertmaster.toml", FALLEN)
        .end()
        .with_code(1)
        .says(&["dead", "silent", "absent"]);
}

#[test]
fn check_looks_at_the_file_and_at_every_server() {
    run(["--demo", "check"]).end().with_code(0).says(&["in order", "github", "ready"]);
    run(["check"]).file("concertmaster.toml", FALLEN).end().with_code(3).says(&["in order", "out of disk"]);
}

#[test]
fn check_starts_what_is_in_order_beside_what_is_not() {
    let text = format!("{FALLEN}\n[servers.broken]\ncomand = \"sh\"\n");
    let ended = run(["check"]).file("concertmaster.toml", &text).end().with_code(2);
    ended.says(&["has 1 fault:", "did you mean `command`?", "dead", "out of disk"]);
    let json = run(["check", "--json"]).file("concertmaster.toml", &text).end().with_code(2).json();
    assert_eq!((json["faults"].as_array().unwrap().len(), json["servers"].as_array().unwrap().len()), (1, 3));
}

#[test]
fn a_label_for_a_tool_that_is_not_there_is_a_fault() {
    let place = tempfile::tempdir().unwrap();
    demo::Workspace::materialise(place.path()).unwrap();
    let program = env!("CARGO_BIN_EXE_concertmaster");
    let text = format!(
        "[servers.sql]\ncommand = '{program}'\nargs = [\"demo\", \"--serve\", \"sql\", \"--workspace\", '{}']\n\
         effects = {{ querry = \"read\" }}\n",
        place.path().display()
    );
    run(["check"]).file("concertmaster.toml", &text).end().with_code(2).says(&["querry", "did you mean `query`?"]);
}

#[test]
fn tools_are_listed_and_found() {
    run(["--demo", "tools"]).end().with_code(0).says(&["github.merge_pull_request", "destructive", "its annotation"]);
    let found = run(["--demo", "tools", "read a file"]).end().with_code(0);
    found.says(&["filesystem.read_file", "\"read\" in its name"]);
    let found = run(["--demo", "tools", "--json", "merge a pull request"]).end().with_code(0).json();
    assert_eq!(found[0]["tool"], "github.merge_pull_request");
    run(["--demo", "tools", "zzz qqq"]).end().with_code(0).says(&["No tool has anything to do"]);
}

#[test]
fn a_clients_file_is_taken_as_it_is() {
    let text = r#"{
        // Kept as the client wrote it.
        "mcpServers": {
            "my server": { "command": "sh", "args": ["-c", "exit 1"], "autoApprove": ["x"] },
            "off": { "command": "sh", "disabled": true },
        }
    }"#;
    run(["servers", "-v"]).file("mcp.json", text).end().with_code(3).says(&[
        "`my server` is called `my-server` here",
        "`off` is left out",
        "my-server",
    ]);
}
