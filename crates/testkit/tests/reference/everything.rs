//! `server-everything`: both its transports, progress, cancelling and
//! deadlines.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dispatch::StepEvent;
use engine::{Called, Event, Request};
use mcp::upstream::Transport;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::rig::{self, Rig, answer, refusal, steps};
use crate::{installed, servers};

/// The longest the HTTP server may take to listen.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(60);

/// The server listens everywhere; its tests do so on loopback alone, at a port
/// that is free, and say which.
const ON_LOOPBACK: &str = "data:text/javascript,import net from 'node:net';\
    const listen = net.Server.prototype.listen;\
    net.Server.prototype.listen = function (port, ...rest) {\
      this.once('listening', () => console.error('port', this.address().port));\
      return listen.call(this, 0, '127.0.0.1', ...rest);\
    };";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn it_serves_over_standard_input_and_output() {
    rig::with(vec![servers::everything()], async |rig| serves(rig).await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn it_serves_over_http() {
    let mut server = HttpServer::start().await;
    let config = servers::server("everything", Transport::http(&server.url));
    rig::with(vec![config], async |rig| serves(rig).await).await;
    assert!(server.child.try_wait().unwrap().is_none(), "a server that we did not start is not ours to end");
    server.child.kill().await.unwrap();
}

/// What is the same over either transport.
async fn serves(rig: &Rig) {
    let ready = rig.ready("everything");
    assert_eq!((ready.era, ready.protocol.as_str(), ready.skipped), ("legacy", "2025-11-25", Vec::new()));

    let outcome = rig.ask("echo \"hello there\"").await;
    assert_eq!(steps(&outcome), ["everything.echo ok"]);
    assert!(answer(&outcome).text.contains("Echo: hello there"), "{}", answer(&outcome).text);

    let sum = rig.result("everything.get-sum", json!({"a": 2, "b": 40})).await;
    assert_eq!(sum, json!("The sum of 2 and 40 is 42."));

    let weather = rig.result("everything.get-structured-content", json!({"location": "Chicago"})).await;
    assert!(weather["temperature"].is_number(), "{weather}");

    let Called::Stopped(refused) = rig.call("everything.get-sum", json!({"a": "two"})).await else {
        panic!("arguments that do not fit do not leave")
    };
    let message = &refusal(&refused).message;
    assert!(message.contains("`everything.get-sum` do not fit its schema"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn a_server_sees_only_the_environment_it_is_given() {
    rig::with(vec![servers::everything()], async |rig| {
        let seen = rig.result("everything.get-env", json!({})).await;
        let Value::Object(seen) = seen else { panic!("{seen}") };
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some(), "Cargo sets it for tests");
        assert!(seen.contains_key("PATH"), "{seen:?}");
        let cargos: Vec<&String> = seen.keys().filter(|name| name.starts_with("CARGO")).collect();
        assert!(cargos.is_empty(), "{cargos:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the reference servers: cargo xtask reference-servers"]
async fn a_long_call_tells_its_progress_and_ends_when_it_should() {
    rig::with(vec![servers::everything()], async |rig| {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let request = Request { events: noting(&seen), ..Request::local() };
        let done = call_long(rig, 1, request).await;
        assert!(matches!(done, Called::Result(_)), "{done:?}");
        let seen = seen.lock().unwrap().clone();
        assert!(seen.len() >= 2 && seen.is_sorted(), "{seen:?}");

        let late = Request { within: Some(Duration::from_secs(1)), ..Request::local() };
        let cancelled = Request::local();
        let cancel = cancelled.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            cancel.cancel();
        });
        for (request, code) in [(late, "timed_out"), (cancelled, "cancelled")] {
            let began = Instant::now();
            let Called::Stopped(outcome) = call_long(rig, 60, request).await else { panic!("it takes a minute") };
            assert_eq!(refusal(&outcome).faults[0].code.as_str(), code, "{outcome:?}");
            assert!(began.elapsed() < Duration::from_secs(5), "{code} after {:?}", began.elapsed());
        }
        // The server is none the worse for it.
        assert_eq!(rig.result("everything.echo", json!({"message": "still"})).await, json!("Echo: still"));
    })
    .await;
}

async fn call_long(rig: &Rig, seconds: u32, request: Request) -> Called {
    let Value::Object(arguments) = json!({"duration": seconds, "steps": 4}) else { unreachable!() };
    rig.engine.call("everything.trigger-long-running-operation", arguments, request).await
}

/// Notes how far a call has come.
fn noting(seen: &Arc<Mutex<Vec<f64>>>) -> engine::Events {
    let seen = Arc::clone(seen);
    Arc::new(move |event| {
        if let Event::Step { event: StepEvent::Progressed { progress, .. }, .. } = event {
            seen.lock().expect("not poisoned").push(progress.progress);
        }
    })
}

/// The server over Streamable HTTP, a child of the test; killed with it.
struct HttpServer {
    url: String,
    child: Child,
    /// Open, so that it can go on writing.
    _words: Lines<BufReader<ChildStderr>>,
}

impl HttpServer {
    async fn start() -> Self {
        let mut command = Command::new("node");
        command.args(["--import", ON_LOOPBACK, &installed::from_npm("mcp-server-everything"), "streamableHttp"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("node starts");
        let mut words = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let port = async {
            while let Some(line) = words.next_line().await.expect("readable") {
                if let Some(port) = line.strip_prefix("port ") {
                    return port.to_owned();
                }
            }
            panic!("the server ended before it listened")
        };
        let port = timeout(LISTEN_TIMEOUT, port).await.expect("it listens in time");
        Self { url: format!("http://127.0.0.1:{port}/mcp"), child, _words: words }
    }
}
