//! Several principals before one `serve`: what each sees and uses, and that
//! nothing crosses from one to another.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use demo::Workspace;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Running, run};

/// Servers beside the demo's: one with a resource that says it is for all.
const NOTES: &str = r#"
[servers.notes]
command = "sh"
args = ["-c", '''
say() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/p')
  case "$line" in
    *'"server/discover"'*) say '"error":{"code":-32601,"message":"unknown"}' ;;
    *'"initialize"'*) say '"result":{"protocolVersion":"2025-06-18","capabilities":{"resources":{},"prompts":{}},"serverInfo":{"name":"s","version":"1"},"instructions":"Mind the notes."}' ;;
    *'"tools/list"'*) say '"result":{"tools":[]}' ;;
    *'"prompts/list"'*) say '"result":{"prompts":[{"name":"greet"}]}' ;;
    *'"resources/list"'*) say '"result":{"resources":[{"uri":"note:1","name":"one"}]}' ;;
    *'"resources/templates/list"'*) say '"result":{"resourceTemplates":[]}' ;;
    *'"resources/read"'*) say '"result":{"contents":[{"uri":"note:1","text":"one"}],"ttlMs":60000,"cacheScope":"public"}' ;;
  esac
done
''']
"#;

const PRINCIPALS: &str = r#"
[principals.alice]
token = "${ALICE}"
[principals.bob]
token = "${BOB}"
tools = ["github.get_*", "github.list_*"]
[principals.carol]
token = "${CAROL}"
servers = ["notes", "slack"]

[servers.slack.per_tool.list_channels.budget]
calls_per_day = 1

[cache]
ttl = "0s"

[limits]
result_bytes = 4096

[state]
directory = "state"
"#;

const ALICE: &str = "alice-0123456789abcdefghij";
const BOB: &str = "bob-0123456789abcdefghijkl";
const CAROL: &str = "carol-0123456789abcdefghij";

/// `serve` over HTTP with the principals above.
struct Door {
    running: Running,
    address: String,
    directory: TempDir,
}

