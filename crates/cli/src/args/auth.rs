//! `auth`.

use clap::{Args, Subcommand};

/// What the help shows.
pub(crate) const HELP: &str = "\
Examples:
  concertmaster auth login tickets
  concertmaster auth status

Servers that ask for permission have a table `[servers.NAME.oauth]`. What they give is kept in the state directory, sealed,
and renewed without asking.";

/// `auth`.
#[derive(Debug, Args)]
pub(crate) struct Auth {
    /// What to do; without it, `status`
    #[command(subcommand)]
    pub(crate) verb: Option<AuthVerb>,
}

/// What can be done about permissions.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthVerb {
    /// Give permission to use a server, in a browser
    Login {
        /// The server's name in the configuration
        server: String,
        /// Only show the address; open nothing
        #[arg(long)]
        no_browser: bool,
    },
    /// Show which permissions are kept, and until when
    Status,
    /// Forget the permission to use a server
    Logout {
        /// The server's name in the configuration
        server: String,
    },
}
