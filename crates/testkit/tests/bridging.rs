//! Servers that ask something back, and clients of either era: every pair.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use catalog::ServerId;
use mcp::downstream::serve_streams;
use mcp::upstream::{Fleet, Transport, UpstreamConfig};
use serde_json::{Value, json};
use support::client::LineClient;
use support::house::House;
use support::*;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const DRAIN: Duration = Duration::from_secs(2);

/// What a server of each era calls its tool that wants a form filled.
const ASKS: [(&str, &str); 2] =
    [("legacy", "c__test_elicitation"), ("modern", "c__test_input_required_result_elicitation")];

/// The suite's server of an era behind a door, and a client of an era before
/// it.
async fn open(server: &str, modern: bool, capabilities: Value) -> (Arc<Fleet>, LineClient, JoinHandle<()>) {
    let program = env!("CARGO_BIN_EXE_conformance-upstream");
    let behind = UpstreamConfig::new(ServerId::new("c"), Transport::stdio(program, [server]));
    let fleet = fleet(vec![trusted(behind)]).await;
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(ours);
    let house = Arc::new(House::new(Arc::clone(&fleet)));
    let door = tokio::spawn(async move {
        serve_streams(house, input, output, CancellationToken::new()).await.unwrap();
    });
    let mut client = LineClient::new(theirs, modern);
    client.capabilities = capabilities;
    client.answer = json!({"action": "accept", "content": {"name": "Ada", "username": "Ada"}});
    client.introduce().await;
    (fleet, client, door)
}

async fn close(fleet: Arc<Fleet>, client: LineClient, door: JoinHandle<()>) {
    drop(client);
    tokio::time::timeout(Duration::from_secs(5), door).await.expect("it ends with its client").unwrap();
    fleet.stop(DRAIN).await;
}

/// Answers to whatever an interim result asks, and the call again.
fn again(interim: &Value, tool: &str, answer: &Value) -> Value {
    let requests = interim["inputRequests"].as_object().expect("it asks");
    let answers: Value =
        requests.keys().map(|key| (key.clone(), answer.clone())).collect::<serde_json::Map<_, _>>().into();
    let mut params = json!({"name": tool, "arguments": {}, "inputResponses": answers});
    if let Some(state) = interim.get("requestState") {
        params["requestState"] = state.clone();
    }
    params
}

#[tokio::test]
async fn every_pair_of_eras_gets_its_question_answered() {
    for (server, tool) in ASKS {
        for modern in [false, true] {
            let (fleet, mut client, door) = open(server, modern, json!({"elicitation": {}})).await;
            let mut result = client.call(tool, json!({})).await;
            if modern {
                assert_eq!(result["resultType"], "input_required", "{server}: {result}");
                let request = result["inputRequests"].as_object().unwrap().values().next().unwrap().clone();
                assert_eq!(request["method"], "elicitation/create");
                assert_eq!(client.asked, [] as [Value; 0], "it answers later");
                let answer = client.answer.clone();
                result = client.ask("tools/call", again(&result, tool, &answer)).await;
                assert_eq!(result["resultType"], "complete", "{server}: {result}");
            } else {
                assert_eq!(client.asked.len(), 1, "{server}: {:?}", client.asked);
                assert_eq!(client.asked[0]["method"], "elicitation/create");
            }
            assert!(result.to_string().contains("Ada"), "{server} {modern}: {result}");
            close(fleet, client, door).await;
        }
    }
}

#[tokio::test]
async fn a_client_is_not_asked_what_it_did_not_declare() {
    for (server, tool) in ASKS {
        for modern in [false, true] {
            let (fleet, mut client, door) = open(server, modern, json!({"roots": {}})).await;
            let answer = client.exchange("tools/call", json!({"name": tool, "arguments": {}})).await;
            assert_eq!(client.asked, [] as [Value; 0]);
            let refused = answer.get("error").is_some() || answer["result"]["isError"] == true;
            assert!(refused, "{server} {modern}: {answer}");
            close(fleet, client, door).await;
        }
    }
}

