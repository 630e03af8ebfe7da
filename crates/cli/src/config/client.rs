//! Another client's `mcp.json`, taken as it is.

use std::collections::BTreeMap;
use std::path::Path;

use catalog::ServerId;

use super::check::Checker;
use super::checked::{Checked, Entry, Table};
use super::client_keys::CLIENT_ROOT;
use super::fault::FaultCode;
use super::names;
use super::node::{Node, Span};
use super::server::{self, ServerTable};
use super::settings::Config;

/// Reads the file's tree. What is not in order is in the checker's findings.
pub(crate) fn read(tree: &Node, checker: &mut Checker<'_>, directory: &Path) -> Config {
    let root = checker.table(tree, &CLIENT_ROOT, "").unwrap_or_default();
    let mut config = Config::default();
    let Some(list) = ["mcpServers", "servers"].into_iter().find(|key| root.written(key).is_some()) else {
        if checker.findings.faults.is_empty() {
            let help = r#"write { "mcpServers": { "name": { "command": "…" } } }"#;
            let message = "neither `mcpServers` nor `servers` is in the file";
            checker.findings.fault_with_help(FaultCode::Missing, &tree.span, message, help);
        }
        return config;
    };
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut left_out = Vec::new();
    for entry in root.under(list) {
        let Checked::Table(table) = &entry.value else { continue };
        if let Some(why) = left_out_because(table) {
            checker.findings.note(&entry.at, format!("`{}` is left out: {why}", entry.name));
            left_out.push(table.faults.clone());
            continue;
        }
        let Some(id) = name(entry, &mut taken, checker) else { continue };
        let title = format!("{list}.{}", entry.name);
        let url_key = url_key(table);
        let call_timeout = config.limits.call_timeout;
        let server = ServerTable { id: &id, title: &title, at: &entry.at, table, url_key, directory, call_timeout };
        if transport_fits(server, checker) {
            config.servers.extend(server::read(server, &mut checker.findings));
        }
    }
    checker.findings.forgive(&left_out);
    if config.servers.is_empty() && checker.findings.faults.is_empty() {
        let at = root.written(list).cloned().unwrap_or_default();
        let message =
            if !left_out.is_empty() { "every server in the file is left out" } else { "no servers are configured" };
        checker.findings.fault_with_help(FaultCode::Missing, &at, message, "add one, or switch one on");
    }
    config
}

fn left_out_because(table: &Table) -> Option<&'static str> {
    if table.flag("disabled") == Some(true) || table.flag("enabled") == Some(false) {
        return Some("it is switched off in the file");
    }
    None
}

fn transport_word(table: &Table) -> Option<(&'static str, &Span)> {
    ["type", "transportType"].into_iter().find_map(|key| Some((table.choice(key)?, &table.entry(key)?.span)))
}

/// The word under which this client wrote the address.
fn url_key(table: &Table) -> &'static str {
    ["url", "httpUrl", "serverUrl"].into_iter().find(|key| table.written(key).is_some()).unwrap_or("url")
}

fn transport_fits(server: ServerTable<'_>, checker: &mut Checker<'_>) -> bool {
    let Some((word, at)) = transport_word(server.table) else { return true };
    let is_child = matches!(word, "stdio" | "local");
    let (needed, other) = if is_child { ("command", server.url_key) } else { (server.url_key, "command") };
    if server.table.written(needed).is_some() || server.table.written(other).is_none() {
        return true;
    }
    let message = format!("`{}` is of type \"{word}\" and has a `{other}`", server.title);
    let help = format!("give it a `{needed}`, or take the type out");
    checker.findings.fault_with_help(FaultCode::Contradiction, at, message, help);
    false
}

/// The name a server goes by here: its own where it fits, else its slug;
/// `None`, with a fault, when another has it.
fn name<'a>(entry: &'a Entry, taken: &mut BTreeMap<String, &'a str>, checker: &mut Checker<'_>) -> Option<ServerId> {
    let slug = if names::fault_in(&entry.name).is_some() { names::slug(&entry.name) } else { entry.name.clone() };
    if let Some(other) = taken.get(&slug) {
        let message = format!("`{}` and `{other}` would both be called `{slug}`", entry.name);
        checker.findings.fault_with_help(FaultCode::BadName, &entry.at, message, "give one of them another name");
        return None;
    }
    if slug != entry.name {
        checker.findings.note(&entry.at, format!("`{}` is called `{slug}` here", entry.name));
    }
    taken.insert(slug.clone(), &entry.name);
    Some(ServerId::new(slug))
}
