//! A client's own file: Concertmaster into it, other servers out of it,
//! everything else byte for byte as it was.

use jsonc_parser::cst::{CstInputValue, CstRootNode};
use toml_edit::{DocumentMut, Item, Table, value};

use super::client::Client;
use super::entry::Entry;
use super::reference::escaped;
use super::server::Launch;
use crate::config::{Syntax, TOLERATED_JSON};

/// The name under which Concertmaster stands in a client's file.
pub(crate) const OWN_NAME: &str = "concertmaster";

/// A byte-order mark, which some editors put before everything.
const MARK: char = '\u{feff}';

/// The command that a client is to start.
pub(crate) struct Door<'a> {
    /// This program.
    pub(crate) command: &'a str,
    /// Its arguments.
    pub(crate) args: &'a [String],
}

/// The client's file with Concertmaster in it, and without these servers. The
/// error says why it cannot be changed.
pub(crate) fn edited(text: &str, client: &Client, door: &Door<'_>, without: &[&str]) -> Result<String, String> {
    let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |rest| ("\u{feff}", rest));
    let edited = match client.syntax {
        Syntax::Json => json(text, client, door, without),
        Syntax::Toml => toml(text, client, door, without),
    };
    edited.map(|edited| format!("{mark}{edited}"))
}

/// Whether a file's entry is this program, started as `door` has it.
pub(crate) fn is_ours(entry: &Entry, door: &Door<'_>) -> bool {
    let ours = Launch::child(escaped(door.command), door.args.iter().map(|arg| escaped(arg)).collect());
    entry.name == OWN_NAME && entry.project.is_none() && entry.launch.as_ref().is_some_and(|it| it.is_same(&ours))
}

fn json(text: &str, client: &Client, door: &Door<'_>, without: &[&str]) -> Result<String, String> {
    let root = CstRootNode::parse(if text.trim().is_empty() { "{}\n" } else { text }, &TOLERATED_JSON)
        .map_err(|error| error.to_string())?;
    let object = root.object_value().ok_or("it is no JSON object")?;
    let servers = match object.get(client.key) {
        Some(_) => object.object_value(client.key).ok_or_else(|| format!("its `{}` is no object", client.key))?,
        None => object.object_value_or_set(client.key),
    };
    for name in without {
        if let Some(server) = servers.get(name) {
            server.remove();
        }
    }
    let args = door.args.iter().map(|arg| CstInputValue::String(arg.clone())).collect();
    let mut members = Vec::new();
    if client.says_stdio {
        members.push(("type".to_owned(), CstInputValue::String("stdio".to_owned())));
    }
    members.push(("command".to_owned(), CstInputValue::String(door.command.to_owned())));
    members.push(("args".to_owned(), CstInputValue::Array(args)));
    match servers.get(OWN_NAME) {
        Some(own) => own.set_value(CstInputValue::Object(members)),
        None => drop(servers.append(OWN_NAME, CstInputValue::Object(members))),
    }
    Ok(root.to_string())
}

fn toml(text: &str, client: &Client, door: &Door<'_>, without: &[&str]) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let servers = document.entry(client.key).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let servers = servers.as_table_like_mut().ok_or_else(|| format!("its `{}` is no table", client.key))?;
    for name in without {
        servers.remove(name);
    }
    if let Some(own) = servers.get_mut(OWN_NAME).and_then(Item::as_table_like_mut) {
        own.insert("command", value(door.command));
        own.insert("args", value(door.args.iter().map(String::as_str).collect::<toml_edit::Array>()));
        own.remove("url");
    } else {
        let mut own = Table::new();
        own.insert("command", value(door.command));
        own.insert("args", value(door.args.iter().map(String::as_str).collect::<toml_edit::Array>()));
        own.decor_mut().set_prefix(if text.trim().is_empty() { "" } else { "\n" });
        servers.insert(OWN_NAME, Item::Table(own));
    }
    Ok(document.to_string())
}
