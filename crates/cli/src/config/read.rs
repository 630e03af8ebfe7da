//! From the name of a file to a configuration.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use providers::ModelsConfig;

use super::check::Checker;
use super::fault::{FaultCode, Findings};
use super::locate::{self, NowhereFound, Places};
use super::mask;
use super::node::Node;
use super::reference::{Surroundings, unreadable_because};
use super::report::Report;
use super::settings::Config;
use super::source::{Source, Syntax};
use super::{client, json_tree, native, toml_tree};
use crate::render::counted;

/// The largest file that is read. Clients keep more than servers in theirs.
const MAX_CONFIG_BYTES: u64 = 8 * 1024 * 1024;

/// A configuration as it was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The file it stands in, as the user would name it.
    pub(crate) path: PathBuf,
    /// What of it is in order: all of it, when there are no faults.
    pub(crate) config: Config,
    /// What is wrong with it, and what is worth knowing.
    pub(crate) report: Report,
}

/// Why there is no configuration.
#[derive(Debug)]
pub(crate) enum ConfigError {
    /// No file was named, and none was found.
    Nowhere(NowhereFound),
    /// The file cannot be read at all.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The file names no language model, and nothing else of it was wanted.
    Modelless {
        /// The file.
        path: PathBuf,
    },
    /// The file has faults.
    Faulty {
        /// The file.
        path: PathBuf,
        /// All of them.
        report: Report,
    },
}

/// Finds the file and reads it; a fault in it is an error.
pub(crate) fn load(flag: Option<&Path>) -> Result<Loaded, ConfigError> {
    let loaded = inspect(flag)?;
    if loaded.report.faults.is_empty() {
        return Ok(loaded);
    }
    Err(ConfigError::Faulty { path: loaded.path, report: loaded.report })
}

/// Finds the file and reads what of it is in order, whatever else is not.
pub(crate) fn inspect(flag: Option<&Path>) -> Result<Loaded, ConfigError> {
    let variable = |name: &str| std::env::var(name).ok();
    let here = std::env::current_dir().unwrap_or_default();
    let path = locate::locate(&Places { flag, variable: &variable, here: &here }).map_err(ConfigError::Nowhere)?;
    let text = text_of(&path).map_err(|why| ConfigError::Unreadable { path: path.clone(), why })?;
    let directory = here.join(path.parent().unwrap_or(Path::new("")));
    let source = Source::new(path.clone(), &text, Syntax::of(&path));
    let (config, report) = read(&source, &Surroundings { variable: &variable, directory: &directory });
    Ok(Loaded { path, config, report })
}

/// The models that a file configures, whatever else is in it.
pub(crate) fn models_of(path: &Path) -> Result<ModelsConfig, ConfigError> {
    let Loaded { path, config, report } = inspect(Some(path))?;
    match config.models {
        Some(models) => Ok(models),
        None if report.faults.iter().any(|fault| fault.code != Some(FaultCode::Missing)) => {
            Err(ConfigError::Faulty { path, report })
        }
        None => Err(ConfigError::Modelless { path }),
    }
}

/// A file's text as a tree, whatever its keys mean; or what is wrong with its
/// syntax.
pub(crate) fn tree(source: &Source) -> Result<Node, Report> {
    let mut findings = Findings::default();
    let tree = match source.syntax {
        Syntax::Toml => Some(toml_tree::parse(&source.text, &mut findings)),
        Syntax::Json => json_tree::parse(&source.text, &mut findings),
    };
    match tree {
        Some(tree) if findings.faults.is_empty() => Ok(tree),
        _ => Err(Report::new(findings, source, &[])),
    }
}

/// What is wrong with a `concertmaster.toml` whatever its variables hold and
/// whether its files are there.
pub(crate) fn faults_of_shape(source: &Source) -> Report {
    // Long enough for whatever it may be, and no two alike.
    let variable = |name: &str| Some(format!("what-{name}-stands-for"));
    let (_, mut report) = read(source, &Surroundings { variable: &variable, directory: Path::new("") });
    report.faults.retain(|fault| fault.code != Some(FaultCode::Unresolved));
    report
}

/// A file's text, whosever it is, as it stands there; the error says why it
/// cannot be read.
pub(crate) fn text_of(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| unreadable_because(&error))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err("it is a directory; name the file in it".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(MAX_CONFIG_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_CONFIG_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_CONFIG_BYTES / 1024 / 1024));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        format!("it is not UTF-8: line {line} has a byte that belongs to no character")
    })
}

/// Reads a file's text: what of it is in order, and everything that was found.
pub(crate) fn read(source: &Source, surroundings: &Surroundings<'_>) -> (Config, Report) {
    let mut findings = Findings::default();
    let tree = match source.syntax {
        Syntax::Toml => Some(toml_tree::parse(&source.text, &mut findings)),
        Syntax::Json => json_tree::parse(&source.text, &mut findings),
    };
    let Some(tree) = tree else { return (Config::default(), Report::new(findings, source, &[])) };
    let mut checker = Checker::new(surroundings, findings);
    let config = match source.syntax {
        Syntax::Toml => native::read(&tree, &mut checker, surroundings.directory),
        Syntax::Json => client::read(&tree, &mut checker, surroundings.directory),
    };
    (config, Report::new(checker.findings, source, &mask::secrets(&tree)))
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere(nowhere) => nowhere.fmt(f),
            Self::Unreadable { path, why } => writeln!(f, "{} cannot be read: {why}", path.display()),
            Self::Modelless { path } => {
                let path = path.display();
                writeln!(
                    f,
                    "{path} has no [model], and the demo takes nothing else of it; to use its servers, say `ask`"
                )
            }
            Self::Faulty { path, report } => {
                let faults = counted(report.faults.len(), "fault");
                writeln!(f, "{} has {faults}:\n\n{report}", path.display())
            }
        }
    }
}