impl Door {
    fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let workspace = directory.path().join("workspace");
        std::fs::create_dir(&workspace).unwrap();
        Workspace::materialise(&workspace).unwrap();
        let server = |name: &str| {
            let (program, workspace) = (env!("CARGO_BIN_EXE_concertmaster"), workspace.to_str().unwrap());
            format!(
                "[servers.{name}]\ncommand = '{program}'\nargs = ['demo', '--serve', '{name}', '--workspace', \
                 '{workspace}']\ntrust_annotations = true\n"
            )
        };
        let servers: String = ["filesystem", "github", "slack"].map(server).concat();
        let config = directory.path().join("concertmaster.toml");
        std::fs::write(&config, format!("{servers}{NOTES}{PRINCIPALS}")).unwrap();
        let args = ["--config", config.to_str().unwrap(), "serve", "--http", "127.0.0.1:0"];
        let run = run(args).variable("ALICE", ALICE).variable("BOB", BOB).variable("CAROL", CAROL);
        let mut running = run.start_open();
        let mut told = BufReader::new(running.child.stderr.take().unwrap());
        let mut line = String::new();
        told.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        let address = url.split_once('/').unwrap().0.to_owned();
        Self { running, address, directory }
    }

    /// One request of whoever shows this token: the whole message.
    fn answer(&self, token: &str, method: &str, mut params: Value) -> Value {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let name = params.get("name").or(params.get("uri")).and_then(Value::as_str);
        let name = name.map(|name| format!("Mcp-Name: {name}\r\n")).unwrap_or_default();
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(
            stream,
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n\
             {name}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
    }

    fn ask(&self, token: &str, method: &str, params: Value) -> Value {
        let answer = self.answer(token, method, params);
        answer.get("result").unwrap_or_else(|| panic!("{answer}")).clone()
    }

    fn call(&self, token: &str, tool: &str, arguments: Value) -> Value {
        self.answer(token, "tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// What an own tool of ours comes to.
    fn told(&self, token: &str, tool: &str, arguments: Value) -> Value {
        let answer = self.call(token, tool, arguments);
        answer["result"]["structuredContent"].clone()
    }

    /// What a list names.
    fn names(&self, token: &str, method: &str, list: &str, member: &str) -> Vec<String> {
        let listed = self.ask(token, method, json!({}));
        assert_eq!(listed["cacheScope"], "private");
        let named = listed[list].as_array().unwrap().iter().map(|entry| entry[member].as_str().unwrap().to_owned());
        named.collect()
    }

    /// Waits until the slowest server is up.
    fn settle(&self) {
        let up = || {
            let names = self.names(ALICE, "tools/list", "tools", "name");
            let resources = self.names(ALICE, "resources/list", "resources", "uri");
            ["github__", "slack__", "filesystem__"].iter().all(|s| names.iter().any(|name| name.starts_with(s)))
                && !resources.is_empty()
        };
        crate::run::until("every server is up", up);
    }

    /// The program in another terminal.
    fn beside(&self, args: &[&str]) -> crate::run::Ended {
        let config = self.directory.path().join("concertmaster.toml");
        let args = ["--config", config.to_str().unwrap()].into_iter().chain(args.iter().copied());
        run(args).variable("ALICE", ALICE).variable("BOB", BOB).variable("CAROL", CAROL).end()
    }

    fn close(mut self) {
        self.running.signal("TERM");
        assert!(self.running.child.wait().unwrap().code().is_some());
    }
}

/// The same message about another name.
fn about(message: &Value, name: &str) -> String {
    message.to_string().replace(name, "NAME")
}

#[test]
fn each_sees_and_uses_what_is_theirs() {
    let door = Door::open();
    door.settle();
    let own = ["ask", "plan", "run_plan", "find_tools", "call_tool", "read_result", "resume"];
    let others = |token| -> Vec<String> {
        let names = door.names(token, "tools/list", "tools", "name");
        names.into_iter().filter(|name| !own.contains(&name.as_str())).collect()
    };
    let (all, bobs, carols) = (others(ALICE), others(BOB), others(CAROL));
    let expected: Vec<String> = all
        .iter()
        .filter(|name| name.starts_with("github__get_") || name.starts_with("github__list_"))
        .cloned()
        .collect();
    assert!(bobs.len() > 3 && bobs == expected && bobs.len() < all.len(), "{bobs:?}");
    assert!(!carols.is_empty() && carols.iter().all(|name| name.starts_with("slack__")), "{carols:?}");

    // What is not theirs is as what is nowhere.
    for name in ["github__merge_pull_request", "slack__post_message", "filesystem__read_file"] {
        let (withheld, nowhere) = (door.call(BOB, name, json!({})), door.call(BOB, "github__nowhere", json!({})));
        assert_eq!(about(&withheld, name), about(&nowhere, "github__nowhere"), "{name}");
        let by_name = |name: &str| door.call(BOB, "call_tool", json!({"name": name, "arguments": {}}));
        let dotted = name.replacen("__", ".", 1);
        assert_eq!(about(&by_name(&dotted), &dotted), about(&by_name("github.nowhere"), "github.nowhere"), "{name}");
        let plan = |tool: &str| door.told(BOB, "run_plan", json!({"plan": {"steps": [{"id": "s1", "tool": tool}]}}));
        let refused = plan(&dotted);
        assert_eq!((&refused["outcome"], &refused["plan"]), (&"refused".into(), &Value::Null), "{refused}");
        assert_eq!(refused["faults"][0]["code"], "unknown_tool", "{refused}");
        assert_eq!(plan("github.nowhere")["faults"][0]["code"], "unknown_tool");
    }
    let seen = door.beside(&["tools", "--as", "bob", "--json"]).with_code(0).json();
    let seen: Vec<&str> = seen.as_array().unwrap().iter().map(|tool| tool["public_name"].as_str().unwrap()).collect();
    assert_eq!(seen, bobs);
    door.beside(&["tools", "--as", "eve"]).with_code(2).says(&["there are alice, bob, carol"]);
    let read = door.call(BOB, "github__get_pull_request", json!({"number": 123}));
    assert!(read["result"]["structuredContent"].is_object(), "his own tool serves him: {read}");

    let found = |token, query: &str| door.told(token, "find_tools", json!({"query": query, "limit": 50})).to_string();
    assert!(found(ALICE, "merge a pull request").contains("merge_pull_request"));
    let bobs_finds = found(BOB, "merge a pull request");
    assert!(bobs_finds.contains("github") && !bobs_finds.contains("merge_pull_request"), "{bobs_finds}");
    assert!(!found(BOB, "post a message to a channel").contains("slack"));
    let planned = |token| door.told(token, "plan", json!({"query": "list the channels"})).to_string();
    assert!(planned(ALICE).contains("slack.list_channels") && !planned(BOB).contains("slack"), "{}", planned(BOB));
    let asked = door.told(BOB, "ask", json!({"query": "open PRs"}));
    assert_eq!(asked["outcome"], "answered", "{asked}");

    let shelves = |token| {
        let resources = door.names(token, "resources/list", "resources", "uri");
        let prompts = door.names(token, "prompts/list", "prompts", "name");
        let says =
            door.ask(token, "server/discover", json!({}))["instructions"].to_string().contains("Mind the notes.");
        (resources.len(), prompts.len(), says)
    };
    assert_eq!([ALICE, BOB, CAROL].map(shelves), [(1, 1, true), (0, 0, false), (1, 1, true)]);
    let note = door.ask(CAROL, "resources/read", json!({"uri": "note:1"}));
    assert_eq!((&note["contents"][0]["text"], &note["cacheScope"]), (&"one".into(), &"private".into()));
    let reading = |uri: &str| door.answer(BOB, "resources/read", json!({"uri": uri}));
    assert_eq!(about(&reading("note:1"), "note:1"), about(&reading("note:9"), "note:9"));
    let getting = |name: &str| door.answer(BOB, "prompts/get", json!({"name": name}));
    assert_eq!(about(&getting("notes__greet"), "notes__greet"), about(&getting("notes__nowhere"), "notes__nowhere"));
    let completing = |name: &str| {
        let reference = json!({"type": "ref/prompt", "name": name});
        door.answer(BOB, "completion/complete", json!({"ref": reference, "argument": {"name": "a", "value": "b"}}))
    };
    assert_eq!(completing("notes__greet"), completing("notes__nowhere"));
    door.close();
}

#[test]
fn nothing_crosses_from_one_to_another() {
    let door = Door::open();
    door.settle();

    // What waits for Alice goes on for her alone, once.
    let waits = door.told(ALICE, "ask", json!({"query": "merge PR 123"}));
    let carried = waits["resume"].as_str().unwrap_or_else(|| panic!("{waits}"));
    let id = waits["approval"]["id"].as_str().unwrap();
    door.beside(&["approvals"]).with_code(0).says(&[id, "for alice"]);
    door.beside(&["approvals", "approve", id]).with_code(0);
    let resumed = |token, text: &str| door.told(token, "resume", json!({"resume": text}));
    let foreign = resumed(CAROL, carried);
    assert_eq!(foreign["faults"][0]["code"], "resume_unknown", "{foreign}");
    assert_eq!(foreign["faults"][0], resumed(CAROL, "forged")["faults"][0]);
    assert_eq!(resumed(ALICE, carried)["outcome"], "answered");
    assert_eq!(resumed(ALICE, carried)["faults"][0]["code"], "resume_used");

    // So does the rest of a result that was cut.
    let cut = door.call(ALICE, "github__get_pull_request_diff", json!({"number": 123}));
    let handle = cut["result"]["_meta"]["concertmaster/cut"]["handle"].as_str();
    let handle = handle.unwrap_or_else(|| panic!("{cut}"));
    let on = |token, handle: &str| door.told(token, "read_result", json!({"handle": handle}));
    assert_eq!(on(BOB, handle)["error"], on(BOB, "nowhere")["error"]);
    assert_eq!(on(BOB, handle)["error"]["code"], "unknown_handle");
    assert!(on(ALICE, handle)["part"].is_string() || on(ALICE, handle)["part"].is_array());

    // And what one spends is not another's.
    let channels = |token| door.call(token, "slack__list_channels", json!({}))["result"]["isError"] == true;
    assert!(!channels(ALICE), "there is room for one");
    assert!(channels(ALICE), "and for no more");
    assert!(!channels(CAROL), "another's is her own");
    door.close();
}

#[test]
fn a_shaped_server_looks_the_same_from_everywhere() {
    let shape = r#"
include = ["list_*", "get_*", "search"]
exclude = ["list_commits"]
rename = { get_pull_request = "show_pull_request" }
fixed.list_pull_requests = { state = "closed" }
"#;
    let ours = demo_github(shape);
    let at = ours.path().join("concertmaster.toml");
    let at = at.to_str().unwrap();
    let with = |args: &[&str]| run(["--config", at].into_iter().chain(args.iter().copied())).end();
    let tools = with(&["tools", "--json"]).with_code(0).json();
    let names: Vec<&str> = tools.as_array().unwrap().iter().map(|tool| tool["tool"].as_str().unwrap()).collect();
    assert!(names.contains(&"github.show_pull_request") && !names.contains(&"github.get_pull_request"), "{names:?}");
    assert!(!names.contains(&"github.merge_pull_request") && !names.contains(&"github.list_commits"), "{names:?}");
    let servers = with(&["servers", "--json"]).with_code(0).json();
    assert_eq!(servers[0]["state"]["offered"], names.len(), "{servers}");
    let listed = tools.as_array().unwrap().iter().find(|tool| tool["tool"] == "github.list_pull_requests").unwrap();
    assert!(listed["input_schema"]["properties"].get("state").is_none(), "{listed}");
    assert_eq!(listed["fixed"], json!({"state": "closed"}), "{listed}");

    with(&["call", "github.show_pull_request", "number=123"]).with_code(0).says(&["123"]);
    with(&["call", "github.get_pull_request", "number=123"]).with_code(2).says(&["there is no tool"]);
    let closed = with(&["call", "--json", "github.list_pull_requests"]).with_code(0).json();
    assert!(closed.to_string().contains("closed") || closed.to_string().contains("merged"), "{closed}");
    with(&["call", "github.list_pull_requests", "state=open"]).with_code(2).says(&["`state`", "fixed by the operator"]);
    with(&["plan", "PR 123"]).with_code(0).says(&["github.show_pull_request"]);
    with(&["plan", "list the pull requests"]).with_code(0).says(&["state = \"closed\" [fixed]"]);

    let strays = demo_github(
        "include = [\"list_*\", \"gte_*\"]\nrename = { list_isues = \"issues\" }\n\
         fixed.list_pull_requests = { sate = \"open\", state = 7 }\n[servers.github.effects]\nlist_pulls = \"read\"\n",
    );
    let at = strays.path().join("concertmaster.toml");
    run(["--config", at.to_str().unwrap(), "check"]).end().with_code(2).says(&[
        "`servers.github.include` names `gte_*`",
        "`servers.github.rename` names `list_isues`",
        "did you mean `list_issues`",
        "gives `sate`, and the tool takes no such argument; did you mean `state`",
        "gives `state` a value it does not take",
        "`servers.github.effects` names `list_pulls`",
    ]);
}

/// A configuration of the demo's GitHub alone, shaped.
fn demo_github(shape: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let workspace = directory.path().join("workspace");
    std::fs::create_dir(&workspace).unwrap();
    Workspace::materialise(&workspace).unwrap();
    let (program, workspace) = (env!("CARGO_BIN_EXE_concertmaster"), workspace.to_str().unwrap());
    let server = format!(
        "[servers.github]\ncommand = '{program}'\nargs = ['demo', '--serve', 'github', '--workspace', '{workspace}']\n\
         trust_annotations = true\n{shape}\n"
    );
    std::fs::write(directory.path().join("concertmaster.toml"), server).unwrap();
    directory
}
