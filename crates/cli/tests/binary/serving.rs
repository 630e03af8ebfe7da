//! `serve`, as a client sees it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::run::{Run, Running, run};

/// A client on the standard streams of a run.
struct Client {
    running: Running,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    next_id: u64,
}

impl Client {
    fn start(args: &[&str]) -> Self {
        Self::of(run(args.iter().copied()))
    }

    fn of(run: Run) -> Self {
        Self::speaking("2025-06-18", json!({}), run)
    }

    fn speaking(revision: &str, capabilities: Value, run: Run) -> Self {
        let mut running = run.start_open();
        let lines = BufReader::new(running.child.stdout.take().unwrap()).lines();
        let mut client = Self { running, lines, next_id: 0 };
        let about = json!({"protocolVersion": revision, "capabilities": capabilities, "clientInfo": {"name": "t", "version": "1"}});
        client.request("initialize", about);
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.running.child.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.answer(method, params)["result"].clone()
    }

    /// The whole message, be it a result or an error.
    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let line = self.lines.next().expect("the server answers").unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == json!(id) {
                return message;
            }
        }
    }

    /// Waits for a notification of that method.
    fn hear(&mut self, method: &str) -> Value {
        loop {
            let line = self.lines.next().expect("the server goes on").unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["method"] == method {
                return message["params"].clone();
            }
        }
    }

    fn read(&mut self, uri: &str) -> String {
        let result = self.request("resources/read", json!({"uri": uri}));
        result["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}")).to_owned()
    }

    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// Has a call go on as a task; the task's id.
    fn call_as_task(&mut self, tool: &str, arguments: Value) -> Value {
        let created = self.request("tools/call", json!({"name": tool, "arguments": arguments, "task": {}}));
        created["task"]["taskId"].clone()
    }

    /// Waits for a task's result; what it asks is answered with the first
    /// choice there is.
    fn result_of(&mut self, task: &Value) -> (Value, usize) {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tasks/result", "params": {"taskId": task}}));
        let mut asked = 0;
        loop {
            let line = self.lines.next().expect("the server answers").unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["method"] == "elicitation/create" {
                asked += 1;
                let params = &message["params"];
                assert_eq!(params["_meta"]["io.modelcontextprotocol/related-task"]["taskId"], *task, "{message}");
                let choice = &params["requestedSchema"]["properties"]["choice"]["enum"][0];
                let answer = json!({"action": "accept", "content": {"choice": choice}});
                self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": answer}));
            } else if message["id"] == json!(id) {
                return (message["result"].clone(), asked);
            }
        }
    }

    /// Closes the input, as a client does when it is done.
    fn leave(mut self) {
        drop(self.running.child.stdin.take());
        let status = self.running.child.wait().unwrap();
        assert_eq!(status.code(), Some(0));
        assert_eq!(self.running.servers(), [0_u32; 0]);
    }
}

#[test]
fn a_client_asks_over_standard_streams() {
    let mut client = Client::start(&["--demo", "serve"]);
    let outcome = client.call("ask", json!({"query": "open PRs and open issues"}));
    assert_eq!(outcome["structuredContent"]["outcome"], "answered", "{outcome}");
    assert!(outcome["content"][0]["text"].as_str().unwrap().contains("#124"));

    let asked = client.call("ask", json!({"query": "search for retry"}));
    assert_eq!(asked["structuredContent"]["outcome"], "input_required", "{asked}");

    let found = client.call("find_tools", json!({"query": "merge a pull request"}));
    assert_eq!(found["structuredContent"]["tools"][0]["name"], "github__merge_pull_request", "{found}");

    let plan = client.call("plan", json!({"query": "open PRs"}));
    assert!(plan["structuredContent"]["plan"].is_object(), "{plan}");

    let names = client.request("tools/list", json!({}));
    let names: Vec<&str> = names["tools"].as_array().unwrap().iter().filter_map(|t| t["name"].as_str()).collect();
    assert!(names.contains(&"ask") && names.contains(&"github__get_pull_request"), "{names:?}");

    let result = client.call("github__get_pull_request", json!({"number": 123}));
    assert!(result["structuredContent"].is_object(), "{result}");
    client.leave();
}

#[test]
fn a_client_cannot_let_a_destructive_call_through() {
    let mut client = Client::start(&["--demo", "serve"]);
    let withheld = client.call("github__merge_pull_request", json!({"number": 123}));
    assert_eq!(withheld["isError"], true, "{withheld}");
    assert_eq!(withheld["structuredContent"]["kind"], "approve", "{withheld}");
    let after = client.call("github__get_pull_request", json!({"number": 123}));
    assert!(after.to_string().contains("open"), "{after}");
    client.leave();
}

