//! Tasks of ours, as clients of either era see them.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use mcp::downstream::{HttpConfig, serve_http, serve_streams};
use mcp::upstream::{Fleet, Transport, UpstreamConfig};
use serde_json::{Value, json};
use support::client::LineClient;
use support::house::House;
use support::*;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const DRAIN: Duration = Duration::from_secs(2);
const ERAS: [&str; 2] = ["legacy", "modern"];

fn takes_tasks() -> Value {
    json!({"elicitation": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}})
}

/// A server of an era that makes tasks of calls, behind a door, and a client
/// before it: of the newer era, or of a revision with a handshake.
async fn open(
    era: &str,
    log: &Path,
    revision: Option<&'static str>,
    capabilities: Value,
) -> (Arc<Fleet>, LineClient, JoinHandle<()>) {
    let fleet = fleet(vec![server("a", &["tasks", "era", era, "log", log.to_str().unwrap()])]).await;
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(ours);
    let house = Arc::new(House::new(Arc::clone(&fleet)));
    let door = tokio::spawn(async move {
        serve_streams(house, input, output, CancellationToken::new()).await.unwrap();
    });
    let mut client = LineClient::new(theirs, revision.is_none());
    client.revision = revision.unwrap_or_default().to_owned();
    client.capabilities = capabilities;
    client.answer = json!({"action": "accept", "content": {"region": "eu"}});
    client.introduce().await;
    (fleet, client, door)
}

async fn close(fleet: Arc<Fleet>, client: LineClient, door: JoinHandle<()>) {
    drop(client);
    tokio::time::timeout(Duration::from_secs(5), door).await.expect("it ends with its client").unwrap();
    fleet.stop(DRAIN).await;
}

/// Asks after a task until it stands so.
async fn until_it_is(client: &mut LineClient, id: &Value, status: &str) -> Value {
    for _ in 0..500 {
        let look = client.ask("tasks/get", json!({"taskId": id})).await;
        if look["status"] == status {
            return look;
        }
        assert!(matches!(look["status"].as_str(), Some("working" | "input_required")), "{look}, not {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the task is not {status} in time");
}

#[tokio::test]
async fn a_servers_task_is_a_task_of_ours_for_clients_that_take_tasks() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let (fleet, mut client, door) = open(era, &logs.path().join(era), None, takes_tasks()).await;
        let created = client.call("a__get_job", json!({"ms": 400})).await;
        assert_eq!(
            (&created["resultType"], &created["status"]),
            (&json!("task"), &json!("working")),
            "{era}: {created}"
        );
        assert_eq!(created["pollIntervalMs"], 500, "{created}");
        assert!(created["ttlMs"].is_u64() && created["createdAt"].as_str().unwrap().ends_with('Z'), "{created}");
        assert_ne!(created["taskId"], "task-1", "the server's own name for it is not the client's");
        for member in ["result", "task", "ttl", "requestState", "inputRequests"] {
            assert!(created.get(member).is_none(), "{member}: {created}");
        }
        let done = until_it_is(&mut client, &created["taskId"], "completed").await;
        assert_eq!(done["result"]["content"][0]["text"], "the job is done", "{era}: {done}");
        assert_eq!(done["result"]["n"], 9_007_199_254_740_993_u64);
        assert!(done["result"].get("_meta").is_none(), "{done}");
        assert!(done["statusMessage"].as_str().unwrap().starts_with("look "), "{done}");
        assert_eq!(client.ask("tasks/get", json!({"taskId": created["taskId"]})).await, done, "it is kept");
        // A call that ends at once is answered at once.
        assert_eq!(client.call("a__get_choice", json!({})).await["resultType"], "complete");
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn whoever_takes_no_tasks_has_the_result() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        for revision in [None, Some("2025-11-25"), Some("2025-06-18")] {
            let log = logs.path().join(format!("{era}-{revision:?}"));
            let (fleet, mut client, door) = open(era, &log, revision, json!({})).await;
            let result = client.call("a__get_job", json!({"ms": 100})).await;
            assert_eq!(result["content"][0]["text"], "the job is done", "{era} {revision:?}: {result}");
            close(fleet, client, door).await;
        }
    }
}

