//! Files that are in order, and what they mean.

use std::time::Duration;

use catalog::Effect;
use mcp::upstream::Transport;
use policy::Answer;

use super::config;
use crate::config::keys::ROOT;
use crate::config::shape::{Shape, TableShape};

/// Every key of the file, set to something that is not its default.
const EVERY_KEY: &str = r#"
[servers.github]
command = "npx"
args = ["-y", "server"]
env = { GITHUB_TOKEN = "${TOKEN}" }
inherit_env = ["SSH_AUTH_SOCK"]
cwd = "/tmp"
description = "Pull requests"
tags = ["code", "review"]
timeout = "5s"
start_timeout = "250ms"
max_concurrency = 2
trust_annotations = true
idempotent = ["add_label"]
[servers.github.effects]
merge_pull_request = "destructive"
list_prs = "read"
[servers.github.examples]
list_prs = ["open PRs"]

[servers.wiki]
url = "https://wiki.example/mcp"
headers = { Authorization = "Bearer ${TOKEN}" }

[policy]
additive = "ask"
additive_from_results = "deny"
destructive = "deny"

[limits]
answer_within = "1m"
calls_per_query = 7
call_timeout = "2s"
start_grace = "3s"

[facts]
owner = "fernhill"

[listen]
http = "localhost:8931"
"#;

#[test]
fn every_key_means_something() {
    let config = config("concertmaster.toml", EVERY_KEY);
    let [github, wiki] = &config.servers[..] else { panic!("{:?}", config.servers) };
    let Transport::Stdio { command, args, env, inherit_env, cwd } = &github.transport else { panic!() };
    assert_eq!((command.as_str(), args.join(" ")), ("npx", "-y server".to_owned()));
    assert_eq!(env["GITHUB_TOKEN"], "s3cret");
    assert!(inherit_env.contains(&"SSH_AUTH_SOCK".to_owned()) && inherit_env.contains(&"PATH".to_owned()));
    assert_eq!(cwd.as_deref(), Some(std::path::Path::new("/tmp")));
    assert_eq!(github.call_timeout, Duration::from_secs(5));
    assert_eq!(github.start_timeout, Duration::from_millis(250));
    assert_eq!(github.max_concurrency, 2);
    let labels = &github.labels;
    assert_eq!(labels.description.as_deref(), Some("Pull requests"));
    assert_eq!(labels.tags, ["code", "review"]);
    assert!(labels.trust_annotations && labels.idempotent.contains("add_label"));
    assert_eq!(labels.effects["merge_pull_request"], Effect::Destructive);
    assert_eq!(labels.examples["list_prs"], ["open PRs"]);
    let Transport::Http { url, headers } = &wiki.transport else { panic!() };
    assert_eq!(url, "https://wiki.example/mcp");
    assert_eq!(headers["Authorization"], "Bearer s3cret");
    let rules = config.rules;
    assert_eq!(
        (rules.additive, rules.additive_from_results, rules.destructive),
        (Answer::Ask, Answer::Deny, Answer::Deny)
    );
    assert_eq!(config.limits.answer_within, Duration::from_secs(60));
    assert_eq!(config.limits.calls_per_query, 7);
    assert_eq!(config.limits.call_timeout, Duration::from_secs(2));
    assert_eq!(config.limits.start_grace, Duration::from_secs(3));
    assert_eq!(config.facts["owner"], "fernhill");
    assert_eq!(config.listen.map(|address| address.port()), Some(8931));
}

#[test]
fn the_defaults_in_the_table_are_the_defaults_that_hold() {
    let least = "[servers.a]\ncommand = \"x\"\n";
    let mut spelled_out = least.to_owned();
    let lines = |shape: &TableShape| {
        let set = shape.keys.iter().filter_map(|key| key.default.map(|value| format!("{} = {value}\n", key.name)));
        set.collect::<String>()
    };
    for key in ROOT.keys {
        match &key.shape {
            Shape::Map(Shape::Table(shape)) => spelled_out.push_str(&lines(shape)),
            Shape::Table(shape) if !lines(shape).is_empty() => {
                spelled_out.push_str(&format!("[{}]\n{}", key.name, lines(shape)))
            }
            _ => {}
        }
    }
    assert!(spelled_out.contains("answer_within = \"30s\""));
    assert_eq!(config("a.toml", &spelled_out), config("a.toml", least));
}

#[test]
fn a_clients_file_is_taken_as_it_is() {
    let rows = [
        (
            "Claude",
            r#"{"globalShortcut": "", "mcpServers": {"a": {"command": "npx", "args": ["-y"], "env": {"A": "1"}}}}"#,
        ),
        ("Cursor", r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y"], "env": {"A": "1"}, "type": "stdio"}}}"#),
        (
            "VS Code",
            "{// mine\n\"inputs\": [], \"servers\": {\"a\": {\"command\": \"npx\", \"args\": [\"-y\",], \"env\": {\"A\": \"1\"}}}}",
        ),
        (
            "Cline",
            r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y"], "env": {"A": "1"}, "disabled": false, "autoApprove": []}}}"#,
        ),
    ];
    for (client, text) in rows {
        let config = config("mcp.json", text);
        let [server] = &config.servers[..] else { panic!("{client}") };
        let Transport::Stdio { command, args, env, .. } = &server.transport else { panic!("{client}") };
        assert_eq!((command.as_str(), args.join(" "), env["A"].as_str()), ("npx", "-y".to_owned(), "1"), "{client}");
    }
}

#[test]
fn the_examples_are_in_order() {
    let toml = config("reference-servers.toml", include_str!("../../../../../examples/reference-servers.toml"));
    assert_eq!(toml.servers.len(), 6);
    let json = config("mcp.json", include_str!("../../../../../examples/mcp.json"));
    assert_eq!(json.servers.len(), 3);
}
