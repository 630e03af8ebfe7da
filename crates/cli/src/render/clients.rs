//! What `import` and `install` would change, or changed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::clean;
use super::style::{BAD, CARE, FAINT, GOOD, STRONG, styled};
use super::times::counted;
use crate::clients::{Client, Door, Fate, File, Kept, Launch, Server, Taken};
use crate::invocation::quoted;

/// The most characters of a command line that are shown.
const MAX_LINE_CHARS: usize = 120;

/// Columns of the word for what becomes of a server.
const FATE_COLUMNS: usize = 4;

/// What `import` found and did.
pub(crate) struct Imported<'a> {
    /// The file that servers are added to.
    pub(crate) target: &'a Path,
    /// The clients' files.
    pub(crate) files: &'a [File],
    /// By file: what becomes of each server.
    pub(crate) taken: &'a [Vec<Taken>],
    /// Where no file was.
    pub(crate) looked: &'a [PathBuf],
    /// What was kept, if anything was written.
    pub(crate) kept: Option<Kept>,
}

/// What `install` would change, or changed.
pub(crate) struct Installed<'a> {
    /// The client.
    pub(crate) client: &'a Client,
    /// Its file.
    pub(crate) path: &'a Path,
    /// What it is to start.
    pub(crate) door: &'a Door<'a>,
    /// Its other servers, where they are to be taken out.
    pub(crate) removals: &'a [Removal],
    /// Whether anything is different.
    pub(crate) changes: bool,
    /// What was kept, if anything was written.
    pub(crate) kept: Option<Kept>,
}

/// A server that is to be taken out of a client's file.
pub(crate) struct Removal {
    /// Its name there.
    pub(crate) name: String,
    /// Why it stays, if it does.
    pub(crate) stays: Option<String>,
}

/// `import` as text.
pub(crate) fn import(imported: &Imported<'_>, width: usize) -> String {
    let mut text = String::new();
    for (file, taken) in imported.files.iter().zip(imported.taken) {
        text.push_str(&format!("{}\n", styled(STRONG, format!("{}: {}", file.client.title, shown(&file.path)))));
        match &file.entries {
            Err(why) => text.push_str(&format!("  {} {}\n", styled(BAD, "cannot be read:"), clean::lines(why.trim()))),
            Ok(entries) if entries.is_empty() => text.push_str(&format!("  {}\n", styled(FAINT, "no servers"))),
            Ok(_) => text.extend(taken.iter().map(|taken| server(taken, width))),
        }
        text.push('\n');
    }
    if imported.files.is_empty() {
        text.push_str("No client's file was found. Looked for:\n");
        text.extend(imported.looked.iter().map(|path| format!("  {}\n", shown(path))));
        return text + "Name one: concertmaster import FILE --client NAME\n";
    }
    let added = added(imported).count();
    let (servers, target) = (counted(added, "server"), shown(imported.target));
    text.push_str(&match (&imported.kept, added) {
        (_, 0) => "There is nothing to add.\n".to_owned(),
        (None, _) => format!("Nothing is written yet. With --write, {servers} would be added to {target}\n"),
        (Some(kept), _) => format!("{} {servers} added to {target}{}\n", styled(GOOD, "ok"), before(kept)),
    });
    let variables = variables(imported);
    if !variables.is_empty() {
        text.push_str("\nTheir secrets are not copied. Set these where Concertmaster is started:\n");
        text.extend(
            variables.iter().map(|(name, place)| format!("  {} {}\n", styled(STRONG, name), styled(FAINT, place))),
        );
    }
    if imported.kept.is_some() {
        text.push_str("\nNext: concertmaster check\n");
    }
    text
}

/// `import` as JSON.
pub(crate) fn import_json(imported: &Imported<'_>) -> Value {
    let file = |(file, taken): (&File, &Vec<Taken>)| {
        let servers: Vec<Value> = taken.iter().map(server_json).collect();
        json!({"client": file.client.name, "file": file.path, "error": file.entries.as_ref().err(), "servers": servers})
    };
    let variables: Vec<String> = variables(imported).into_iter().map(|(name, _)| name).collect();
    json!({
        "target": imported.target,
        "written": imported.kept.is_some(),
        "backup": imported.kept.as_ref().and_then(backup),
        "files": imported.files.iter().zip(imported.taken).map(file).collect::<Vec<_>>(),
        "variables": variables,
    })
}

