//! Our own front door over two streams, as clients of either era see it.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use mcp::downstream::serve_streams;
use mcp::upstream::Fleet;
use serde_json::{Value, json};
use support::client::LineClient;
use support::house::House;
use support::*;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const DRAIN: Duration = Duration::from_secs(2);

/// A door with these arguments' test server `a` behind it, and a client that
/// has introduced itself.
async fn open(arguments: &[&str], modern: bool) -> (Arc<Fleet>, LineClient, JoinHandle<()>) {
    let fleet = fleet(vec![server("a", arguments)]).await;
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(ours);
    let house = Arc::new(House::new(Arc::clone(&fleet)));
    let door = tokio::spawn(async move {
        serve_streams(house, input, output, CancellationToken::new()).await.unwrap();
    });
    let mut client = LineClient::new(theirs, modern);
    let introduced = client.introduce().await;
    let info =
        if modern { &introduced["_meta"]["io.modelcontextprotocol/serverInfo"] } else { &introduced["serverInfo"] };
    assert_eq!(info["name"], "concertmaster", "{introduced}");
    assert_eq!(introduced["capabilities"]["tools"]["listChanged"], true, "{introduced}");
    (fleet, client, door)
}

async fn close(fleet: Arc<Fleet>, client: LineClient, door: JoinHandle<()>) {
    drop(client);
    tokio::time::timeout(Duration::from_secs(5), door).await.expect("it ends with its client").unwrap();
    fleet.stop(DRAIN).await;
}

