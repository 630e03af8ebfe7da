//! Servers that do not start, fall silent or die, among others that live.

use std::time::{Duration, Instant};

use catalog::ServerId;
use mcp::upstream::{ServerState, Transport, UpstreamConfig};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use synthesize::Status;

use crate::ground::Ground;
use crate::rig::{self, answer, refusal, steps, until};
use crate::servers;

/// The longest a query over living servers may take, whoever else is dead.
const PROMPT: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn dead_servers_neither_delay_nor_fail_the_others() {
    let ground = Ground::new();
    let dead = Transport::stdio("sh", ["-c", "echo 'no licence' >&2; exit 3"]);
    let absent = Transport::stdio("no-such-mcp-server", [""; 0]);
    let mut silent = UpstreamConfig::new(ServerId::new("silent"), Transport::stdio("sleep", ["600"]));
    silent.start_timeout = Duration::from_secs(3);
    let configs = vec![
        servers::filesystem(&ground),
        UpstreamConfig::new(ServerId::new("dead"), dead),
        UpstreamConfig::new(ServerId::new("absent"), absent),
        silent,
        servers::memory(&ground),
    ];
    rig::with(configs, async |rig| {
        for (id, told) in [
            ("dead", &["`dead`", "status 3", "no licence"][..]),
            ("absent", &["`absent`", "`no-such-mcp-server`"]),
            ("silent", &["`silent`", "3 s"]),
        ] {
            let mut fault = None;
            until(id, || {
                if let ServerState::Failed(found) = rig.state(id) {
                    fault = Some(found);
                }
                fault.is_some()
            })
            .await;
            let message = fault.expect("it failed").message;
            assert!(told.iter().all(|told| message.contains(told)), "{id}: {message}");
        }

        let began = Instant::now();
        let query = format!("list the directory {} and read the knowledge graph", ground.files().display());
        let outcome = rig.ask(&query).await;
        assert_eq!(steps(&outcome), ["filesystem.list_directory ok", "memory.read_graph ok"]);
        assert_eq!(answer(&outcome).status, Status::Complete);
        assert!(began.elapsed() < PROMPT, "{:?}", began.elapsed());

        let outcome = rig.ask("book me a flight to Oslo").await;
        let message = &refusal(&outcome).message;
        assert!(["`absent`", "`dead`", "`silent`"].iter().all(|id| message.contains(id)), "{message}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn a_server_killed_during_a_call_is_named_and_comes_back() {
    let ground = Ground::new();
    rig::with(vec![servers::filesystem(&ground), servers::everything()], async |rig| {
        let long = json!({"duration": 60, "steps": 2});
        let plan = json!({"steps": [
            {"id": "long", "tool": "everything.trigger-long-running-operation", "args": long},
            {"id": "notes", "tool": "filesystem.read_text_file", "args": {"path": ground.file("notes.txt")}},
        ]});
        let murder = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let marked = rig.traces.marked();
            let victim = marked.iter().find(|process| process.command_line.contains("mcp-server-everything"));
            let victim = Pid::from_raw(victim.expect("it runs").id).expect("a process");
            kill_process(victim, Signal::KILL).expect("it is ours");
        };
        let began = Instant::now();
        let (outcome, ()) = tokio::join!(rig.run(&plan), murder);
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        let answer = answer(&outcome);
        assert_eq!(answer.status, Status::Partial);
        assert!(answer.text.contains("The retry budget is twenty per cent."), "{}", answer.text);
        let [missing] = answer.missing.as_slice() else { panic!("{:?}", answer.missing) };
        assert!(missing.why.contains("everything") && missing.why.contains("signal 9"), "{}", missing.why);

        until("it is started again", || rig.starts("everything") == 2).await;
        until("it can be called again", || matches!(rig.state("everything"), ServerState::Ready(_))).await;
        assert_eq!(rig.result("everything.echo", json!({"message": "again"})).await, json!("Echo: again"));
    })
    .await;
}
