//! Permissions in the state directory, each in a file of its own.
//!
//! In: a permission. Out: a file that its owner alone may read, sealed with
//! the store's key, and good for one server at one address: tokens are shown
//! to nobody else, also when the configuration calls another server so.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use catalog::Fingerprint;
use mcp::upstream::{Permission, Transport, UpstreamConfig, Wallet};
use query::{Blame, Fault, Principal};
use serde_json::json;
use store::{Sealer, Wall};

use crate::state::State;

/// The directory of permissions, below the state directory.
const DIRECTORY: &str = "permissions";

/// After this long without being renewed, a permission is forgotten.
const KEPT_FOR: Duration = Duration::from_secs(400 * 24 * 3600);

/// The longest file that is read, in bytes: tokens are not documents.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// One server's permission.
pub(crate) struct SealedWallet {
    path: PathBuf,
    /// What it is sealed for: the server's address is a part of it.
    purpose: String,
    sealer: Sealer,
}

impl SealedWallet {
    /// The place of a server's permission; `None` when nothing outlives this
    /// process, or when the server is not reached by an address.
    pub(crate) fn of(server: &UpstreamConfig, state: &State) -> Option<Self> {
        let Transport::Http { url, .. } = &server.transport else { return None };
        let name = format!("{}-{}.sealed", server.id, Fingerprint::of(&json!(url)).short());
        let path = state.directory.as_ref()?.join(DIRECTORY).join(name);
        Some(Self { path, purpose: format!("permission {url}"), sealer: state.sealer.clone() })
    }

    /// Forgets the permission; whether there was one.
    pub(crate) fn forget(&self) -> io::Result<bool> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(&self.path);
        fs::create_dir_all(directory)?;
        // The owner's alone from the start, and whole or not there at all.
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Wallet for SealedWallet {
    fn kept(&self) -> Option<Permission> {
        let mut text = String::new();
        File::open(&self.path).ok()?.take(MAX_FILE_BYTES).read_to_string(&mut text).ok()?;
        let opened = self.sealer.open(&self.purpose, &Principal::local(), &text, Wall::now()).ok()?;
        Permission::read(&opened)
    }

    fn keep(&self, permission: &Permission) -> Result<(), Fault> {
        let until = Wall::now().after(KEPT_FOR);
        let sealed = self.sealer.seal(&self.purpose, &Principal::local(), until, &permission.text());
        let lost = |why: String| Fault::passing(Blame::Operator, "state_unavailable", why);
        let sealed = sealed.map_err(|why| lost(why.to_string()))?;
        self.write(&sealed).map_err(|why| lost(format!("{}: {why}", self.path.display())))
    }
}
