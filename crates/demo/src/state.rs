//! State that survives the process: one JSON file, read whole and replaced
//! whole. Several processes may serve one workspace, so every change is made
//! under an advisory lock on a file beside it and lands by renaming.

use std::{
    fs::{self, File},
    io::{self, Write},
    marker::PhantomData,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::server::Fault;

/// A value of type `T` kept in a JSON file.
#[derive(Debug)]
pub(crate) struct State<T> {
    path: PathBuf,
    holds: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> State<T> {
    /// The state kept at `path`; nothing is read yet.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, holds: PhantomData }
    }

    /// The value as it is now.
    pub(crate) fn read(&self) -> Result<T, Fault> {
        let bytes = fs::read(&self.path).map_err(|error| self.unreadable(&error))?;
        serde_json::from_slice(&bytes).map_err(|error| self.unreadable(&error))
    }

    /// Changes the value; when `change` refuses, the file stays as it was.
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut T) -> Result<R, Fault>) -> Result<R, Fault> {
        let _lock = self.lock().map_err(|error| self.unwritable(&error))?;
        let mut value = self.read()?;
        let result = change(&mut value)?;
        self.replace(&value).map_err(|error| self.unwritable(&error))?;
        Ok(result)
    }

    /// Held until dropped; the operating system frees it if the process dies.
    fn lock(&self) -> io::Result<File> {
        let file = File::options().create(true).truncate(false).write(true).open(self.path.with_extension("lock"))?;
        file.lock()?;
        Ok(file)
    }

    fn replace(&self, value: &T) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        serde_json::to_writer_pretty(&mut file, value)?;
        file.write_all(b"\n")?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> Fault {
        Fault::new(format!("the demo state {} cannot be read: {error}", self.path.display()))
    }

    fn unwritable(&self, error: &dyn std::fmt::Display) -> Fault {
        Fault::new(format!("the demo state {} cannot be written: {error}", self.path.display()))
    }
}
