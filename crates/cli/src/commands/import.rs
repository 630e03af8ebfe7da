//! `import`: the servers that other clients have, into `concertmaster.toml`.

use std::path::{Path, PathBuf};

use crate::args::Import;
use crate::clients::{self, CLIENTS, Client, Fate, File, Home, Scene, Secrets, Server, Taken};
use crate::config::{self, Places, Source, Syntax};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Imported, import, import_json};
use crate::shell::Shell;

/// Shows what would be added, or adds it.
pub(super) fn run(shell: &mut Shell, typed: &Import) -> Result<Exit, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    let here = std::env::current_dir().map_err(|error| Failure::machine("find out where this runs", error))?;
    let home = Home::of(&variable, &here);
    let places = Places { flag: shell.global.config.as_deref(), variable: &variable, here: &here };
    let target = own_file(&places)?;
    let before = clients::text_if_any(&target).map_err(|why| unreadable(&target, &why))?;
    let text = before.clone().unwrap_or_default();
    let own = Source::new(target.clone(), &text, Syntax::Toml);
    let tree = config::tree(&own).map_err(|report| faulty(&target, &report))?;
    let (files, looked) = files(typed, &home)?;
    let secrets = if typed.keep_secrets { Secrets::Kept } else { Secrets::Hidden };
    let taken = clients::take(&files, &clients::own_entries(&tree), secrets);
    let added: Vec<(&str, &Server)> = taken.iter().flatten().filter_map(addition).collect();
    let mut kept = None;
    if !added.is_empty() {
        let after = clients::with_servers(&text, &added).map_err(|why| unreadable(&target, &why))?;
        let wrong = config::faults_of_shape(&Source::new(target.clone(), &after, Syntax::Toml));
        if !wrong.faults.is_empty() {
            return Err(Failure::Usage(format!("what would be written has faults, so nothing was:\n\n{wrong}")));
        }
        if typed.write {
            let done = clients::replace(&target, before.as_deref(), &after);
            kept = Some(done.map_err(|error| Failure::Usage(format!("{}: {error}", target.display())))?);
        }
    }
    let imported = Imported { target: &target, files: &files, taken: &taken, looked: &looked, kept };
    if shell.global.json {
        shell.say_json(&import_json(&imported))?;
    } else {
        shell.say(&import(&imported, shell.width()))?;
    }
    Ok(Exit::Answered)
}

/// The file that servers are added to.
pub(super) fn own_file(places: &Places<'_>) -> Result<PathBuf, Failure> {
    let target = config::own_file(places);
    if Syntax::of(&target) == Syntax::Json {
        let message =
            format!("{} is another client's kind of file; name a concertmaster.toml with --config", target.display());
        return Err(Failure::Usage(message));
    }
    Ok(target)
}

pub(super) fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::Usage(format!("{} cannot be changed: {why}", path.display()))
}

pub(super) fn faulty(path: &Path, report: &config::Report) -> Failure {
    Failure::Usage(format!("{} has faults; mend them first:\n\n{report}", path.display()))
}

fn addition(taken: &Taken) -> Option<(&str, &Server)> {
    match &taken.fate {
        Fate::Added { name, server, .. } => Some((name, server)),
        Fate::Skipped { .. } => None,
    }
}

/// The clients' files, and, where none was named, where they were looked for.
fn files(typed: &Import, home: &Home<'_>) -> Result<(Vec<File>, Vec<PathBuf>), Failure> {
    if !typed.files.is_empty() {
        let named = typed.files.iter().map(|path| named(path, typed, home)).collect::<Result<_, _>>()?;
        return Ok((named, Vec::new()));
    }
    let wanted = |client: &&Client| typed.clients.is_empty() || typed.clients.iter().any(|one| one.name == client.name);
    let mut found = Vec::new();
    let mut looked = Vec::new();
    for client in CLIENTS.iter().filter(wanted) {
        for path in client.places(home) {
            match clients::text_if_any(&path) {
                Ok(None) => looked.push(path),
                Ok(Some(text)) => found.push(read(client, path, &text, home)),
                Err(why) => found.push(File { client, path, entries: Err(why) }),
            }
        }
    }
    Ok((found, looked))
}

fn named(path: &Path, typed: &Import, home: &Home<'_>) -> Result<File, Failure> {
    let client = match typed.clients.as_slice() {
        [client] => Some(*client),
        _ => Client::of_file(path, home),
    };
    let client = client.ok_or_else(|| {
        Failure::Usage(format!("nothing tells whose file {} is; say it with --client NAME", path.display()))
    })?;
    let text =
        config::text_of(path).map_err(|why| Failure::Usage(format!("{} cannot be read: {why}", path.display())))?;
    Ok(read(client, path.to_path_buf(), &text, home))
}

fn read(client: &'static Client, path: PathBuf, text: &str, home: &Home<'_>) -> File {
    let source = Source::new(path.clone(), text, client.syntax);
    let entries = match config::tree(&source) {
        Ok(tree) => Ok(clients::entries(&tree, &Scene { client, path: &path, home })),
        // An empty file has no servers; that is no fault of it.
        Err(_) if source.text.trim().is_empty() => Ok(Vec::new()),
        Err(report) => Err(report.to_string()),
    };
    File { client, path, entries }
}
