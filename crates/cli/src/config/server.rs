//! One server, from its table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use catalog::{Effect, Readers, ServerId, ServerLabels};
use mcp::upstream::{Transport, UpstreamConfig};

use super::checked::{Checked, Entry, Table};
use super::fault::{FaultCode, Findings};
use super::node::Span;
use super::{shaping, tariff};

/// A server's table together with the name it stands under.
#[derive(Clone, Copy)]
pub(crate) struct ServerTable<'a> {
    /// What the server is called from here on.
    pub(crate) id: &'a ServerId,
    /// What messages call the table.
    pub(crate) title: &'a str,
    /// Where the name stands.
    pub(crate) at: &'a Span,
    /// The table.
    pub(crate) table: &'a Table,
    /// The key under which it has its address.
    pub(crate) url_key: &'static str,
    /// The directory of the file, for suggestions.
    pub(crate) directory: &'a Path,
    /// How long one call may take when the table does not say.
    pub(crate) call_timeout: Duration,
}

/// Keys that only make sense beside the other way of reaching a server.
const CHILD_KEYS: &[&str] = &["args", "env", "cwd", "inherit_env"];
const REMOTE_KEYS: &[&str] = &["headers", "oauth"];

/// The server, unless something in its table is not in order.
pub(crate) fn read(server: ServerTable<'_>, findings: &mut Findings) -> Option<UpstreamConfig> {
    let transport = transport(server, findings)?;
    let ServerTable { id, table, .. } = server;
    let mut config = UpstreamConfig::new(id.clone(), transport);
    if !table.is_sound() {
        return None;
    }
    config.labels = labels(table);
    config.labels.shaping = shaping::read(table, server.title, findings);
    (config.labels.alternatives, config.labels.tool_alternatives) = tariff::alternatives(table, findings);
    if let Some(timeout) = table.time("start_timeout") {
        config.start_timeout = timeout;
    }
    config.call_timeout = table.time("timeout").unwrap_or(server.call_timeout);
    if let Some(count) = table.count("max_concurrency") {
        config.max_concurrency = usize::try_from(count).unwrap_or(usize::MAX);
    }
    Some(config)
}

fn transport(server: ServerTable<'_>, findings: &mut Findings) -> Option<Transport> {
    let ServerTable { title, at, table, url_key, .. } = server;
    match (table.written("command"), table.written(url_key)) {
        (Some(_), Some(url)) => {
            let message = format!("`{title}` has both `command` and `{url_key}`");
            let help =
                format!("keep `command` for a program to start, or `{url_key}` for a server that runs elsewhere");
            findings.fault_with_help(FaultCode::Contradiction, url, message, help);
            None
        }
        (None, None) if table.holds_a_stranger => None,
        (None, None) => {
            let message = format!("`{title}` says neither what to start nor where to connect");
            let help = "give it a `command` (a program to start) or a `url` (a server that runs elsewhere)";
            findings.fault_with_help(FaultCode::Missing, at, message, help);
            None
        }
        (Some(_), None) => {
            misplaced(server, REMOTE_KEYS, "command", findings);
            child(server, findings)
        }
        (None, Some(_)) => {
            misplaced(server, CHILD_KEYS, url_key, findings);
            remote(server, findings)
        }
    }
}

fn misplaced(server: ServerTable<'_>, keys: &[&'static str], beside: &str, findings: &mut Findings) {
    for key in keys {
        let Some(at) = server.table.written(key) else { continue };
        // Clients leave an empty table behind when a server changes sides.
        let empty = server.table.under(key).is_empty() && server.table.texts(key).is_empty();
        if empty && server.table.text(key).is_none() && server.table.entry(key).is_some() {
            continue;
        }
        let message = format!("`{}` has `{key}`, which means nothing beside `{beside}`", server.title);
        findings.fault_with_help(FaultCode::Contradiction, at, message, format!("take `{key}` out"));
    }
}

fn child(server: ServerTable<'_>, findings: &mut Findings) -> Option<Transport> {
    let ServerTable { title, table, .. } = server;
    let mut sound = true;
    if let Some(entry) = table.entry("command")
        && let Checked::Text(command) = &entry.value
    {
        sound &= command_is_sound(title, command, entry, table, findings);
    }
    let cwd = table.text("cwd").map(PathBuf::from);
    if let (Some(cwd), Some(entry)) = (&cwd, table.entry("cwd")) {
        sound &= cwd_is_sound(server, cwd, entry, findings);
    }
    for entry in table.under("env") {
        if entry.name.is_empty() || entry.name.contains(['=', '\0']) {
            let message = format!("`{}` cannot name an environment variable", entry.name);
            findings.fault(FaultCode::BadName, &entry.at, message);
            sound = false;
        }
    }
    let command = table.text("command")?;
    let Transport::Stdio { command, args, mut inherit_env, .. } = Transport::stdio(command, table.texts("args")) else {
        return None;
    };
    inherit_env.extend(table.texts("inherit_env"));
    let env = table.texts_by_name("env").into_iter().collect();
    sound.then_some(Transport::Stdio { command, args, env, inherit_env, cwd })
}

