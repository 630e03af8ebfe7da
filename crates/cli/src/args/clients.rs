//! `import` and `install`.

use std::path::PathBuf;

use clap::Args;

use crate::clients::Client;

/// What follows the help of `import`.
pub(super) const IMPORT_HELP: &str = "\
Clients: claude-desktop, claude-code, cursor, vscode, codex, gemini. docs/clients.md says where each keeps its file.
Examples:
  concertmaster import
  concertmaster import --client cursor --client codex --write
  concertmaster import ~/work/.vscode/mcp.json --write";

/// What follows the help of `install`.
pub(super) const INSTALL_HELP: &str = "\
Examples:
  concertmaster install --client claude-desktop
  concertmaster install --client cursor --write
  concertmaster install --client vscode --replace --write";

/// `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files to read instead of the usual ones
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only of this client; once for each. With a file, whose file it is
    #[arg(long = "client", value_name = "NAME", value_parser = Client::named)]
    pub(crate) clients: Vec<&'static Client>,
    /// Write them into concertmaster.toml; what was there is kept beside it
    #[arg(long)]
    pub(crate) write: bool,
    /// Write secrets as they stand instead of a reference to an environment variable
    #[arg(long)]
    pub(crate) keep_secrets: bool,
}

/// `install`.
#[derive(Debug, Args)]
pub(crate) struct Install {
    /// The client
    #[arg(long, value_name = "NAME", value_parser = Client::named)]
    pub(crate) client: &'static Client,
    /// Its file, where that is not the usual one
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Write it; what was there is kept beside it
    #[arg(long)]
    pub(crate) write: bool,
    /// Take the servers out of it that the configuration has
    #[arg(long)]
    pub(crate) replace: bool,
}