#[test]
fn a_client_comes_back_for_an_answer() {
    let mut client = Client::speaking("2025-11-25", json!({"elicitation": {}}), run(["--demo", "serve"]));
    let task = client.call_as_task("ask", json!({"query": "open PRs and open issues"}));
    let (outcome, asked) = client.result_of(&task);
    assert_eq!((&outcome["structuredContent"]["outcome"], asked), (&json!("answered"), 0), "{outcome}");
    let look = client.request("tasks/get", json!({"taskId": task}));
    assert_eq!(look["status"], "completed", "{look}");
    assert!(look["statusMessage"].as_str().unwrap().starts_with("2 of 2: s"), "its steps are told: {look}");

    let task = client.call_as_task("ask", json!({"query": "search for retry"}));
    let (outcome, asked) = client.result_of(&task);
    assert_eq!((&outcome["structuredContent"]["outcome"], asked), (&json!("answered"), 1), "{outcome}");

    // Policy holds in a task as everywhere.
    let merge = json!({"name": "github.merge_pull_request", "arguments": {"number": 123}});
    let task = client.call_as_task("call_tool", merge);
    let (withheld, _) = client.result_of(&task);
    assert_eq!((&withheld["isError"], &withheld["structuredContent"]["kind"]), (&json!(true), &json!("approve")));
    assert_eq!(client.request("tasks/get", json!({"taskId": task}))["status"], "failed");
    let after = client.call("github__get_pull_request", json!({"number": 123}));
    assert!(after.to_string().contains("open"), "{after}");
    client.leave();
}

#[test]
fn http_is_served_on_a_loopback_address_and_on_no_other() {
    run(["--demo", "serve", "--http", "0.0.0.0:0"]).end().with_code(2).says(&["0.0.0.0", "127.0.0.1"]).leaves_nothing();

    let mut running = run(["--demo", "serve", "--http", "127.0.0.1:0"]).start_open();
    let mut told = BufReader::new(running.child.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on http://").unwrap();
    let (address, path) = url.split_once('/').unwrap();
    let about = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params":
        {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}})
    .to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(
        stream,
        "POST /{path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{about}",
        about.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.signal("TERM");
    let temporary = running.place.path().join("tmp");
    assert!(running.child.wait().unwrap().code().is_some());
    crate::run::until("nothing is left", || crate::run::processes_naming(&temporary).is_empty());
}

/// A server whose resources tell how often they were read, and stay fresh for
/// a minute. Reading `note:poke` makes it say that `note:1` changed.
const NOTES: &str = r#"
[servers.notes]
command = "sh"
args = ["-c", '''
n=0
say() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/p')
  case "$line" in
    *'"server/discover"'*) say '"error":{"code":-32601,"message":"unknown"}' ;;
    *'"initialize"'*) say '"result":{"protocolVersion":"2025-06-18","capabilities":{"resources":{"subscribe":true}},"serverInfo":{"name":"s","version":"1"}}' ;;
    *'"tools/list"'*) say '"result":{"tools":[]}' ;;
    *'"resources/list"'*) say '"result":{"resources":[{"uri":"note:1","name":"one"},{"uri":"note:poke","name":"poke"}]}' ;;
    *'"resources/templates/list"'*) say '"result":{"resourceTemplates":[]}' ;;
    *'"resources/subscribe"'*) say '"result":{}' ;;
    *'"resources/read"'*) n=$((n+1)); say '"result":{"contents":[{"uri":"note:1","text":"read '$n'"}],"ttlMs":60000}'
      case "$line" in *note:poke*) printf '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"note:1"}}\n' ;; esac ;;
  esac
done
''']
"#;

#[test]
fn a_resource_over_the_cap_is_refused_and_read_by_its_handle() {
    let notes = NOTES.replace("\"read '$n'\"", "\"'$(printf '%05000d' $n)'\"") + "\n[limits]\nresult_bytes = 4096\n";
    let mut client = Client::of(run(["serve"]).file("concertmaster.toml", &notes));
    let refused = client.answer("resources/read", json!({"uri": "note:1"}));
    let message = refused["error"]["message"].as_str().unwrap_or_else(|| panic!("{refused}"));
    assert!(message.contains("`result_bytes` is 4096"), "{message}");
    let handle = message.split("\"handle\":\"").nth(1).and_then(|on| on.split('"').next()).unwrap();
    let page = client.call("read_result", json!({"handle": handle}));
    let part = page["structuredContent"]["part"].as_str().unwrap_or_else(|| panic!("{page}"));
    assert!(part.starts_with("000") && page["structuredContent"]["total"] == 5000, "{page}");
    client.leave();
}

