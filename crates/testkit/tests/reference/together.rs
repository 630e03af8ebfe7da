//! All six at once: plain words find their server, data flows from one to
//! another, and what cannot be done is said.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use engine::{Decision, InputRequired, RefusalReason};
use serde_json::json;
use synthesize::Status;

use crate::ground::Ground;
use crate::rig::{self, Rig, answer, json as shown, refusal, steps, waiting};
use crate::servers;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn each_starts_and_is_known_by_its_revision_name_and_tools() {
    let ground = Ground::new();
    rig::with(servers::all(&ground), async |rig| {
        let rows = [
            // Four of them it lists only to clients that can be asked.
            ("everything", "legacy", "2025-11-25", "mcp-servers/everything", 17, "everything.get-sum"),
            ("filesystem", "legacy", "2025-11-25", "secure-filesystem-server", 14, "filesystem.list_directory"),
            ("git", "modern", "2026-07-28", "mcp-git", 12, "git.git_log"),
            ("memory", "legacy", "2025-11-25", "memory-server", 9, "memory.read_graph"),
            ("sqlite", "legacy", "2025-11-25", "sqlite", 6, "sqlite.read_query"),
            ("time", "modern", "2026-07-28", "mcp-time", 2, "time.convert_time"),
        ];
        for (id, era, protocol, name, tools, one) in rows {
            let ready = rig.ready(id);
            assert_eq!(
                (ready.era, ready.protocol.as_str(), ready.name.as_deref()),
                (era, protocol, Some(name)),
                "{id}"
            );
            assert_eq!((ready.tools, ready.skipped.len()), (tools, 0), "{id}: {:?}", ready.skipped);
            assert!(ready.version.is_some(), "{id}");
            assert!(rig.engine.catalog().find(one).is_some(), "{one}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn plain_words_find_their_servers() {
    let ground = Ground::new();
    let (files, repository) = (ground.files().display().to_string(), ground.repository());
    let notes = ground.file("notes.txt");
    rig::with(servers::all(&ground), async |rig| {
        let rows: [(String, &[&str]); 10] = [
            ("get the current time in timezone Asia/Tokyo".into(), &["time.get_current_time"]),
            (format!("show the git log of {repository}"), &["git.git_log"]),
            (format!("git status of {repository}"), &["git.git_status"]),
            ("list the tables".into(), &["sqlite.list_tables"]),
            ("describe the table orders".into(), &["sqlite.describe_table"]),
            (format!("list the directory {files}"), &["filesystem.list_directory"]),
            ("read the knowledge graph".into(), &["memory.read_graph"]),
            ("echo \"hello there\"".into(), &["everything.echo"]),
            (format!("show the git log of {repository} and list the tables"), &["git.git_log", "sqlite.list_tables"]),
            (
                format!("read the text file {notes} and git status of {repository}"),
                &["filesystem.read_text_file", "git.git_status"],
            ),
        ];
        for (query, tools) in rows {
            let outcome = rig.ask(&query).await;
            let expected: Vec<String> = tools.iter().map(|tool| format!("{tool} ok")).collect();
            assert_eq!(steps(&outcome), expected, "{query}");
            let answer = answer(&outcome);
            assert_eq!(answer.status, Status::Complete, "{query}");
            let cited: BTreeSet<String> =
                answer.citations.iter().map(|source| format!("{}.{}", source.server, source.tool)).collect();
            assert_eq!(cited, tools.iter().map(ToString::to_string).collect(), "{query}: every part is cited");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn what_cannot_simply_be_done_is_said() {
    let ground = Ground::new();
    rig::with(servers::all(&ground), async |rig| {
        unclear(rig, "search for retry", &["filesystem.search_files", "memory.search_nodes"]).await;

        let outcome = rig.ask(&format!("reset the staged changes in {}", ground.repository())).await;
        assert_eq!(waiting(&outcome)[0].call.tool.reference.to_string(), "git.git_reset");

        for query in ["book me a flight to Oslo", "order a pizza", "what is the weather on Mars"] {
            let outcome = rig.ask(query).await;
            assert_eq!(refusal(&outcome).reason, RefusalReason::OutOfScope, "{query}: {}", shown(&outcome));
            assert!(refusal(&outcome).message.contains(query), "{}", refusal(&outcome).message);
        }

        let outcome = rig.ask("show the git log").await;
        let Decision::InputRequired(InputRequired::Argument { tool, schema, .. }) = &outcome.decision else {
            panic!("{}", shown(&outcome))
        };
        assert_eq!((tool.to_string().as_str(), &schema["required"]), ("git.git_log", &json!(["repo_path"])));
    })
    .await;
}

/// The words could mean several servers, and asking with one of the offered
/// readings is clear.
async fn unclear(rig: &Rig, query: &str, tools: &[&str]) {
    let outcome = rig.ask(query).await;
    let Decision::InputRequired(InputRequired::Clarify { options, .. }) = &outcome.decision else {
        panic!("{}", shown(&outcome))
    };
    let offered: BTreeSet<String> = options.iter().map(|option| option.tool.to_string()).collect();
    assert_eq!(offered, tools.iter().map(ToString::to_string).collect());
    for option in options {
        let outcome = rig.ask(&option.query).await;
        let again = matches!(&outcome.decision, Decision::InputRequired(InputRequired::Clarify { .. }));
        assert!(!again, "{}: {}", option.query, shown(&outcome));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn data_flows_from_one_server_to_another() {
    let ground = Ground::new();
    rig::with(servers::all(&ground), async |rig| {
        let observations = [ground.file("notes.txt"), ground.file("absent.txt"), ground.file("minutes/october.md")];
        let reading = json!({"name": "reading", "entityType": "list", "observations": observations});
        rig.result("memory.create_entities", json!({"entities": [reading]})).await;
        let plan = json!({"steps": [
            {"id": "list", "tool": "memory.open_nodes", "args": {"names": ["reading"]}},
            {"id": "files", "tool": "filesystem.read_text_file", "over": "list#/entities/0/observations",
             "args": {"path": {"$item": ""}}},
        ]});
        let outcome = rig.run(&plan).await;
        assert_eq!(steps(&outcome), ["memory.open_nodes ok", "filesystem.read_text_file ok"]);
        let answer = answer(&outcome);
        for expected in ["The retry budget is twenty per cent.", "We keep the five second default."] {
            assert!(answer.text.contains(expected), "{expected}: {}", answer.text);
        }
        assert_eq!(answer.status, Status::Partial, "one of the three files is absent: {}", answer.text);
        assert_eq!(outcome.usage.calls, 4, "the list and three files: {}", shown(&outcome));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn steps_that_do_not_wait_for_each_other_run_at_once() {
    rig::with(vec![servers::everything(), servers::time()], async |rig| {
        let long = |id: &str| {
            let args = json!({"duration": 2, "steps": 1});
            json!({"id": id, "tool": "everything.trigger-long-running-operation", "args": args})
        };
        let now = json!({"id": "now", "tool": "time.get_current_time", "args": {"timezone": "Etc/UTC"}});
        let plan = json!({"steps": [long("a"), long("b"), long("c"), now]});
        let began = Instant::now();
        let outcome = rig.run(&plan).await;
        assert_eq!(answer(&outcome).status, Status::Complete, "{}", shown(&outcome));
        assert!(began.elapsed() < Duration::from_millis(3900), "three of two seconds each: {:?}", began.elapsed());
    })
    .await;
}
