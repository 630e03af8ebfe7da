//! The `slack` server: messages found with their threads, and posted.

use concertmaster_demo::Which;
use serde_json::json;

use crate::client::{Client, each, modern};

/// The message that opens the thread about pull request 123.
const BACKOFF: &str = "1794993120.000400";

#[tokio::test]
async fn messages_are_found_by_words_and_numbers() {
    let client = Client::of(Which::Slack).await;
    for (arguments, first, count) in [
        (json!({"query": "#123"}), "PR #123 (exponential backoff", 3),
        (json!({"query": "PR 123"}), "PR #123 (exponential backoff", 3),
        (json!({"query": "discussion about PR #123"}), "PR #123 (exponential backoff", 3),
        (json!({"query": "#123", "channel": "#releases"}), "Gateway 1.7.0 is planned", 1),
        (json!({"query": "lunch"}), "Lunch at the Lebanese place", 1),
        (json!({"query": "drain", "channel": "incidents"}), "Exercise: draining", 0),
        (json!({"query": "warehouse tickets"}), "The tickets table", 1),
        (json!({"query": "checkout hanging"}), "Six tickets", 2),
        (json!({"query": "#999"}), "", 0),
        (json!({"query": "zeppelin"}), "", 0),
    ] {
        let found = client.call("search_messages", arguments.clone()).await;
        assert_eq!(found["total_count"], count, "{arguments}: {:?}", each(&found, "/messages", "/text"));
        if count > 0 {
            let text = found["messages"][0]["text"].as_str().unwrap();
            assert!(text.starts_with(first), "{arguments}: {text}");
        }
    }
    let limited = client.call("search_messages", json!({"query": "#123", "limit": 1})).await;
    assert_eq!((limited["messages"].as_array().unwrap().len(), &limited["truncated"]), (1, &json!(true)));
}

#[tokio::test]
async fn the_thread_settles_on_five_seconds() {
    let client = Client::of(Which::Slack).await;
    let found = client.call("search_messages", json!({"query": "#123"})).await;
    let thread = &found["messages"][0];
    assert_eq!((&thread["channel"], &thread["user"]), (&json!("platform"), &json!("tomasz")));
    assert_eq!(thread["time"], "2026-11-18T09:12:00Z");
    let replies = each(thread, "/thread", "/text");
    assert_eq!(replies.len(), 8);
    assert!(replies[6].as_str().unwrap().starts_with("Decision: we keep the 5 s default timeout."));
    let read = client.call("get_thread", json!({"channel": "platform", "ts": BACKOFF})).await;
    assert_eq!(read["message"], *thread);
}

#[tokio::test]
async fn channels_are_listed() {
    let client = Client::of(Which::Slack).await;
    let found = client.call("list_channels", json!({})).await;
    assert_eq!(each(&found, "/channels", "/name"), ["platform", "incidents", "releases", "data", "general"]);
}

#[tokio::test]
async fn refusals_say_what_would_work() {
    let client = Client::of(Which::Slack).await;
    let channels = "the channels are #platform, #incidents, #releases, #data, #general";
    for (tool, arguments, expected) in [
        (
            "search_messages",
            json!({"query": "x y", "channel": "random"}),
            "the query has no words to search for; name a topic or a number".to_owned(),
        ),
        (
            "search_messages",
            json!({"query": "lunch", "channel": "random"}),
            format!("there is no channel #random; {channels}"),
        ),
        ("search_messages", json!({"query": "lunch", "limit": 0}), "limit is 0; give 1 to 100".to_owned()),
        (
            "post_message",
            json!({"channel": "#random", "text": "hello"}),
            format!("there is no channel #random; {channels}"),
        ),
        ("post_message", json!({"channel": "general", "text": ""}), "the message is empty; give it a text".to_owned()),
        (
            "get_thread",
            json!({"channel": "general", "ts": BACKOFF}),
            format!("#general has no message {BACKOFF}; take the ts from search_messages"),
        ),
    ] {
        assert_eq!(client.refusal(tool, arguments).await, expected);
    }
}

#[tokio::test]
async fn posts_stay_and_other_sessions_see_them() {
    let client = Client::of(Which::Slack).await;
    let posted = client.call("post_message", json!({"channel": "#general", "text": "Soup on Thursday?"})).await;
    let reply = json!({"channel": "platform", "text": "ADR 007 is updated.", "thread_ts": BACKOFF});
    client.call("post_message", reply).await;

    let other = Client::on(Which::Slack, &client.workspace, modern()).await;
    let soup = other.call("search_messages", json!({"query": "soup"})).await;
    assert_eq!(soup["messages"][0]["ts"], posted["ts"]);
    let thread = other.call("get_thread", json!({"channel": "platform", "ts": BACKOFF})).await;
    assert_eq!(each(&thread, "/message/thread", "/text").last().unwrap(), "ADR 007 is updated.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_at_the_same_time_are_all_kept() {
    let client = Client::of(Which::Slack).await;
    let other = Client::on(Which::Slack, &client.workspace, modern()).await;
    let post = |client: &Client, text: String| {
        let peer = client.session.peer().clone();
        let arguments = json!({"channel": "general", "text": text}).as_object().cloned().unwrap();
        tokio::spawn(async move {
            let request = rmcp::model::CallToolRequestParams::new("post_message").with_arguments(arguments);
            peer.call_tool(request).await.unwrap()
        })
    };
    let all: Vec<_> =
        (0..20).map(|n| post(if n % 2 == 0 { &client } else { &other }, format!("parallel{n}"))).collect();
    for one in all {
        assert_ne!(one.await.unwrap().is_error, Some(true));
    }
    let channels = client.call("list_channels", json!({})).await;
    assert_eq!(each(&channels, "/channels", "/message_count")[4], 23);
}