#[tokio::test]
async fn a_state_is_good_for_its_own_call_alone() {
    for (server, tool, other) in [
        ("legacy", "c__test_elicitation", "c__test_elicitation_sep1034_defaults"),
        ("modern", "c__test_input_required_result_request_state", "c__test_input_required_result_tampered_state"),
    ] {
        let (fleet, mut client, door) = open(server, true, json!({"elicitation": {}})).await;
        let answer = json!({"action": "accept", "content": {"ok": true, "username": "Ada"}});
        let interim = client.call(tool, json!({})).await;
        let proper = again(&interim, tool, &answer);
        let state = proper["requestState"].as_str().unwrap().to_owned();
        assert!(!state.contains("confirming"), "the server's own state is not to be read: {state}");
        let with = |member: &str, value: Value| {
            let mut changed = proper.clone();
            changed[member] = value;
            changed
        };
        let rows = [
            ("another tool", with("name", other.into())),
            ("other arguments", with("arguments", json!({"message": "other"}))),
            ("a changed state", with("requestState", format!("{state}x").into())),
            ("no text", with("requestState", 7.into())),
            ("a made-up state", with("requestState", "confirming".into())),
            ("answers that are none", with("inputResponses", json!([1]))),
        ];
        for (what, params) in rows {
            let refused = client.exchange("tools/call", params).await;
            assert_eq!(refused["error"]["code"], -32602, "{server}, {what}: {refused}");
        }
        // None of that has used it up.
        let done = client.ask("tools/call", proper.clone()).await;
        assert_eq!(done["resultType"], "complete", "{server}: {done}");
        if server == "legacy" {
            let spent = client.exchange("tools/call", proper).await;
            assert_eq!(spent["error"]["code"], -32602, "a call that is over cannot go on: {spent}");
        }
        close(fleet, client, door).await;
    }
}

#[tokio::test]
async fn what_is_missing_is_asked_for_again() {
    let (fleet, mut client, door) = open("legacy", true, json!({"elicitation": {}})).await;
    let tool = "c__test_elicitation";
    let interim = client.call(tool, json!({})).await;
    let mut params = again(&interim, tool, &json!({}));
    params["inputResponses"] = json!({"wrong": {"action": "accept"}});
    let interim = client.ask("tools/call", params).await;
    assert_eq!(interim["resultType"], "input_required", "{interim}");
    let answer = client.answer.clone();
    let done = client.ask("tools/call", again(&interim, tool, &answer)).await;
    assert!(done.to_string().contains("Ada"), "{done}");
    close(fleet, client, door).await;
}

#[tokio::test]
async fn our_own_questions_are_asked_like_any_other() {
    for modern in [false, true] {
        let (fleet, mut client, door) = open("modern", modern, json!({"elicitation": {}})).await;
        client.answer = json!({"action": "accept", "content": {"choice": "that"}});
        let mut told = client.call("ask", json!({"query": "which?"})).await;
        if modern {
            let answer = client.answer.clone();
            let mut params = again(&told, "ask", &answer);
            params["arguments"] = json!({"query": "which?"});
            told = client.ask("tools/call", params).await;
        }
        assert_eq!(told["structuredContent"]["answer"]["text"], "r1: Choose(1)", "{told}");

        // Whoever cannot be asked has the outcome, and goes on with a tool.
        let (fleet_too, mut quiet, door_too) = open("modern", modern, json!({})).await;
        let told = quiet.call("ask", json!({"query": "which?"})).await;
        assert_eq!(told["structuredContent"]["answer"]["text"], "which?");
        let told = quiet.call("resume", json!({"resume": "r1", "choice": 0})).await;
        assert_eq!(told["structuredContent"]["answer"]["text"], "r1: Choose(0)");
        close(fleet, client, door).await;
        close(fleet_too, quiet, door_too).await;
    }
}

#[tokio::test]
async fn what_servers_have_beside_tools_is_there_in_either_era() {
    for (server, missing) in [("legacy", -32002), ("modern", -32002)] {
        for modern in [false, true] {
            let (fleet, mut client, door) = open(server, modern, json!({})).await;
            let listed = client.ask("resources/list", json!({})).await;
            assert_eq!(listed["resources"][0]["uri"], "test://static-text");
            assert_eq!(listed.get("ttlMs").is_some(), modern, "{listed}");
            let read = client.ask("resources/read", json!({"uri": "test://template/7/data"})).await;
            assert!(read["contents"][0]["text"].as_str().unwrap().contains("\"7\""), "{read}");
            // What else a server says goes through to either era.
            assert!(read.get("cacheScope").is_some() || !modern, "{read}");
            let expected = if modern { -32602 } else { missing };
            let nothing = client.exchange("resources/read", json!({"uri": "test://nothing"})).await;
            assert_eq!(
                (&nothing["error"]["code"], &nothing["error"]["data"]["uri"]),
                (&json!(expected), &json!("test://nothing"))
            );
            let prompt = client.ask("prompts/get", json!({"name": "c__test_simple_prompt"})).await;
            assert_eq!(prompt["messages"][0]["role"], "user");
            let reference = json!({"type": "ref/prompt", "name": "c__test_prompt_with_arguments"});
            let asked = json!({"ref": reference, "argument": {"name": "arg1", "value": "t"}});
            assert_eq!(client.ask("completion/complete", asked).await["completion"]["values"], json!(["test"]));
            let unknown =
                json!({"ref": {"type": "ref/prompt", "name": "nope"}, "argument": {"name": "a", "value": ""}});
            assert_eq!(client.exchange("completion/complete", unknown).await["error"]["code"], -32602);
            close(fleet, client, door).await;
        }
    }
}
