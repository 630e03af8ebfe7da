//! `concertmaster.toml`: our own file, in which every unknown key is a fault.

use std::path::Path;

use catalog::ServerId;
use dispatch::Caps;
use mcp::downstream::Exposure;
use policy::{Answer, Rules};
use query::Cost;

use super::access;
use super::check::Checker;
use super::checked::{Checked, Table};
use super::fault::FaultCode;
use super::keys::ROOT;
use super::model;
use super::names;
use super::node::Node;
use super::oauth;
use super::server::{self, ServerTable};
use super::settings::{Config, Limits};
use super::state;
use super::tariff;

/// Reads the file's tree. What is not in order is in the checker's findings.
pub(crate) fn read(tree: &Node, checker: &mut Checker<'_>, directory: &Path) -> Config {
    let root = checker.table(tree, &ROOT, "").unwrap_or_default();
    let mut config = Config { limits: limits(root.table("limits")), ..Config::default() };
    let call_timeout = config.limits.call_timeout;
    for entry in root.under("servers") {
        let Checked::Table(table) = &entry.value else { continue };
        let title = format!("servers.{}", entry.name);
        let unfit = names::fault_in(&entry.name);
        if let Some(why) = unfit {
            let message = format!("`{}` cannot name a server: {why}", entry.name);
            let help = format!("call it `{}`", names::slug(&entry.name));
            checker.findings.fault_with_help(FaultCode::BadName, &entry.at, message, help);
        }
        let id = ServerId::new(entry.name.as_str());
        let server =
            ServerTable { id: &id, title: &title, at: &entry.at, table, url_key: "url", directory, call_timeout };
        let oauth = oauth::read(table, &title, &mut checker.findings);
        config.oauth.extend(oauth.map(|oauth| (id.clone(), oauth)));
        config.servers.extend(server::read(server, &mut checker.findings).filter(|_| unfit.is_none()));
    }
    if root.under("servers").is_empty() && checker.findings.faults.is_empty() {
        let help = "add one: [servers.name] with a `command` or a `url`";
        checker.findings.fault_with_help(FaultCode::Missing, &(0..0), "no servers are configured", help);
    }
    let named: Vec<&str> = root.under("servers").iter().map(|entry| entry.name.as_str()).collect();
    for entry in root.under("servers") {
        if let Checked::Table(table) = &entry.value {
            state::unknown_readers(table, &entry.name, &named, &mut checker.findings);
        }
    }
    config.rules = rules(root.table("policy"));
    config.asking = state::asking(&root);
    config.state = state::read(&root, directory, &mut checker.findings);
    config.tariff = tariff::tariff(&root);
    config.standing = tariff::standing(&root);
    (config.per_server, config.own_limits) = tariff::server_limits(&root);
    tariff::check_alternatives(&root, &mut checker.findings);
    config.facts = root.texts_by_name("facts").into_iter().collect();
    config.models = model::read(&root, &mut checker.findings);
    config.expose = match root.choice("expose") {
        Some("search") => Exposure::Search,
        Some("orchestrate") => Exposure::Orchestrate,
        _ => Exposure::All,
    };
    (config.keyring, config.reaches) = access::principals(&root, &mut checker.findings);
    config.listen = access::listen(&root, &mut checker.findings);
    note_unreachable_timeouts(&root, &config, checker);
    config
}

fn rules(table: Option<&Table>) -> Rules {
    let default = Rules::default();
    let Some(table) = table else { return default };
    let answer = |key: &str, otherwise: Answer| match table.choice(key) {
        Some("permit") => Answer::Permit,
        Some("ask") => Answer::Ask,
        Some("deny") => Answer::Deny,
        _ => otherwise,
    };
    Rules {
        additive: answer("additive", default.additive),
        additive_from_results: answer("additive_from_results", default.additive_from_results),
        destructive: answer("destructive", default.destructive),
        private: answer("private", default.private),
    }
}

fn limits(table: Option<&Table>) -> Limits {
    let default = Limits::default();
    let Some(table) = table else { return default };
    let count = |key: &str| table.count(key).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let bytes = |key: &str| table.count(key).map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    Limits {
        answer_within: table.time("answer_within").unwrap_or(default.answer_within),
        calls_per_query: count("calls_per_query").unwrap_or(default.calls_per_query),
        model_calls_per_query: count("model_calls_per_query").unwrap_or(default.model_calls_per_query),
        cost_per_query: table.price("cost_per_query").map_or(default.cost_per_query, Cost::from_units),
        caps: Caps {
            result_bytes: bytes("result_bytes").unwrap_or(default.caps.result_bytes),
            plan_bytes: bytes("plan_bytes").unwrap_or(default.caps.plan_bytes),
        },
        call_timeout: table.time("call_timeout").unwrap_or(default.call_timeout),
        start_grace: table.time("start_grace").unwrap_or(default.start_grace),
    }
}

fn note_unreachable_timeouts(root: &Table, config: &Config, checker: &mut Checker<'_>) {
    for entry in root.under("servers") {
        let Checked::Table(table) = &entry.value else { continue };
        let Some(at) = table.entry("timeout").map(|timeout| timeout.span.clone()) else { continue };
        if table.time("timeout").is_some_and(|timeout| timeout > config.limits.answer_within) {
            let message = format!(
                "`servers.{}.timeout` is longer than `limits.answer_within`, so the query always ends first",
                entry.name
            );
            checker.findings.note(&at, message);
        }
    }
}