fn names(listed: &Value) -> Vec<&str> {
    listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn tools_are_listed_in_one_order_with_their_definitions() {
    for modern in [false, true] {
        let (fleet, mut client, door) = open(&["plain"], modern).await;
        let listed = client.ask("tools/list", json!({})).await;
        let expected = [
            "ask",
            "plan",
            "run_plan",
            "find_tools",
            "call_tool",
            "read_result",
            "resume",
            "a__count",
            "a__get_echo",
            "a__get_environment",
            "a__get_failure",
            "a__get_odd",
            "a__grow",
            "a__wait",
        ];
        assert_eq!(names(&listed), expected);
        assert_eq!(client.ask("tools/list", json!({})).await, listed);
        for tool in listed["tools"].as_array().unwrap() {
            assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
            assert!(tool["annotations"]["readOnlyHint"].is_boolean(), "{tool}");
        }
        assert_eq!(listed["tools"][8]["inputSchema"]["required"], json!(["text"]));
        assert_eq!(listed["tools"][0]["outputSchema"]["required"], json!(["outcome"]));
        assert_eq!(listed.get("resultType").is_some(), modern, "only the modern era has it");
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn every_tool_is_served_in_either_era() {
    for modern in [false, true] {
        let (fleet, mut client, door) = open(&["plain"], modern).await;
        let answer = client.call("ask", json!({"query": "why?", "facts": {"repo": "a/b"}})).await;
        assert_eq!(answer["structuredContent"]["answer"]["text"], "why?");
        assert_eq!(answer["structuredContent"]["facts"], json!({"repo": "a/b"}));
        assert_eq!(answer["content"][0]["text"], "you asked: why?");
        assert_eq!(client.call("plan", json!({"query": "q"})).await["structuredContent"]["explain"], "q");
        let refused = client.call("run_plan", json!({"plan": {"steps": []}})).await;
        assert_eq!((&refused["isError"], &refused["structuredContent"]["plan"]), (&json!(true), &json!({"steps": []})));
        let found = client.call("find_tools", json!({"query": "get_", "limit": 2})).await;
        let found = found["structuredContent"]["tools"].clone();
        assert_eq!(found, json!([{"name": "a.get_echo"}, {"name": "a.get_environment"}]));
        for (name, arguments) in [
            ("call_tool", json!({"name": "a.get_echo", "arguments": {"text": "t"}})),
            ("a__get_echo", json!({"text": "t"})),
        ] {
            assert_eq!(client.call(name, arguments).await["content"], json!([{"type": "text", "text": "t"}]), "{name}");
        }
        let failed = client.call("a__get_failure", json!({})).await;
        assert_eq!((&failed["isError"], &failed["content"][0]["text"]), (&json!(true), &json!("the ice is too thin")));
        let odd = client.call("a__get_odd", json!({})).await;
        assert_eq!(odd["structuredContent"].to_string(), r#"{"z":9007199254740993,"a":18446744073709551615}"#);
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn what_cannot_be_served_is_refused_by_name() {
    let (fleet, mut client, door) = open(&["die-mid-call"], true).await;
    let rows = [
        ("nonsense", json!({}), "there is no tool `nonsense`; `find_tools` finds those there are"),
        ("a__nonsense", json!({}), "there is no tool `a__nonsense`; `find_tools` finds those there are"),
    ];
    for (tool, arguments, expected) in rows {
        let answer = client.exchange("tools/call", json!({"name": tool, "arguments": arguments})).await;
        assert_eq!((&answer["error"]["code"], &answer["error"]["message"]), (&json!(-32602), &json!(expected)));
    }
    let rows = [(json!({}), "`ask` needs `query`"), (json!({"query": "x", "speed": 9}), "`ask` takes no `speed`")];
    for (arguments, expected) in rows {
        let told = client.call("ask", arguments).await;
        assert_eq!((&told["isError"], &told["content"][0]["text"]), (&json!(true), &json!(expected)));
        assert_eq!(told["structuredContent"]["error"]["code"], "arguments_invalid");
    }
    let died = client.call("a__get_echo", json!({"text": "x"})).await;
    assert_eq!(died["isError"], true);
    assert_eq!(died["structuredContent"]["error"]["code"], "server_died");
    let said = died["content"][0]["text"].as_str().unwrap();
    assert!(said.starts_with("server `a` exited with status 1 while `get_echo` ran"), "{said}");
    close(fleet, client, door).await;
}

#[tokio::test]
async fn progress_reaches_a_client_that_asked_for_it_in_order_and_before_the_result() {
    for modern in [false, true] {
        let (fleet, mut client, door) = open(&["plain"], modern).await;
        for (tool, arguments, count) in [("ask", json!({"query": "q"}), 3), ("a__count", json!({"to": 20}), 20)] {
            client.heard.clear();
            let params = json!({"name": tool, "arguments": arguments, "_meta": {"progressToken": "mine"}});
            client.ask("tools/call", params).await;
            let told: Vec<f64> = client.heard.iter().map(|told| told["params"]["progress"].as_f64().unwrap()).collect();
            assert_eq!(told, (1..=count).map(f64::from).collect::<Vec<f64>>(), "{tool}: {:?}", client.heard);
            assert!(client.heard.iter().all(|told| told["params"]["progressToken"] == "mine"));
        }
        client.heard.clear();
        client.call("ask", json!({"query": "q"})).await;
        assert_eq!(client.heard, [] as [Value; 0], "nobody asked for it");
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn a_clients_cancellation_reaches_the_server_behind() {
    let logs = tempfile::tempdir().unwrap();
    for modern in [false, true] {
        let log = logs.path().join(modern.to_string());
        let (fleet, mut client, door) = open(&["log", log.to_str().unwrap()], modern).await;
        let id = client.send("tools/call", json!({"name": "a__wait", "arguments": {"ms": 5000}})).await;
        until("the call arrives", || std::fs::read_to_string(&log).unwrap().contains("tools/call")).await;
        client.tell("notifications/cancelled", json!({"requestId": id})).await;
        until("the cancellation arrives", || std::fs::read_to_string(&log).unwrap().contains("cancelled ")).await;
        // The door serves on.
        assert_eq!(client.call("a__get_echo", json!({"text": "next"})).await["content"][0]["text"], "next");

        // A client that leaves in the middle of a call cancels it too.
        client.send("tools/call", json!({"name": "a__wait", "arguments": {"ms": 60_000}})).await;
        until("the call arrives", || std::fs::read_to_string(&log).unwrap().matches("tools/call").count() == 3).await;
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn clients_hear_of_new_tools() {
    for modern in [false, true] {
        let (fleet, mut client, door) = open(&["list-changed"], modern).await;
        if modern {
            client.send("subscriptions/listen", json!({"notifications": {"toolsListChanged": true}})).await;
            assert_eq!(client.next().await["method"], "notifications/subscriptions/acknowledged");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        client.call("a__grow", json!({})).await;
        let mut heard = client.heard.iter().any(|told| told["method"] == "notifications/tools/list_changed");
        while !heard {
            heard = client.next().await["method"] == "notifications/tools/list_changed";
        }
        assert!(names(&client.ask("tools/list", json!({})).await).contains(&"a__get_grown_0"));
        close(fleet, client, door).await;
    }
}
