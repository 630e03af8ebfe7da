//! What every tool of every server must have, and both protocol eras.

use concertmaster_demo::{Which, Workspace};
use rmcp::{ClientLifecycleMode, model::ProtocolVersion};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Client, modern, text};

#[tokio::test]
async fn both_eras_see_the_same_server() {
    let directory = TempDir::new().unwrap();
    let workspace = Workspace::materialise(directory.path()).unwrap();
    for which in Which::ALL {
        let mut lists = Vec::new();
        for (lifecycle, version) in [
            (modern(), ProtocolVersion::V_2026_07_28),
            (ClientLifecycleMode::Initialize, ProtocolVersion::V_2025_11_25),
        ] {
            let client = Client::on(which, &workspace, lifecycle).await;
            let peer = client.session.peer_info().unwrap();
            assert_eq!(peer.protocol_version, version);
            assert_eq!(peer.server_info.as_ref().unwrap().name, which.name());
            assert!(peer.server_info.as_ref().unwrap().title.is_some());
            assert!(peer.instructions.is_some());
            lists.push(client.session.list_all_tools().await.unwrap());
        }
        assert_eq!(lists[0], lists[1]);
    }
}

#[tokio::test]
async fn the_tools_and_their_effects() {
    let expected = [
        (Which::Filesystem, "list_directory R, read_file R, search R, write_file DI"),
        (
            Which::Github,
            "list_pull_requests R, get_pull_request R, get_pull_request_diff R, \
             list_pull_request_comments R, list_reviews R, list_issues R, get_issue R, \
             list_commits R, search R, add_issue_comment A, merge_pull_request D",
        ),
        (Which::Sql, "list_tables R, describe_table R, query R"),
        (Which::Slack, "search_messages R, list_channels R, get_thread R, post_message A"),
    ];
    for (which, expected) in expected {
        let tools = Client::of(which).await.session.list_all_tools().await.unwrap();
        let found: Vec<String> = tools
            .iter()
            .map(|tool| {
                let hints = tool.annotations.as_ref().unwrap();
                assert_eq!(hints.open_world_hint, Some(false));
                let effect = match (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint) {
                    (Some(true), Some(false), Some(true)) => "R",
                    (Some(false), Some(false), Some(false)) => "A",
                    (Some(false), Some(true), Some(false)) => "D",
                    (Some(false), Some(true), Some(true)) => "DI",
                    other => panic!("{}: {other:?}", tool.name),
                };
                format!("{} {effect}", tool.name)
            })
            .collect();
        assert_eq!(found.join(", "), expected);
    }
}

#[tokio::test]
async fn every_definition_is_complete() {
    for which in Which::ALL {
        for tool in Client::of(which).await.session.list_all_tools().await.unwrap() {
            let name = tool.name.clone();
            assert!(tool.title.is_some() && tool.description.is_some(), "{name}");
            let input = Value::Object((*tool.input_schema).clone());
            let output = Value::Object((*tool.output_schema.unwrap()).clone());
            for schema in [&input, &output] {
                jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
                let text = schema.to_string();
                assert!(
                    !text.contains("$ref") && !text.contains("\"null\"") && !text.contains("uint"),
                    "{name}: {text}"
                );
            }
            assert_eq!(input["additionalProperties"], json!(false), "{name}");
            for (property, schema) in input["properties"].as_object().unwrap() {
                assert!(schema["description"].is_string(), "{name}.{property}");
                assert!(schema["type"].is_string(), "{name}.{property}");
            }
        }
    }
}

#[tokio::test]
async fn results_fit_their_schemas_and_repeat_as_text() {
    let calls = [
        (Which::Filesystem, "list_directory", json!({})),
        (Which::Filesystem, "read_file", json!({"path": "src/retry.py"})),
        (Which::Filesystem, "search", json!({"query": "timeout"})),
        (Which::Filesystem, "write_file", json!({"path": "notes/new.md", "content": "x"})),
        (Which::Github, "list_pull_requests", json!({})),
        (Which::Github, "get_pull_request", json!({"number": 123})),
        (Which::Github, "get_pull_request", json!({"number": 119})),
        (Which::Github, "get_pull_request_diff", json!({"number": 124})),
        (Which::Github, "list_pull_request_comments", json!({"number": 123})),
        (Which::Github, "list_reviews", json!({"number": 98})),
        (Which::Github, "list_issues", json!({"state": "open"})),
        (Which::Github, "get_issue", json!({"number": 118})),
        (Which::Github, "list_commits", json!({"path": "auth.py"})),
        (Which::Github, "search", json!({"query": "retry"})),
        (Which::Github, "add_issue_comment", json!({"number": 123, "body": "x"})),
        (Which::Github, "merge_pull_request", json!({"number": 122})),
        (Which::Sql, "list_tables", json!({})),
        (Which::Sql, "describe_table", json!({"table": "tickets"})),
        (Which::Sql, "query", json!({"sql": "SELECT * FROM tickets"})),
        (Which::Slack, "search_messages", json!({"query": "#123"})),
        (Which::Slack, "list_channels", json!({})),
        (Which::Slack, "get_thread", json!({"channel": "platform", "ts": "1794993120.000400"})),
        (Which::Slack, "post_message", json!({"channel": "general", "text": "x"})),
    ];
    for (which, tool, arguments) in calls {
        let client = Client::of(which).await;
        let tools = client.session.list_all_tools().await.unwrap();
        let definition = tools.into_iter().find(|definition| definition.name == tool).unwrap();
        let input = Value::Object((*definition.input_schema).clone());
        assert!(jsonschema::is_valid(&input, &arguments), "{tool} {arguments}");
        let result = client.result(tool, arguments).await;
        assert_ne!(result.is_error, Some(true), "{tool}: {}", text(&result));
        let structured = result.structured_content.clone().unwrap();
        let output = Value::Object((*definition.output_schema.unwrap()).clone());
        jsonschema::validate(&output, &structured).unwrap_or_else(|error| panic!("{tool}: {error}"));
        assert_eq!(serde_json::from_str::<Value>(&text(&result)).unwrap(), structured, "{tool}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_explained() {
    let client = Client::of(Which::Github).await;
    for (tool, arguments, expected) in [
        (
            "get_pull_request",
            json!({}),
            "get_pull_request was called with wrong arguments: missing field `number`. It takes number (required).",
        ),
        (
            "get_pull_request",
            json!({"id": 123}),
            "get_pull_request was called with wrong arguments: unknown field `id`, expected `number`. \
             It takes number (required).",
        ),
        (
            "list_pull_requests",
            json!({"state": "stale"}),
            "list_pull_requests was called with wrong arguments: unknown variant `stale`, expected one of \
             `open`, `closed`, `merged`, `all`. It takes state, author, path.",
        ),
    ] {
        assert_eq!(client.refusal(tool, arguments).await, expected);
    }
    let unknown = rmcp::model::CallToolRequestParams::new("delete_repository");
    let error = client.session.call_tool(unknown).await.unwrap_err().to_string();
    assert!(error.contains("there is no tool \"delete_repository\"; the tools are list_pull_requests"), "{error}");
}
