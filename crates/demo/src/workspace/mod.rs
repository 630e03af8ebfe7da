//! The demo workspace on disk: a directory with the files, the GitHub and Slack
//! state and the warehouse's database.
//!
//! In: an empty or earlier demo directory. Out: a [`Workspace`] that knows
//! where everything is. It refuses to write into a directory that holds
//! anything else.

mod content;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use content::Shipped;

/// Marks a directory as a demo workspace and says which content it holds.
const MARKER: &str = ".fernhill-demo";

/// A directory that holds the demo's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Writes the shipped content into `directory`, creating it if need be.
    ///
    /// A directory that already holds this content is left as it is, with what
    /// the servers have changed in it; one that holds the content of another
    /// version is written anew. Delete the directory to start afresh.
    ///
    /// # Errors
    ///
    /// When the directory holds something else, or cannot be written.
    pub fn materialise(directory: &Path) -> Result<Self, WorkspaceError> {
        let root = absolute(directory)?;
        let workspace = Self { root };
        let wanted = format!("{:016x}\n", content::fingerprint());
        match workspace.marker()? {
            Some(found) if found == wanted => return Ok(workspace),
            None if !is_vacant(&workspace.root)? => {
                return Err(WorkspaceError::Occupied { directory: workspace.root });
            }
            Some(_) | None => {}
        }
        workspace.write(MARKER, "being written\n")?;
        for Shipped { path, text } in content::FILES {
            workspace.write(path, text)?;
        }
        workspace.build_warehouse()?;
        workspace.write(MARKER, &wanted)?;
        Ok(workspace)
    }

    /// A workspace that was written out before.
    ///
    /// # Errors
    ///
    /// When `directory` holds none.
    pub fn open(directory: &Path) -> Result<Self, WorkspaceError> {
        let workspace = Self { root: absolute(directory)? };
        match workspace.marker()? {
            Some(_) => Ok(workspace),
            None => Err(WorkspaceError::Missing { directory: workspace.root }),
        }
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The project tree that the filesystem server serves.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// The SQLite database that the SQL server serves.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("sql").join("warehouse.db")
    }

    /// Pull requests, issues, commits and diffs.
    pub(crate) fn github(&self) -> PathBuf {
        self.root.join("github")
    }

    /// Channels and messages.
    pub(crate) fn slack(&self) -> PathBuf {
        self.root.join("slack")
    }

    fn marker(&self) -> Result<Option<String>, WorkspaceError> {
        let path = self.root.join(MARKER);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(WorkspaceError::Io { path, source }),
        }
    }

    /// Files are made beside their place and moved there, so that no server
    /// ever sees half of one.
    fn write(&self, path: &str, text: &str) -> Result<(), WorkspaceError> {
        let path = self.root.join(path);
        let failed = |source| WorkspaceError::Io { path: path.clone(), source };
        let parent = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn build_warehouse(&self) -> Result<(), WorkspaceError> {
        let path = self.database();
        let directory = self.root.join("sql");
        let failed = |source| WorkspaceError::Io { path: path.clone(), source };
        fs::create_dir_all(&directory).map_err(failed)?;
        let file = tempfile::NamedTempFile::new_in(&directory).map_err(failed)?;
        let database = rusqlite::Connection::open(file.path())?;
        database.execute_batch(content::WAREHOUSE)?;
        database.close().map_err(|(_, error)| error)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Why there is no workspace to serve.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The directory holds something other than a demo workspace.
    #[error(
        "{} is not empty and holds no demo workspace; name an empty directory, or one that does \
         not exist yet", directory.display()
    )]
    Occupied {
        /// The directory that was asked for.
        directory: PathBuf,
    },
    /// The directory holds no demo workspace.
    #[error("{} holds no demo workspace; it must be written there first", directory.display())]
    Missing {
        /// The directory that was asked for.
        directory: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The warehouse could not be built.
    #[error("the demo warehouse could not be built: {0}")]
    Database(#[from] rusqlite::Error),
}

fn absolute(directory: &Path) -> Result<PathBuf, WorkspaceError> {
    std::path::absolute(directory).map_err(|source| WorkspaceError::Io { path: directory.to_owned(), source })
}

fn is_vacant(directory: &Path) -> Result<bool, WorkspaceError> {
    match fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(source) => Err(WorkspaceError::Io { path: directory.to_owned(), source }),
    }
}