#[test]
fn a_resource_that_was_updated_is_read_anew() {
    let mut client = Client::of(run(["serve"]).file("concertmaster.toml", NOTES));
    client.request("resources/subscribe", json!({"uri": "note:1"}));
    assert_eq!(client.read("note:1"), "read 1");
    assert_eq!(client.read("note:1"), "read 1", "it stays fresh for a minute");
    assert_eq!(client.read("note:poke"), "read 2");
    assert_eq!(client.hear("notifications/resources/updated")["uri"], "note:1");
    assert_eq!(client.read("note:1"), "read 3");
    client.leave();
}

/// A server whose one tool takes as long as it is told to, in tenths of a
/// second, and which leaves a mark when it has begun.
const SLOW: &str = r#"
[servers.slow]
command = "sh"
args = ["-c", '''
trap "" TERM
say() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/p')
  case "$line" in
    *'"server/discover"'*) say '"error":{"code":-32601,"message":"unknown"}' ;;
    *'"initialize"'*) say '"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}' ;;
    *'"tools/list"'*) say '"result":{"tools":[{"name":"get_slow","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*) echo begun > "$MARK"; sleep SECONDS; say '"result":{"content":[{"type":"text","text":"finished"}]}' ;;
  esac
done
''']
inherit_env = ["PATH"]
[servers.slow.env]
MARK = "MARKED"
[servers.slow.effects]
get_slow = "read"
"#;

/// Asks a run of `serve` to end whose slow call has begun: its exit status,
/// the answer to the call, and how long it took to end.
fn asked_to_end(seconds: &str) -> (i32, String, Duration) {
    let place = tempfile::tempdir().unwrap();
    let mark = place.path().join("mark");
    let config = SLOW.replace("SECONDS", seconds).replace("MARKED", mark.to_str().unwrap());
    let mut running = run(["serve", "--http", "127.0.0.1:0"]).file("concertmaster.toml", &config).start_open();
    let mut told = BufReader::new(running.child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("listening on http://") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "it never listens");
    }
    let address = line.trim().strip_prefix("listening on http://").unwrap().split('/').next().unwrap().to_owned();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"name": "slow__get_slow", "arguments": {}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(
        stream,
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: */*\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: slow__get_slow\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    crate::run::until("the call has begun", || mark.exists());
    running.signal("TERM");
    let asked = std::time::Instant::now();
    crate::run::until("no new client is taken", || TcpStream::connect(&address).is_err());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    let code = running.child.wait().unwrap().code().unwrap();
    let took = asked.elapsed();
    let worker = mark.to_str().unwrap().to_owned();
    crate::run::until("no server is left", || crate::run::processes_naming(std::path::Path::new(&worker)).is_empty());
    (code, answer, took)
}

#[test]
fn asked_to_end_it_finishes_what_it_began_and_no_more() {
    let (code, answer, _) = asked_to_end("1");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("finished"), "{answer}");
    assert_eq!(code, 0, "{answer}");
    // What takes longer than there is time for is cut off.
    let (_, answer, took) = asked_to_end("60");
    assert!(!answer.contains("finished"), "{answer}");
    assert!(took < Duration::from_secs(20), "it drained for {took:?}");
}

#[test]
fn asked_to_end_it_answers_over_pipes_what_it_was_asked() {
    let place = tempfile::tempdir().unwrap();
    let mark = place.path().join("mark");
    let config = SLOW.replace("SECONDS", "1").replace("MARKED", mark.to_str().unwrap());
    let mut client = Client::of(run(["serve"]).file("concertmaster.toml", &config));
    client.send(&json!({"jsonrpc": "2.0", "id": 50, "method": "tools/call", "params": {"name": "slow__get_slow", "arguments": {}}}));
    crate::run::until("the call has begun", || mark.exists());
    client.running.signal("TERM");
    let answer = client.lines.by_ref().map_while(Result::ok).find(|line| line.contains("\"id\":50"));
    assert!(answer.as_deref().unwrap_or_default().contains("finished"), "{answer:?}");
    assert_eq!(client.running.child.wait().unwrap().code(), Some(0));
}
