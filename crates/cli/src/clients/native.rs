//! Servers into `concertmaster.toml`: what stands there keeps its order, its
//! comments and its spacing.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::server::{Launch, Server};

/// What opens a file that is made anew.
const OPENING: &str = "# Concertmaster's configuration; `concertmaster check` says what is wrong with it.\n";

/// A byte-order mark, which some editors put before everything.
const MARK: char = '\u{feff}';

/// The file with these servers added at the end of its servers; the error
/// says why it cannot be.
pub(crate) fn with_servers(text: &str, servers: &[(&str, &Server)]) -> Result<String, String> {
    let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |rest| ("\u{feff}", rest));
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    // Where nothing but comments stands, they stay before what is added.
    let before = match (document.is_empty(), text.trim().is_empty()) {
        (true, true) => OPENING.to_owned(),
        (true, false) => format!("{}\n", std::mem::take(&mut document).to_string().trim_end()),
        (false, _) => String::new(),
    };
    let all = document.entry("servers").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let all: &mut dyn TableLike = all.as_table_like_mut().ok_or("`servers` is no table")?;
    for (name, server) in servers {
        if all.insert(name, Item::Table(table(server))).is_some() {
            return Err(format!("`servers.{name}` stands there already"));
        }
    }
    Ok(format!("{mark}{before}{document}"))
}

fn table(server: &Server) -> Table {
    let mut table = Table::new();
    let mut put = |key: &str, value: Value| drop(table.insert(key, Item::Value(value)));
    match &server.launch {
        Launch::Child { command, args, env, inherit_env, cwd } => {
            put("command", command.into());
            if !args.is_empty() {
                put("args", array(args));
            }
            if !env.is_empty() {
                put("env", pairs(env));
            }
            if !inherit_env.is_empty() {
                put("inherit_env", array(inherit_env));
            }
            if let Some(cwd) = cwd {
                put("cwd", cwd.into());
            }
        }
        Launch::Remote { url, headers } => {
            put("url", url.into());
            if !headers.is_empty() {
                put("headers", pairs(headers));
            }
        }
    }
    let more =
        [("description", &server.description), ("timeout", &server.timeout), ("start_timeout", &server.start_timeout)];
    for (key, value) in more {
        if let Some(value) = value {
            put(key, value.into());
        }
    }
    table.decor_mut().set_prefix("\n");
    table
}

fn array(texts: &[String]) -> Value {
    texts.iter().map(String::as_str).collect::<Array>().into()
}

fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<InlineTable>().into()
}
