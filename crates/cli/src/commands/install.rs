//! `install`: Concertmaster into another client's file.

use std::path::{Path, PathBuf};

use super::import::{faulty, own_file, unreadable};
use crate::args::Install;
use crate::clients::{self, Door, Entry, Home, Launch, Scene, Secrets};
use crate::config::{self, Places, Source, Syntax};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Installed, Removal, install, install_json};
use crate::shell::Shell;

/// Shows what would change, or changes it.
pub(super) fn run(shell: &mut Shell, typed: &Install) -> Result<Exit, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    let here = std::env::current_dir().map_err(|error| Failure::machine("find out where this runs", error))?;
    let home = Home::of(&variable, &here);
    let own = configuration(&Places { flag: shell.global.config.as_deref(), variable: &variable, here: &here })?;
    let program =
        std::env::current_exe().map_err(|error| Failure::machine("find out what this program is called", error))?;
    let args = ["--config".to_owned(), here.join(&own).to_string_lossy().into_owned(), "serve".to_owned()];
    let program = program.to_string_lossy();
    let door = Door { command: &program, args: &args };
    let path = match &typed.file {
        Some(path) => path.clone(),
        None => typed.client.places(&home).into_iter().next().unwrap_or_default(),
    };
    let before = clients::text_if_any(&path).map_err(|why| unreadable(&path, &why))?;
    let text = before.clone().unwrap_or_default();
    let source = Source::new(path.clone(), &text, typed.client.syntax);
    let entries = match config::tree(&source) {
        Ok(tree) => clients::entries(&tree, &Scene { client: typed.client, path: &path, home: &home }),
        Err(_) if source.text.trim().is_empty() => Vec::new(),
        Err(report) => return Err(faulty(&path, &report)),
    };
    let removals = if typed.replace { removals(&entries, &own, &door)? } else { Vec::new() };
    let without: Vec<&str> = removals.iter().filter(|one| one.stays.is_none()).map(|one| one.name.as_str()).collect();
    let is_there = entries.iter().any(|entry| clients::is_ours(entry, &door));
    let after = match is_there && without.is_empty() {
        true => text.clone(),
        false => clients::edited(&text, typed.client, &door, &without).map_err(|why| unreadable(&path, &why))?,
    };
    let mut kept = None;
    if typed.write && after != text {
        let done = clients::replace(&path, before.as_deref(), &after);
        kept = Some(done.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?);
    }
    let changes = after != text;
    let installed = Installed { client: typed.client, path: &path, door: &door, removals: &removals, changes, kept };
    if shell.global.json {
        shell.say_json(&install_json(&installed))?;
    } else {
        shell.say(&install(&installed, shell.width()))?;
    }
    Ok(Exit::Answered)
}

/// The configuration that the client is to serve: a file that is there.
fn configuration(places: &Places<'_>) -> Result<PathBuf, Failure> {
    let own = own_file(places)?;
    if places.here.join(&own).is_file() {
        return Ok(own);
    }
    let message =
        format!("there is no {} yet; `concertmaster import --write` makes one of what clients have", own.display());
    Err(Failure::Usage(message))
}

/// Which of a client's servers the configuration has, and why others stay.
fn removals(entries: &[Entry], own: &Path, door: &Door<'_>) -> Result<Vec<Removal>, Failure> {
    let text = config::text_of(own).map_err(|why| unreadable(own, &why))?;
    let source = Source::new(own.to_path_buf(), &text, Syntax::Toml);
    let tree = config::tree(&source).map_err(|report| faulty(own, &report))?;
    let there = clients::own_entries(&tree);
    let others = entries.iter().filter(|entry| entry.project.is_none() && !clients::is_ours(entry, door));
    let removal = |entry: &Entry| Removal { name: entry.name.clone(), stays: stays(entry, &there) };
    Ok(others.filter(|entry| entry.server.as_ref().is_ok() || !is_door(entry)).map(removal).collect())
}

fn stays(entry: &Entry, there: &[(String, Launch)]) -> Option<String> {
    match &entry.server {
        Err(why) => Some(why.clone()),
        Ok(server) if clients::has(there, &entry.name, server, Secrets::Hidden) => None,
        Ok(_) => Some("concertmaster.toml does not have it".to_owned()),
    }
}

/// Whether the entry is Concertmaster, perhaps an older one.
fn is_door(entry: &Entry) -> bool {
    entry.name == clients::OWN_NAME
}
