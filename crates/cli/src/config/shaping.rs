//! What of a server is offered, and how, from its table.

use std::collections::BTreeMap;

use catalog::{Glob, Selection, Shaping};
use serde_json::{Map, Value};

use super::checked::{Checked, Table};
use super::fault::{FaultCode, Findings};

/// The longest name that a tool can be given, in bytes.
const MAX_NAME_BYTES: usize = 128;

/// The shape that a server is given, unless something in it is not in order.
pub(super) fn read(table: &Table, title: &str, findings: &mut Findings) -> Shaping {
    Shaping {
        tools: selection(Some(table)),
        resources: selection(table.table("resources")),
        prompts: selection(table.table("prompts")),
        rename: rename(table, title, findings),
        fixed: fixed(table),
    }
}

fn selection(table: Option<&Table>) -> Selection {
    let Some(table) = table else { return Selection::default() };
    // A list without entries takes nothing in.
    let include = table.entry("include").map(|_| globs(table, "include"));
    Selection { include, exclude: globs(table, "exclude") }
}

/// The patterns of a list.
pub(super) fn globs(table: &Table, key: &str) -> Vec<Glob> {
    table.texts(key).into_iter().map(Glob::new).collect()
}

fn rename(table: &Table, title: &str, findings: &mut Findings) -> BTreeMap<String, String> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for entry in table.under("rename") {
        let Checked::Text(name) = &entry.value else { continue };
        if name.is_empty() || name.len() > MAX_NAME_BYTES || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
            let message = format!("`{title}.rename` gives `{}` a name that no tool can have", entry.name);
            let help = format!("a name has no spaces and at most {MAX_NAME_BYTES} bytes");
            findings.fault_with_help(FaultCode::BadName, &entry.span, message, help);
            continue;
        }
        if let Some((other, _)) = given.iter().find(|(_, taken)| *taken == name) {
            let message = format!("`{title}.rename` gives `{other}` and `{}` one name", entry.name);
            findings.fault_with_help(FaultCode::Contradiction, &entry.span, message, "give each a name of its own");
            continue;
        }
        given.insert(entry.name.clone(), name.clone());
    }
    given
}

fn fixed(table: &Table) -> BTreeMap<String, Map<String, Value>> {
    let of_tool = |tool: &Table| -> Map<String, Value> {
        let value = |entry: &super::checked::Entry| match &entry.value {
            Checked::Json(value) => Some((entry.name.clone(), value.clone())),
            _ => None,
        };
        tool.entries.iter().filter_map(value).collect()
    };
    let tools = table.under("fixed").iter().filter_map(|entry| match &entry.value {
        Checked::Table(tool) => Some((entry.name.clone(), of_tool(tool))),
        _ => None,
    });
    tools.collect()
}
