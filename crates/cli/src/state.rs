//! The state that outlives a command: where it is, and who may share it.

use std::fmt;
use std::fs::create_dir_all;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::Fingerprint;
use serde_json::json;
use store::{Embedded, Sealer, SealingKey, Wall};

use crate::args::Global;
use crate::config::{self, StateConfig};
use crate::failure::Failure;

/// The key's file in a state directory.
const KEY_FILE: &str = "seal.key";

/// Stands for the demo's configuration, which is no file.
const DEMO: &str = "/dev/null/demo";

/// What cannot be done without any state.
const OPEN: &str = "open the state directory";

/// State that commands, and processes, share.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Accounts, approvals and the journal.
    pub(crate) store: Arc<Embedded>,
    /// Seals what callers carry.
    pub(crate) sealer: Sealer,
    /// Where it is kept; `None` when it ends with this process.
    pub(crate) directory: Option<PathBuf>,
}

impl State {
    /// State that ends with this process.
    pub(crate) fn in_memory() -> Result<Self, Failure> {
        let key = SealingKey::random().map_err(|why| Failure::machine("make a key", why))?;
        Ok(Self { store: Arc::new(Embedded::in_memory()), sealer: Sealer::new(key), directory: None })
    }

    /// The state that a command looks into without any server: that of its
    /// configuration, or the demo's.
    pub(crate) fn of_command(global: &Global) -> Result<Self, Failure> {
        if global.demo {
            return Self::of_demo();
        }
        let loaded = config::load(global.config.as_deref())?;
        Self::open(&loaded.config.state, &loaded.path)
    }

    /// The state of the demo's questions that wait: a directory of its own
    /// among the user's state files, the same for every command.
    pub(crate) fn of_demo() -> Result<Self, Failure> {
        Self::open(&StateConfig::default(), Path::new(DEMO))
    }

    /// The state of the configuration in that file: in the directory it
    /// names, else in one of its own among the user's state files. A machine
    /// on which no such directory can be made keeps it in memory; one that is
    /// there must be usable, or budgets and approvals would be forgotten.
    pub(crate) fn open(config: &StateConfig, file: &Path) -> Result<Self, Failure> {
        let directory = match &config.directory {
            Some(named) => named.clone(),
            None => match default_directory(file) {
                Some(directory) if directory.parent().is_some_and(|above| create_dir_all(above).is_ok()) => directory,
                Some(_) | None => return Self::in_memory(),
            },
        };
        Self::within(&directory, config).map_err(|why| Failure::machine(OPEN, why))
    }

    fn within(directory: &Path, config: &StateConfig) -> Result<Self, Unusable> {
        let unusable = |why: &dyn fmt::Display| Unusable(format!("{}: {why}", directory.display()));
        let store = Embedded::open(directory, Wall::now()).map_err(|why| unusable(&why))?;
        let key = match &config.key {
            Some(key) => key.clone(),
            None => SealingKey::in_file(&directory.join(KEY_FILE)).map_err(|why| unusable(&why))?,
        };
        Ok(Self { store: Arc::new(store), sealer: Sealer::new(key), directory: Some(directory.to_owned()) })
    }
}

/// Why a directory cannot be used.
struct Unusable(String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A directory for each configuration file: two that call their servers alike
/// share nothing.
fn default_directory(file: &Path) -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let states = named("XDG_STATE_HOME").or_else(|| named("HOME").map(|home| home.join(".local/state")))?;
    let file = std::path::absolute(file).ok()?;
    let file = file.canonicalize().unwrap_or(file);
    let hash = Fingerprint::of(&json!(file.to_string_lossy())).short();
    Some(states.join("concertmaster").join(hash))
}
