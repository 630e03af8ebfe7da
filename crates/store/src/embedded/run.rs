//! One run of this program: alive as long as its file is held.
//!
//! Process ids come again; a lock is let go by the system the moment its
//! process ends, however it ends.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::file::make_directory;
use crate::name;

/// Where the files of runs are.
const RUNS: &str = "runs";

/// This run.
pub(super) struct Run {
    name: String,
    path: PathBuf,
    /// Held as long as the run goes on.
    _held: File,
}

impl Run {
    /// Begins a run in that state directory.
    pub(super) fn begin(directory: &Path) -> io::Result<Self> {
        let runs = directory.join(RUNS);
        make_directory(&runs)?;
        let name = name::random();
        let path = runs.join(&name);
        // Held before it is seen, or another process could take it for one
        // that is over.
        let unseen = directory.join(format!("run-{name}"));
        let held = OpenOptions::new().write(true).create_new(true).open(&unseen)?;
        held.try_lock().map_err(io::Error::from)?;
        fs::rename(&unseen, &path)?;
        Ok(Self { name, path, _held: held })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Ends it in order: nothing is left of it.
    pub(super) fn end(self) {
        // A file that stays is taken for that of a run that was killed.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether that run is over. One whose file cannot be looked at is not known
/// to be.
pub(super) fn is_over(directory: &Path, run: &str) -> bool {
    match File::open(directory.join(RUNS).join(run)) {
        Ok(file) => file.try_lock_shared().is_ok(),
        Err(why) => why.kind() == io::ErrorKind::NotFound,
    }
}

/// Removes the files of runs that are over.
pub(super) fn clear(directory: &Path) {
    let files = fs::read_dir(directory.join(RUNS)).into_iter().flatten().flatten();
    for file in files {
        let name = file.file_name();
        if name.to_str().is_some_and(|name| is_over(directory, name)) {
            let _ = fs::remove_file(file.path());
        }
    }
}