#[tokio::test]
async fn a_question_in_a_task_is_answered_in_the_task() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let (fleet, mut client, door) = open(era, &logs.path().join(era), None, takes_tasks()).await;
        let created = client.call("a__get_job", json!({"ms": 100, "end": "ask"})).await;
        let id = created["taskId"].clone();
        assert_eq!(created["resultType"], "task", "{era}: {created}");
        let asking = until_it_is(&mut client, &id, "input_required").await;
        let (key, request) = asking["inputRequests"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(
            (&request["method"], &request["params"]["message"]),
            (&json!("elicitation/create"), &json!("Which region?"))
        );
        for responses in [json!({"other": client.answer}), json!({key: "yes"})] {
            let acknowledged = client.ask("tasks/update", json!({"taskId": id, "inputResponses": responses})).await;
            assert_eq!(acknowledged, json!({"resultType": "complete"}));
        }
        assert_eq!(until_it_is(&mut client, &id, "input_required").await["inputRequests"], asking["inputRequests"]);
        let refused = client.exchange("tasks/update", json!({"taskId": id, "inputResponses": [1]})).await;
        assert_eq!(refused["error"]["code"], -32602);
        client.ask("tasks/update", json!({"taskId": id, "inputResponses": {key: client.answer}})).await;
        let done = until_it_is(&mut client, &id, "completed").await;
        assert!(done["result"].to_string().contains("eu"), "{era}: {done}");
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn a_question_in_a_servers_task_reaches_clients_without_tasks() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let (fleet, mut client, door) = open(era, &logs.path().join(era), None, json!({"elicitation": {}})).await;
        let arguments = json!({"ms": 50, "end": "ask"});
        let asking = client.call("a__get_job", arguments.clone()).await;
        assert_eq!(asking["resultType"], "input_required", "{era}: {asking}");
        let (key, request) = asking["inputRequests"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(request["params"]["message"], "Which region?");
        assert!(request["params"].get("_meta").is_none(), "{era}: a server's task is its own: {request}");
        let answers = json!({key: client.answer});
        let again = json!({
            "name": "a__get_job", "arguments": arguments,
            "inputResponses": answers, "requestState": asking["requestState"],
        });
        let done = client.ask("tools/call", again).await;
        assert!(done["content"][0]["text"].as_str().unwrap().contains("eu"), "{era}: {done}");
        close(fleet, client, door).await;

        // One with a session is asked on the spot.
        let log = logs.path().join(format!("{era}-session"));
        let (fleet, mut client, door) = open(era, &log, Some("2025-06-18"), json!({"elicitation": {}})).await;
        let done = client.call("a__get_job", json!({"ms": 50, "end": "ask"})).await;
        assert!(done["content"][0]["text"].as_str().unwrap().contains("eu"), "{era}: {done}");
        assert_eq!(client.asked.len(), 1, "{era}: {:?}", client.asked);
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn our_own_long_work_becomes_a_task_and_can_be_taken_back() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, mut client, door) = open("modern", &logs.path().join("log"), None, takes_tasks()).await;
    let quick = client.call("ask", json!({"query": "why?"})).await;
    assert_eq!(quick["structuredContent"]["answer"]["text"], "why?", "{quick}");
    let created = client.call("ask", json!({"query": "sleep"})).await;
    assert_eq!(created["resultType"], "task", "{created}");
    let id = created["taskId"].clone();
    assert_eq!(client.ask("tasks/get", json!({"taskId": id})).await["status"], "working");
    for _ in 0..2 {
        assert_eq!(client.ask("tasks/cancel", json!({"taskId": id})).await, json!({"resultType": "complete"}));
    }
    let look = client.ask("tasks/get", json!({"taskId": id})).await;
    assert_eq!(look["status"], "cancelled");
    assert!(look.get("result").is_none(), "{look}");

    let created = client.call("a__get_job", json!({"end": "never"})).await;
    client.ask("tasks/cancel", json!({"taskId": created["taskId"]})).await;
    until("the server hears of it", || noted(&logs.path().join("log"), "tasks/cancel of task-1")).await;
    close(fleet, client, door).await;
}

