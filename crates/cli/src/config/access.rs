//! `[principals.NAME]` and `[listen]`: who may come in, where, and how far
//! each of them reaches.

use catalog::{Reach, Reaches};
use mcp::downstream::{Keyring, Token};
use query::Principal;

use super::checked::{Checked, Entry, Table};
use super::fault::{FaultCode, Findings};
use super::settings::Listen;
use super::shaping::globs;
use super::suggest::nearest;

/// The most principals that can be configured.
const MOST_PRINCIPALS: usize = 256;

/// The longest name of a principal, in characters.
const MAX_NAME_CHARS: usize = 64;

/// Who may come in, and how far each of them reaches.
pub(super) fn principals(root: &Table, findings: &mut Findings) -> (Keyring, Reaches) {
    let entries = root.under("principals");
    if let Some(entry) = entries.get(MOST_PRINCIPALS) {
        let message = format!("there are more than {MOST_PRINCIPALS} principals");
        findings.fault(FaultCode::BadValue, &entry.at, message);
    }
    let servers: Vec<&str> = root.under("servers").iter().map(|entry| entry.name.as_str()).collect();
    let mut keyring = Keyring::default();
    let mut reaches = Vec::new();
    for entry in entries {
        let Checked::Table(table) = &entry.value else { continue };
        if let Some(why) = fault_in_name(&entry.name) {
            let message = format!("`{}` cannot name a principal: {why}", entry.name);
            findings.fault(FaultCode::BadName, &entry.at, message);
            continue;
        }
        let principal = Principal::new(entry.name.as_str());
        tokens(entry, table, &principal, &mut keyring, findings);
        unknown_servers(entry, table, &servers, findings);
        let list = |key: &str| table.entry(key).map(|_| globs(table, key));
        reaches.push((principal, Reach { servers: list("servers"), tools: list("tools") }));
    }
    (keyring, Reaches::of(reaches))
}

fn tokens(entry: &Entry, table: &Table, principal: &Principal, keyring: &mut Keyring, findings: &mut Findings) {
    let title = format!("principals.{}", entry.name);
    if table.written("token").is_none() {
        let help = "add `token = \"${ITS_TOKEN}\"`; `openssl rand -hex 32` makes one";
        let message = format!("`{title}` has no `token`, so nobody could come in by that name");
        findings.fault_with_help(FaultCode::Missing, &entry.at, message, help);
    }
    for key in ["token", "old_token"] {
        let Some(written) = table.entry(key) else { continue };
        let Some(text) = table.text(key) else { continue };
        let added = Token::read(text).and_then(|token| keyring.add(token, principal.clone()));
        if let Err(why) = added {
            let message = format!("`{title}.{key}` cannot be used: {why}");
            let help = "`openssl rand -hex 32` makes one";
            findings.fault_with_help(FaultCode::BadValue, &written.span, message, help);
        }
    }
}

/// Servers by their whole name that are none of the file's.
fn unknown_servers(entry: &Entry, table: &Table, servers: &[&str], findings: &mut Findings) {
    let Some(written) = table.entry("servers") else { return };
    for glob in globs(table, "servers") {
        if servers.iter().any(|server| glob.fits(server)) {
            continue;
        }
        let message = format!("`principals.{}.servers` names `{glob}`, which is no server", entry.name);
        match nearest(glob.as_str(), servers.iter().copied()) {
            Some(near) => {
                let help = format!("did you mean `{near}`?");
                findings.fault_with_help(FaultCode::BadValue, &written.span, message, help);
            }
            None => findings.fault(FaultCode::BadValue, &written.span, message),
        }
    }
}

fn fault_in_name(name: &str) -> Option<&'static str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
    if name == Principal::local().as_str() {
        return Some("it is the person at this machine, who comes in over standard input and output");
    }
    if name.is_empty() || name.len() > MAX_NAME_CHARS {
        return Some("it is empty or longer than 64 characters");
    }
    (!name.chars().all(fits)).then_some("only letters, digits, `-`, `_`, `.` and `@` may stand in it")
}

/// Where `serve` listens, and by which names it is reached there.
pub(super) fn listen(root: &Table, findings: &mut Findings) -> Listen {
    let Some(table) = root.table("listen") else { return Listen::default() };
    let address = table.address("http");
    if let (Some(address), Some(entry)) = (address.filter(|address| !address.ip().is_loopback()), table.entry("http"))
        && root.written("principals").is_none()
    {
        let message = "`listen.http` is reachable from other machines, and nothing asks them who they are";
        let help = format!(
            "say who may come in: `[principals.NAME]` with a `token`; or listen on \"127.0.0.1:{}\"",
            address.port()
        );
        findings.fault_with_help(FaultCode::BadValue, &entry.span, message, help);
    }
    let (hosts, origins) = (table.texts("hosts"), table.texts("origins"));
    let bare =
        |text: &str| !text.is_empty() && !text.contains(['/', '@', '?', '#']) && !text.contains(char::is_whitespace);
    let is_origin =
        |text: &str| ["http://", "https://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(bare));
    let mut unfit = |key: &str, text: &String, help: &str| {
        let at = table.entry(key).map(|entry| entry.span.clone()).unwrap_or_default();
        findings.fault_with_help(FaultCode::BadValue, &at, format!("`listen.{key}` cannot have \"{text}\""), help);
    };
    for host in hosts.iter().filter(|host| !bare(host)) {
        unfit("hosts", host, "write a name or an address, with or without a port: \"tools.example.net:8443\"");
    }
    for origin in origins.iter().filter(|origin| !is_origin(origin)) {
        unfit("origins", origin, "write scheme, host and port alone: \"https://desk.example.net\"");
    }
    Listen { address, hosts, origins }
}
