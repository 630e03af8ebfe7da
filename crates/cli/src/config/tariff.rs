//! Prices, budgets and rates, from their tables; and what is said of single
//! servers beside how to reach them.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::{ServerId, ToolRef};
use dispatch::{BreakerSettings, ServerLimits, StandingSettings};
use policy::{Allowance, ServerTariff, Span, Speed, Tariff, ToolTariff};
use query::Cost;

use super::checked::{Checked, Entry, Table};
use super::fault::{FaultCode, Findings};

/// How long without a call ends a session, unless configured otherwise.
const SESSION_IDLE: Duration = Duration::from_secs(1800);

/// The while of a rate that names none.
const RATE_WITHIN: Duration = Duration::from_secs(60);

/// Bytes in one MiB.
const MIB: u64 = 1024 * 1024;

/// Every price, budget and rate of a file.
pub(super) fn tariff(root: &Table) -> Tariff {
    let policy = root.table("policy");
    let servers = root.under("servers").iter().filter_map(|entry| match &entry.value {
        Checked::Table(table) => Some((ServerId::new(entry.name.as_str()), of_server(table))),
        _ => None,
    });
    Tariff {
        budgets: policy.and_then(|policy| policy.table("budget")).map(budgets).unwrap_or_default(),
        rate: policy.and_then(|policy| policy.table("rate")).and_then(speed),
        servers: servers.filter(|(_, own)| *own != ServerTariff::default()).collect(),
    }
}

fn of_server(table: &Table) -> ServerTariff {
    let of_tool = |(name, tool): (&str, &Table)| {
        let own = ToolTariff {
            price: tool.price("cost").map(Cost::from_units),
            budgets: tool.table("budget").map(budgets).unwrap_or_default(),
            rate: tool.table("rate").and_then(speed),
        };
        (name.into(), own)
    };
    let tools = per_tool(table).map(of_tool).filter(|(_, own)| *own != ToolTariff::default());
    ServerTariff {
        price: table.price("cost").map(Cost::from_units).unwrap_or_default(),
        budgets: table.table("budget").map(budgets).unwrap_or_default(),
        rate: table.table("rate").and_then(speed),
        total_rate: table.table("total_rate").and_then(speed),
        tools: tools.collect(),
    }
}

fn budgets(table: &Table) -> Vec<Allowance> {
    let idle = table.time("session_idle").unwrap_or(SESSION_IDLE);
    let allowance = |calls: &str, cost: &str, span: Span| {
        let (calls, cost) = (table.count(calls), table.price(cost).map(Cost::from_units));
        (calls.is_some() || cost.is_some()).then(|| Allowance {
            span,
            calls: calls.unwrap_or(u64::MAX),
            cost: cost.unwrap_or(Cost::UNLIMITED),
        })
    };
    let day = allowance("calls_per_day", "cost_per_day", Span::Day);
    day.into_iter().chain(allowance("calls_per_session", "cost_per_session", Span::Session(idle))).collect()
}

fn speed(table: &Table) -> Option<Speed> {
    let count = |key: &str| table.count(key).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let calls = count("calls")?;
    let within = table.time("within").unwrap_or(RATE_WITHIN);
    Some(Speed { calls, within, burst: count("burst").unwrap_or(calls) })
}

fn per_tool(table: &Table) -> impl Iterator<Item = (&str, &Table)> {
    table.under("per_tool").iter().filter_map(|entry| match &entry.value {
        Checked::Table(tool) => Some((entry.name.as_str(), tool)),
        _ => None,
    })
}

/// The servers and tools that serve as well as this server's.
pub(super) fn alternatives(table: &Table, findings: &mut Findings) -> (Vec<ServerId>, BTreeMap<String, Vec<ToolRef>>) {
    let servers = table.texts("alternatives").iter().map(|name| ServerId::new(name.as_str())).collect();
    let mut tools = BTreeMap::new();
    for (name, tool) in per_tool(table) {
        let named: Vec<String> = tool.texts("alternatives");
        let read: Vec<ToolRef> = named.iter().filter_map(|text| ToolRef::parse(text)).collect();
        if let Some(entry) = tool.entry("alternatives").filter(|_| read.len() < named.len()) {
            let message = format!("an alternative of `{name}` does not name a server and a tool");
            findings.fault_with_help(FaultCode::BadValue, &entry.span, message, "write it as \"server.tool\"");
        }
        if !read.is_empty() {
            tools.insert(name.to_owned(), read);
        }
    }
    (servers, tools)
}

/// Alternatives that name no server of the file are faults.
pub(super) fn check_alternatives(root: &Table, findings: &mut Findings) {
    let known: Vec<&str> = root.under("servers").iter().map(|entry| entry.name.as_str()).collect();
    let mut check = |entry: &Entry, server: &str| {
        if known.contains(&server) {
            return;
        }
        let message = format!("there is no server `{server}` to be an alternative");
        match super::nearest(server, known.iter().copied()) {
            Some(near) => {
                let help = format!("did you mean `{near}`?");
                findings.fault_with_help(FaultCode::BadValue, &entry.span, message, help);
            }
            None => findings.fault(FaultCode::BadValue, &entry.span, message),
        }
    };
    for entry in root.under("servers") {
        let Checked::Table(table) = &entry.value else { continue };
        if let Some(written) = table.entry("alternatives") {
            table.texts("alternatives").iter().for_each(|server| check(written, server));
        }
        for (_, tool) in per_tool(table) {
            let Some(written) = tool.entry("alternatives") else { continue };
            for other in tool.texts("alternatives").iter().filter_map(|text| ToolRef::parse(text)) {
                check(written, other.server.as_str());
            }
        }
    }
}

/// What holds of single servers, timeouts and concurrency aside.
pub(super) fn server_limits(root: &Table) -> (ServerLimits, BTreeMap<ServerId, ServerLimits>) {
    let default = ServerLimits::default();
    let ttl = root.table("cache").and_then(|cache| cache.time("ttl")).unwrap_or(default.cache_ttl);
    let common = ServerLimits { cache_ttl: ttl, ..default };
    let own = root.under("servers").iter().filter_map(|entry| match &entry.value {
        Checked::Table(table) => {
            let limits = ServerLimits {
                idle_timeout: table.time("idle_timeout"),
                hedge_after: table.time("hedge_after"),
                cache_ttl: table.time("cache_ttl").unwrap_or(ttl),
                ..common
            };
            Some((ServerId::new(entry.name.as_str()), limits))
        }
        _ => None,
    });
    (common, own.collect())
}

/// What is kept of what servers said, and when one is left alone.
pub(super) fn standing(root: &Table) -> StandingSettings {
    let default = StandingSettings::default();
    let mib = root.table("cache").and_then(|cache| cache.count("max_mib"));
    let bytes = mib.map(|mib| usize::try_from(mib.saturating_mul(MIB)).unwrap_or(usize::MAX));
    let breaker = root.table("breaker");
    let time = |key: &str, otherwise| breaker.and_then(|breaker| breaker.time(key)).unwrap_or(otherwise);
    let failures = breaker.and_then(|breaker| breaker.count("failures"));
    let own = BreakerSettings {
        failures: failures.map_or(default.breaker.failures, |count| u32::try_from(count).unwrap_or(u32::MAX)),
        pause: time("pause", default.breaker.pause),
        longest_pause: time("longest_pause", default.breaker.longest_pause),
    };
    StandingSettings { breaker: own, cache_bytes: bytes.unwrap_or(default.cache_bytes), ..default }
}