#[tokio::test]
async fn a_task_ends_as_its_call_would_have() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, mut client, door) = open("modern", &logs.path().join("log"), None, takes_tasks()).await;
    let created = client.call("a__get_job", json!({"ms": 100, "end": "failure"})).await;
    let done = until_it_is(&mut client, &created["taskId"], "completed").await;
    assert_eq!(done["result"]["isError"], true, "{done}");
    let created = client.call("a__get_job", json!({"ms": 100, "end": "refusal"})).await;
    let failed = until_it_is(&mut client, &created["taskId"], "failed").await;
    assert_eq!((&failed["error"]["code"], failed.get("result")), (&json!(-32050), None), "{failed}");
    close(fleet, client, door).await;
}

#[tokio::test]
async fn tasks_are_asked_after_by_those_who_may() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, mut client, door) = open("modern", &logs.path().join("log"), None, takes_tasks()).await;
    let created = client.call("a__get_job", json!({"end": "never"})).await;
    let id = created["taskId"].clone();
    let update = json!({"taskId": id, "inputResponses": {}});
    let rows = [
        ("tasks/get", json!({"taskId": "other"}), -32602),
        ("tasks/get", json!({"taskId": 7}), -32602),
        ("tasks/get", json!({}), -32602),
        ("tasks/cancel", json!({"taskId": "other"}), -32602),
        ("tasks/update", json!({"taskId": "other", "inputResponses": {}}), -32602),
        ("tasks/result", json!({"taskId": id}), -32601),
        ("tasks/list", json!({}), -32601),
    ];
    for (method, params, code) in rows {
        let refused = client.exchange(method, params).await;
        assert_eq!(refused["error"]["code"], code, "{method}: {refused}");
    }
    client.capabilities = json!({});
    for (method, params) in
        [("tasks/get", json!({"taskId": id})), ("tasks/cancel", json!({"taskId": id})), ("tasks/update", update)]
    {
        let refused = client.exchange(method, params).await;
        assert_eq!(refused["error"]["code"], -32021, "{method}: {refused}");
        let needed = &refused["error"]["data"]["requiredCapabilities"]["extensions"]["io.modelcontextprotocol/tasks"];
        assert_eq!(*needed, json!({}));
    }
    let refused = client.exchange("subscriptions/listen", json!({"notifications": {"taskIds": [id]}})).await;
    assert_eq!(refused["error"]["code"], -32021, "{refused}");
    close(fleet, client, door).await;
}

#[tokio::test]
async fn a_listener_is_told_of_its_tasks() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, mut client, door) = open("modern", &logs.path().join("log"), None, takes_tasks()).await;
    let created = client.call("a__get_job", json!({"ms": 400})).await;
    let id = created["taskId"].clone();
    client.send("subscriptions/listen", json!({"notifications": {"taskIds": [id, "other"]}})).await;
    let acknowledged = client.next().await;
    assert_eq!(acknowledged["params"]["notifications"], json!({"taskIds": [id]}), "{acknowledged}");
    let told = client.next().await;
    assert_eq!(told["method"], "notifications/tasks", "{told}");
    assert_eq!((&told["params"]["taskId"], &told["params"]["status"]), (&id, &json!("completed")));
    assert_eq!(told["params"]["result"]["content"][0]["text"], "the job is done");
    close(fleet, client, door).await;
}