fn command_is_sound(title: &str, command: &str, entry: &Entry, table: &Table, findings: &mut Findings) -> bool {
    if command.trim().is_empty() {
        let message = format!("`{title}.command` is empty");
        findings.fault_with_help(FaultCode::BadValue, &entry.span, message, "name a program, such as \"npx\"");
        return false;
    }
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or_default();
    let is_line = !program.contains(['/', '\\']) && command.contains(char::is_whitespace);
    if !is_line || table.written("args").is_some_and(|_| !table.texts("args").is_empty()) {
        return true;
    }
    let message = format!("`{title}.command` is a whole command line, and no shell takes it apart");
    let help = format!("write \"{program}\" here and the other {} words as `args`", words.count());
    findings.fault_with_help(FaultCode::BadValue, &entry.span, message, help);
    false
}

fn cwd_is_sound(server: ServerTable<'_>, cwd: &Path, entry: &Entry, findings: &mut Findings) -> bool {
    if cwd.is_absolute() {
        return true;
    }
    let message = format!("`{}.cwd` is relative, and it depends on where you stand what it means", server.title);
    let help = match cwd.strip_prefix("~") {
        Ok(rest) => format!("no shell expands `~`; write \"${{HOME}}/{}\"", rest.display()),
        Err(_) => format!("did you mean \"{}\"?", server.directory.join(cwd).display()),
    };
    findings.fault_with_help(FaultCode::BadValue, &entry.span, message, help);
    false
}

fn remote(server: ServerTable<'_>, findings: &mut Findings) -> Option<Transport> {
    let ServerTable { table, url_key, .. } = server;
    let mut sound = true;
    for entry in table.under("headers") {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if entry.name.is_empty() || !entry.name.chars().all(token) {
            findings.fault(FaultCode::BadName, &entry.at, format!("`{}` cannot name an HTTP header", entry.name));
            sound = false;
        }
        if matches!(&entry.value, Checked::Text(text) if text.contains(|c: char| c.is_control() && c != '\t')) {
            let message =
                format!("the value of the header `{}` has a line break or a control character in it", entry.name);
            findings.fault(FaultCode::BadValue, &entry.span, message);
            sound = false;
        }
    }
    let url = table.text(url_key)?.to_owned();
    let headers = table.texts_by_name("headers").into_iter().collect();
    sound.then_some(Transport::Http { url, headers })
}

fn labels(table: &Table) -> ServerLabels {
    let effect = |entry: &Entry| match entry.value {
        Checked::Choice(word) => effect_of(word).map(|effect| (entry.name.clone(), effect)),
        _ => None,
    };
    let examples = |entry: &Entry| match &entry.value {
        Checked::Texts(texts) => Some((entry.name.clone(), texts.clone())),
        _ => None,
    };
    ServerLabels {
        description: table.text("description").map(str::to_owned),
        tags: table.texts("tags"),
        prefix: table.text("prefix").map(str::to_owned),
        trust_annotations: table.flag("trust_annotations").unwrap_or(false),
        effects: table.under("effects").iter().filter_map(effect).collect::<BTreeMap<_, _>>(),
        idempotent: table.texts("idempotent").into_iter().collect::<BTreeSet<_>>(),
        examples: table.under("examples").iter().filter_map(examples).collect(),
        readers: readers(table),
        ..ServerLabels::default()
    }
}

/// Who else may be told what a server says; anybody, unless something is said.
fn readers(table: &Table) -> Readers {
    let named = table.texts("readers");
    if !table.flag("private").unwrap_or(false) && table.entry("readers").is_none() {
        return Readers::Everyone;
    }
    Readers::only(named.into_iter().map(ServerId::new))
}

fn effect_of(word: &str) -> Option<Effect> {
    [Effect::Pure, Effect::Read, Effect::Egress, Effect::Additive, Effect::Destructive]
        .into_iter()
        .find(|effect| effect.as_str() == word)
}
