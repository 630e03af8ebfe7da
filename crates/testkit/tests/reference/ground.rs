//! What the servers work on: files, a repository, a database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::installed;

/// The database, as SQL.
const SHOP: &str = "\
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, total REAL NOT NULL);\
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, status TEXT NOT NULL);\
    INSERT INTO orders (customer, total) VALUES ('Halden', 120.5), ('Moss', 80), ('Halden', 19.5);\
    INSERT INTO tickets (subject, status) VALUES ('late parcel', 'open'), ('wrong size', 'closed');";

/// A temporary directory with something for every server, gone with it.
pub(crate) struct Ground(TempDir);

impl Ground {
    /// A new one.
    pub(crate) fn new() -> Self {
        let ground = Self(TempDir::new().expect("a temporary directory"));
        ground.lay_files();
        ground.lay_repository();
        ground.lay_database();
        ground
    }

    /// The directory that the filesystem server may enter.
    pub(crate) fn files(&self) -> PathBuf {
        // Resolved, because the server resolves links before it compares.
        fs::canonicalize(self.0.path()).expect("it exists").join("files")
    }

    /// A file that the filesystem server may read.
    pub(crate) fn file(&self, name: &str) -> String {
        text(self.files().join(name))
    }

    /// The repository.
    pub(crate) fn repository(&self) -> String {
        text(fs::canonicalize(self.0.path()).expect("it exists").join("repository"))
    }

    /// The database.
    pub(crate) fn database(&self) -> String {
        text(self.0.path().join("shop.db"))
    }

    /// The file in which the memory server keeps its graph.
    pub(crate) fn graph(&self) -> String {
        text(self.0.path().join("graph.jsonl"))
    }

    fn lay_files(&self) {
        let files = self.0.path().join("files");
        fs::create_dir_all(files.join("minutes")).expect("a directory");
        fs::write(files.join("notes.txt"), "The retry budget is twenty per cent.\n").expect("a file");
        fs::write(files.join("minutes/october.md"), "# October\n\nWe keep the five second default.\n").expect("a file");
    }

    fn lay_repository(&self) {
        let repository = self.0.path().join("repository");
        fs::create_dir(&repository).expect("a directory");
        git(&repository, &["init", "--quiet", "--initial-branch", "main"]);
        for (file, message) in [("retry.py", "Retry with exponential backoff"), ("auth.py", "Refresh expired tokens")] {
            fs::write(repository.join(file), format!("# {message}\n")).expect("a file");
            git(&repository, &["add", file]);
            git(&repository, &["commit", "--quiet", "--message", message]);
        }
        fs::write(repository.join("retry.py"), "# Retry with jitter\n").expect("a file");
    }

    /// Python has SQLite with it, and the SQLite server has Python.
    fn lay_database(&self) {
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2]).close()";
        let mut python = Command::new(installed::program("python-sqlite/bin/python"));
        run(python.args(["-c", script, &self.database(), SHOP]));
    }
}

/// Git without anybody's settings.
fn git(repository: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{role}_NAME"), "Concertmaster tests");
        git.env(format!("GIT_{role}_EMAIL"), "tests@concertmaster.invalid");
        git.env(format!("GIT_{role}_DATE"), "2026-11-02T09:00:00Z");
    }
    run(git.current_dir(repository).args(arguments));
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().expect("a path in UTF-8")
}