#[tokio::test]
async fn clients_with_a_session_ask_for_tasks() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let (fleet, mut client, door) = open(era, &logs.path().join(era), Some("2025-11-25"), json!({})).await;
        let listed = client.ask("tools/list", json!({})).await;
        let support = |name: &str| {
            let tool = listed["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == name).unwrap();
            tool["execution"]["taskSupport"].clone()
        };
        assert_eq!([support("ask"), support("a__get_job")], [json!("optional"), json!("optional")]);
        assert_eq!(support("plan"), Value::Null);
        assert_eq!(support("a__get_echo"), if era == "modern" { json!("optional") } else { Value::Null });

        let wanted = json!({"name": "a__get_job", "arguments": {"ms": 200}, "task": {"ttl": 120_000}});
        let created = client.ask("tools/call", wanted).await;
        let task = &created["task"];
        assert_eq!((&task["status"], &task["ttl"]), (&json!("working"), &json!(120_000)), "{era}: {created}");
        let id = task["taskId"].clone();
        let listed = client.ask("tasks/list", json!({})).await;
        assert_eq!(listed["tasks"][0]["taskId"], id, "{listed}");
        let result = client.ask("tasks/result", json!({"taskId": id})).await;
        assert_eq!(result["content"][0]["text"], "the job is done", "{era}: {result}");
        assert_eq!(result["_meta"]["io.modelcontextprotocol/related-task"]["taskId"], id);
        assert_eq!(client.ask("tasks/get", json!({"taskId": id})).await["status"], "completed");
        let told = client.heard.iter().find(|told| told["method"] == "notifications/tasks/status").unwrap();
        assert_eq!((&told["params"]["taskId"], &told["params"]["status"]), (&id, &json!("completed")));

        let ours = client.ask("tools/call", json!({"name": "ask", "arguments": {"query": "sleep"}, "task": {}})).await;
        let id = ours["task"]["taskId"].clone();
        assert_eq!(client.ask("tasks/cancel", json!({"taskId": id})).await["status"], "cancelled");
        let rows = [
            ("tasks/cancel", json!({"taskId": id}), -32602),
            ("tasks/result", json!({"taskId": "other"}), -32602),
            ("tasks/result", json!({"taskId": id}), -32603),
            ("tasks/list", json!({"cursor": "1"}), -32602),
            ("tasks/update", json!({"taskId": id}), -32601),
            ("tools/call", json!({"name": "plan", "arguments": {"query": "q"}, "task": {}}), -32601),
            ("tools/call", json!({"name": "ask", "arguments": {"query": "q"}, "task": 7}), -32602),
        ];
        for (method, params, code) in rows {
            let refused = client.exchange(method, params).await;
            assert_eq!(refused["error"]["code"], code, "{method}: {refused}");
        }
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn a_client_with_a_session_is_asked_while_it_waits_for_the_result() {
    let logs = tempfile::tempdir().unwrap();
    for era in ERAS {
        let capabilities = json!({"elicitation": {}});
        let (fleet, mut client, door) = open(era, &logs.path().join(era), Some("2025-11-25"), capabilities).await;
        let wanted = json!({"name": "a__get_job", "arguments": {"ms": 50, "end": "ask"}, "task": {}});
        let created = client.ask("tools/call", wanted).await;
        let id = created["task"]["taskId"].clone();
        until_it_is(&mut client, &id, "input_required").await;
        assert_eq!(client.asked, [] as [Value; 0], "{era}: nobody waits yet");
        let result = client.ask("tasks/result", json!({"taskId": id})).await;
        assert!(result.to_string().contains("eu"), "{era}: {result}");
        assert_eq!(client.asked.len(), 1, "{era}: {:?}", client.asked);
        let related = &client.asked[0]["params"]["_meta"]["io.modelcontextprotocol/related-task"];
        assert_eq!(related["taskId"], id, "{era}: under the client's name for the task");
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn revisions_without_tasks_read_over_them() {
    let logs = tempfile::tempdir().unwrap();
    let (fleet, mut client, door) = open("legacy", &logs.path().join("log"), Some("2025-06-18"), json!({})).await;
    let wanted = json!({"name": "a__get_job", "arguments": {}, "task": {}});
    let result = client.ask("tools/call", wanted).await;
    assert_eq!(result["content"][0]["text"], "the job is done", "{result}");
    assert_eq!(client.exchange("tasks/list", json!({})).await["error"]["code"], -32601);
    close(fleet, client, door).await;
}

#[tokio::test]
async fn a_task_behind_two_doors_is_one_all_the_way() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let behind = fleet(vec![server("a", &["tasks", "era", "legacy", "log", log.to_str().unwrap()])]).await;
    let config = HttpConfig::local(([127, 0, 0, 1], 0).into());
    let door = serve_http(Arc::new(House::new(Arc::clone(&behind))), config).await.unwrap();
    let inner = UpstreamConfig::new(ServerId::new("inner"), Transport::http(door.url()));
    let before = fleet(vec![trusted(inner)]).await;
    let asked = Call::default();
    let output = asked.make(&before, "inner.a__get_job", json!({"ms": 300})).await.unwrap();
    assert_eq!(text(&output), "the job is done");
    let asked = Call { timeout: Duration::from_millis(500), ..Call::default() };
    let fault = asked.make(&before, "inner.a__get_job", json!({"end": "never"})).await.unwrap_err();
    assert_eq!(fault.fault.code, "timed_out");
    until("the cancellation goes all the way", || noted(&log, "tasks/cancel of task-2")).await;
    before.stop(DRAIN).await;
    door.stop(DRAIN).await;
    behind.stop(DRAIN).await;
}
