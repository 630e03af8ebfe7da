//! A directory that cannot be left: paths from a caller in, paths on disk out.
//!
//! It refuses absolute paths, `..`, and symbolic links that lead outside. A
//! link exchanged between the check and the use would go unnoticed; nobody but
//! the owner of the workspace can do that.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use crate::server::Fault;

/// The largest file that is read or written, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 256 * 1024;

/// The most files that are looked at when searching.
const MAX_FILES: usize = 2_000;

/// The project tree.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    pub(super) fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where an existing `path` is on disk.
    pub(super) fn existing(&self, path: &str) -> Result<PathBuf, Fault> {
        let relative = relative(path)?;
        let found = self.root.join(&relative).canonicalize();
        self.inside(path, found.map_err(|error| self.not_found(path, &error))?)
    }

    /// Where `path` is or would be on disk; its directory is created.
    pub(super) fn writable(&self, path: &str) -> Result<PathBuf, Fault> {
        let relative = relative(path)?;
        let Some(name) = relative.file_name() else {
            return Err(Fault::new(format!("\"{path}\" names no file")));
        };
        let directory = relative.parent().unwrap_or(Path::new(""));
        let directory = self.create(path, directory)?;
        let target = directory.join(name);
        match fs::symlink_metadata(&target) {
            Ok(meta) if meta.is_symlink() => self.existing(path),
            Ok(meta) if meta.is_dir() => Err(Fault::new(format!("\"{path}\" is a directory, not a file"))),
            _ => Ok(target),
        }
    }

    /// A path on disk as callers write it.
    pub(super) fn name(&self, path: &Path) -> String {
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let relative = path.strip_prefix(&root).unwrap_or(path);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }

    /// Every file below `directory`, sorted, without following links.
    pub(super) fn files(&self, directory: &Path) -> Result<Vec<PathBuf>, Fault> {
        let mut files = Vec::new();
        let mut waiting = vec![directory.to_owned()];
        while let Some(next) = waiting.pop() {
            for entry in entries(&next).map_err(|error| self.unreadable(&next, &error))? {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                    Ok(kind) if kind.is_file() && files.len() < MAX_FILES => {
                        files.push(entry.path());
                    }
                    _ => {}
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// The text of the file at `path` on disk.
    pub(super) fn text(&self, path: &Path) -> Result<String, Fault> {
        let name = self.name(path);
        let meta = fs::metadata(path).map_err(|error| self.unreadable(path, &error))?;
        if meta.is_dir() {
            let message = format!("\"{name}\" is a directory; use list_directory to see its files");
            return Err(Fault::new(message));
        }
        if meta.len() > MAX_FILE_BYTES {
            let size = meta.len();
            let message = format!("\"{name}\" has {size} bytes; the limit is {MAX_FILE_BYTES}");
            return Err(Fault::new(message));
        }
        let bytes = fs::read(path).map_err(|error| self.unreadable(path, &error))?;
        String::from_utf8(bytes).map_err(|_| Fault::new(format!("\"{name}\" is not a text file (not valid UTF-8)")))
    }

    /// Creates the directories of `relative` one by one, so that none is made
    /// through a link that leads outside.
    fn create(&self, path: &str, relative: &Path) -> Result<PathBuf, Fault> {
        let failed = |error: io::Error| Fault::new(format!("cannot create \"{path}\": {error}"));
        let mut directory = self.root.canonicalize().map_err(failed)?;
        for part in relative {
            let next = directory.join(part);
            if !next.exists() {
                fs::create_dir(&next).map_err(failed)?;
            }
            directory = self.inside(path, next.canonicalize().map_err(failed)?)?;
        }
        Ok(directory)
    }

    fn inside(&self, path: &str, resolved: PathBuf) -> Result<PathBuf, Fault> {
        let root = self.root.canonicalize();
        if root.is_ok_and(|root| resolved.starts_with(root)) {
            Ok(resolved)
        } else {
            Err(Fault::new(format!("\"{path}\" leads outside the project directory")))
        }
    }

    fn not_found(&self, path: &str, error: &io::Error) -> Fault {
        if error.kind() != io::ErrorKind::NotFound {
            return Fault::new(format!("cannot open \"{path}\": {error}"));
        }
        let wanted = Path::new(path).file_name();
        let same_name: Vec<String> = self
            .root
            .canonicalize()
            .ok()
            .and_then(|root| self.files(&root).ok())
            .into_iter()
            .flatten()
            .filter(|file| file.file_name() == wanted)
            .map(|file| format!("\"{}\"", self.name(&file)))
            .collect();
        let hint = if same_name.is_empty() {
            "use search or list_directory to find the path".to_owned()
        } else {
            format!("did you mean {}?", same_name.join(" or "))
        };
        Fault::new(format!("there is no \"{path}\" in the project; {hint}"))
    }

    fn unreadable(&self, path: &Path, error: &io::Error) -> Fault {
        Fault::new(format!("cannot read \"{}\": {error}", self.name(path)))
    }
}

/// The entries of a directory by name.
pub(super) fn entries(directory: &Path) -> io::Result<Vec<fs::DirEntry>> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

/// `path` without `.`, or why it may not be used.
fn relative(path: &str) -> Result<PathBuf, Fault> {
    let refused =
        |why: &str| Fault::new(format!("\"{path}\" {why}; give a path inside the project, such as src/auth.py"));
    let mut relative = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => relative.push(name),
            Component::CurDir => {}
            Component::ParentDir => return Err(refused("contains \"..\"")),
            Component::RootDir | Component::Prefix(_) => return Err(refused("is absolute")),
        }
    }
    Ok(relative)
}