/// `install` as text.
pub(crate) fn install(installed: &Installed<'_>, width: usize) -> String {
    let Installed { client, path, door, removals, changes, kept } = installed;
    let mut text = format!("{}\n", styled(STRONG, format!("{}: {}", client.title, shown(path))));
    let words = std::iter::once(door.command).chain(door.args.iter().map(String::as_str));
    text.push_str(&row("set", "concertmaster", &line(words, width)));
    for Removal { name, stays } in *removals {
        text.push_str(&match stays {
            None => row("out", name, "Concertmaster has it now"),
            Some(why) => row("stay", name, why),
        });
    }
    text.push_str(&match (kept, changes) {
        (_, false) => "\nThere is nothing to change.\n".to_owned(),
        (None, true) => "\nNothing is written yet; with --write it is.\n".to_owned(),
        (Some(kept), true) => {
            format!("\n{} written{}\nStart {} anew to see it.\n", styled(GOOD, "ok"), before(kept), client.title)
        }
    });
    text
}

/// `install` as JSON.
pub(crate) fn install_json(installed: &Installed<'_>) -> Value {
    let Installed { client, path, door, removals, changes, kept } = installed;
    let stays: Vec<Value> = removals
        .iter()
        .filter_map(|removal| Some(json!({"name": removal.name, "why": removal.stays.as_ref()?})))
        .collect();
    let removed: Vec<&str> =
        removals.iter().filter(|removal| removal.stays.is_none()).map(|removal| removal.name.as_str()).collect();
    json!({"client": client.name, "file": path, "command": door.command, "args": door.args, "removed": removed,
        "stays": stays, "changes": changes, "written": kept.is_some(), "backup": kept.as_ref().and_then(backup)})
}

fn server(taken: &Taken, width: usize) -> String {
    let written = match &taken.project {
        Some(project) => format!("{} ({})", clean::line(&taken.name), clean::line(project)),
        None => clean::line(&taken.name),
    };
    let Fate::Added { name, server, hidden } = &taken.fate else {
        let Fate::Skipped { why } = &taken.fate else { return String::new() };
        return row("skip", &written, why);
    };
    let own = if *name == taken.name { written } else { format!("{written} as {name}") };
    let mut text = row("add", &own, &line(server.launch.words().into_iter(), width));
    let mut note = |words: String| text.push_str(&format!("  {:FATE_COLUMNS$}   {}\n", "", styled(FAINT, words)));
    for hidden in hidden {
        note(format!("{} is a secret ({}), written as ${{{}}}", hidden.place, hidden.shown, hidden.variable));
    }
    for remark in &server.remarks {
        note(clean::line(remark));
    }
    text
}

fn row(fate: &str, name: &str, words: &str) -> String {
    let style = if matches!(fate, "skip" | "stay") { CARE } else { GOOD };
    let fate = format!("{fate:FATE_COLUMNS$}");
    format!("  {} {}  {}\n", styled(style, fate), clean::line(name), styled(FAINT, clean::line(words)))
}

fn line<'a>(words: impl Iterator<Item = &'a str>, width: usize) -> String {
    let line: Vec<String> = words.map(quoted).collect();
    clean::cut(&line.join(" "), MAX_LINE_CHARS.min(width))
}

fn server_json(taken: &Taken) -> Value {
    let mut entry = json!({"name": taken.name, "project": taken.project});
    match &taken.fate {
        Fate::Skipped { why } => entry["skipped"] = json!(why),
        Fate::Added { name, server, hidden } => {
            let hidden: Vec<Value> =
                hidden.iter().map(|hidden| json!({"place": hidden.place, "variable": hidden.variable})).collect();
            entry["added"] =
                json!({"name": name, "server": described(server), "secrets": hidden, "remarks": server.remarks});
        }
    }
    entry
}

/// A server without what stands in its environment and its headers.
fn described(server: &Server) -> Value {
    let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    match &server.launch {
        Launch::Child { command, args, env, .. } => json!({"command": command, "args": args, "env": names(env)}),
        Launch::Remote { url, headers } => json!({"url": url, "headers": names(headers)}),
    }
}

fn added<'a>(imported: &'a Imported<'_>) -> impl Iterator<Item = &'a Taken> {
    imported.taken.iter().flatten().filter(|taken| matches!(taken.fate, Fate::Added { .. }))
}

/// The variables to set, each with the place where its value stands.
fn variables(imported: &Imported<'_>) -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for (file, taken) in imported.files.iter().zip(imported.taken) {
        for taken in taken {
            let Fate::Added { hidden, .. } = &taken.fate else { continue };
            for hidden in hidden {
                let place = format!("{} of {} in {}", hidden.place, clean::line(&taken.name), shown(&file.path));
                if !variables.iter().any(|(name, _)| *name == hidden.variable) {
                    variables.push((hidden.variable.clone(), place));
                }
            }
        }
    }
    variables
}

fn before(kept: &Kept) -> String {
    match kept {
        Kept::Backup(path) => format!("; what was there is in {}", shown(path)),
        Kept::Nothing => String::new(),
    }
}

fn backup(kept: &Kept) -> Option<&Path> {
    match kept {
        Kept::Backup(path) => Some(path),
        Kept::Nothing => None,
    }
}

fn shown(path: &Path) -> String {
    clean::line(&path.display().to_string())
}
