//! `list_directory`: a directory in, its entries out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tree::{Tree, entries};
use crate::server::{Effect, Fault, Tool};

pub(super) struct ListDirectory;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Directory to list, relative to the project directory. Leave out for the project directory
    /// itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// The directory that was listed; empty for the project directory.
    path: String,
    /// Its files and directories by name.
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// Name within the directory.
    name: String,
    /// Path relative to the project directory.
    path: String,
    /// What it is.
    kind: Kind,
    /// Size in bytes, for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    File,
    Directory,
    Link,
}

impl Tool<Tree> for ListDirectory {
    const NAME: &'static str = "list_directory";
    const TITLE: &'static str = "List a directory";
    const DESCRIPTION: &'static str = "List the files and directories directly inside a directory \
        of the project, with their sizes. Does not descend into subdirectories.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(tree: &Tree, input: Input) -> Result<Output, Fault> {
        let asked = input.path.unwrap_or_default();
        let directory = tree.existing(&asked)?;
        if !directory.is_dir() {
            let message = format!("\"{asked}\" is a file, not a directory; use read_file");
            return Err(Fault::new(message));
        }
        let listed = entries(&directory).map_err(|error| Fault::new(format!("cannot list \"{asked}\": {error}")))?;
        let path = tree.name(&directory);
        let entries = listed.iter().map(|entry| describe(&path, entry)).collect();
        Ok(Output { path, entries })
    }
}

fn describe(directory: &str, entry: &std::fs::DirEntry) -> Entry {
    let name = entry.file_name().to_string_lossy().into_owned();
    let path = if directory.is_empty() { name.clone() } else { format!("{directory}/{name}") };
    let (kind, size) = match entry.metadata() {
        Ok(meta) if meta.is_dir() => (Kind::Directory, None),
        Ok(meta) if meta.is_file() => (Kind::File, Some(meta.len())),
        _ => (Kind::Link, None),
    };
    Entry { name, path, kind, size }
}
