//! Files that are in order, and what they mean.

use std::time::Duration;

use catalog::{Effect, ServerId, ToolRef};
use mcp::upstream::Transport;
use policy::{Allowance, Answer, Span, Speed};
use query::Cost;

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
include = ["list_*"]
exclude = ["list_all"]
rename = { list_pull_requests = "list_prs" }
fixed = { list_prs = { owner = "fernhill" } }
resources = { include = ["x://*"] }
prompts = { exclude = ["old"] }
[servers.github.effects]
merge_pull_request = "destructive"
list_prs = "read"
[servers.github.examples]
list_prs = ["open PRs"]

[servers.github.budget]
calls_per_day = 100
cost_per_session = 2.5
session_idle = "10m"
[servers.github.per_tool.list_prs]
cost = 0.25
rate = { calls = 6, within = "2m", burst = 2 }
budget = { calls_per_session = 3 }
alternatives = ["wiki.list_pages"]

[servers.wiki]
cost = 0.5
rate = { calls = 60 }
total_rate = { calls = 600 }
alternatives = ["github"]
idle_timeout = "4s"
hedge_after = "300ms"
cache_ttl = "0s"
url = "https://wiki.example/mcp"
headers = { Authorization = "Bearer ${TOKEN}" }

[policy]
additive = "ask"
additive_from_results = "deny"
destructive = "deny"
budget = { cost_per_day = 9 }
rate = { calls = 1000, within = "1h" }

[cache]
ttl = "5s"
max_mib = 3

[breaker]
failures = 2
pause = "4s"
longest_pause = "5m"

[limits]
cost_per_query = 1.5
result_bytes = 65536
plan_bytes = 262144
answer_within = "1m"
calls_per_query = 7
call_timeout = "2s"
start_grace = "3s"

[facts]
owner = "fernhill"

[listen]
http = "localhost:8931"
hosts = ["desk.example"]
origins = ["https://desk.example"]

[principals.alice]
token = "${ALICE_TOKEN}"
old_token = "${OTHER_TOKEN}"
servers = ["git*"]
tools = ["github.list_*"]
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
    assert_eq!(config.limits.cost_per_query, Cost::from_units(1.5));
    assert_eq!((config.limits.caps.result_bytes, config.limits.caps.plan_bytes), (65_536, 262_144));
    assert_eq!(config.facts["owner"], "fernhill");
    assert_eq!(config.listen.address.map(|address| address.port()), Some(8931));
    assert_eq!((&*config.listen.hosts[0], &*config.listen.origins[0]), ("desk.example", "https://desk.example"));
    assert!(!config.keyring.is_empty() && config.reaches.all().len() == 1);
    assert!(!labels.shaping.tools.takes("list_all") && !labels.shaping.prompts.takes("old"));
    assert_eq!(labels.shaping.rename["list_pull_requests"], "list_prs");
    assert_eq!(labels.shaping.fixed["list_prs"]["owner"], "fernhill");
    assert!(!labels.shaping.resources.takes("y://1"));
}

#[test]
fn every_key_of_the_tariff_means_something() {
    let config = config("concertmaster.toml", EVERY_KEY);
    let [github, wiki] = ["github", "wiki"].map(ServerId::new);
    let idle = Duration::from_secs(600);
    let session = |calls, cost, idle| Allowance { span: Span::Session(idle), calls, cost };
    let day = |calls, cost| Allowance { span: Span::Day, calls, cost };
    let speed = |calls, seconds, burst| Speed { calls, within: Duration::from_secs(seconds), burst };
    let tariff = config.tariff;
    assert_eq!(tariff.budgets, [day(u64::MAX, Cost::from_units(9.0))]);
    assert_eq!(tariff.rate, Some(speed(1000, 3600, 1000)));
    let own = &tariff.servers[&github];
    let expected = [day(100, Cost::UNLIMITED), session(u64::MAX, Cost::from_units(2.5), idle)];
    assert_eq!((own.price, own.budgets.as_slice()), (Cost::FREE, expected.as_slice()));
    let tool = &own.tools["list_prs"];
    assert_eq!((tool.price, tool.rate), (Some(Cost::from_units(0.25)), Some(speed(6, 120, 2))));
    assert_eq!(tool.budgets, [session(3, Cost::UNLIMITED, Duration::from_secs(1800))]);
    let own = &tariff.servers[&wiki];
    assert_eq!((own.price, own.rate), (Cost::from_units(0.5), Some(speed(60, 60, 60))));
    assert_eq!(own.total_rate, Some(speed(600, 60, 600)));
    let limits = config.own_limits[&wiki];
    assert_eq!(limits.idle_timeout, Some(Duration::from_secs(4)));
    assert_eq!((limits.hedge_after, limits.cache_ttl), (Some(Duration::from_millis(300)), Duration::ZERO));
    assert_eq!(config.own_limits[&github].cache_ttl, Duration::from_secs(5));
    assert_eq!(config.standing.cache_bytes, 3 * 1024 * 1024);
    let breaker = config.standing.breaker;
    let (pause, longest) = (Duration::from_secs(4), Duration::from_secs(300));
    assert_eq!((breaker.failures, breaker.pause, breaker.longest_pause), (2, pause, longest));
    let labels = &config.servers[0].labels;
    assert_eq!(labels.tool_alternatives["list_prs"], [ToolRef::new("wiki", "list_pages")]);
    assert_eq!(config.servers[1].labels.alternatives, [github]);
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
    let team = config("team.toml", include_str!("../../../../../examples/team.toml"));
    assert_eq!((team.servers.len(), team.reaches.all().len()), (2, 1));
    let json = config("mcp.json", include_str!("../../../../../examples/mcp.json"));
    assert_eq!(json.servers.len(), 3);
}
