//! A server as another client describes it, in this program's own terms.

/// A server. Texts may hold references as `concertmaster.toml` writes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Server {
    /// How it is reached.
    pub(crate) launch: Launch,
    /// What it is for, in the file's words.
    pub(crate) description: Option<String>,
    /// The longest one call may take, with its unit.
    pub(crate) timeout: Option<String>,
    /// The longest it may take to start, with its unit.
    pub(crate) start_timeout: Option<String>,
    /// What of the file's description is not taken over, or is to be known.
    pub(crate) remarks: Vec<String>,
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Launch {
    /// It is started.
    Child {
        /// The program.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// Its environment, in the file's order.
        env: Vec<(String, String)>,
        /// Variables of the user's own environment that it sees.
        inherit_env: Vec<String>,
        /// Where it starts.
        cwd: Option<String>,
    },
    /// It runs elsewhere.
    Remote {
        /// Its address.
        url: String,
        /// Headers of every request, in the file's order.
        headers: Vec<(String, String)>,
    },
}

impl Default for Launch {
    fn default() -> Self {
        Self::Remote { url: String::new(), headers: Vec::new() }
    }
}

impl Launch {
    /// A program and its arguments.
    pub(crate) fn child(command: impl Into<String>, args: Vec<String>) -> Self {
        Self::Child { command: command.into(), args, env: Vec::new(), inherit_env: Vec::new(), cwd: None }
    }

    /// Whether two are the same server: the same program with the same
    /// arguments in the same place, or the same address.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Child { command, args, cwd, .. },
                Self::Child { command: other, args: other_args, cwd: other_cwd, .. },
            ) => command == other && args == other_args && cwd == other_cwd,
            (Self::Remote { url, .. }, Self::Remote { url: other, .. }) => url == other,
            (Self::Child { .. }, Self::Remote { .. }) | (Self::Remote { .. }, Self::Child { .. }) => false,
        }
    }

    /// Whether it is this program: a door must not open onto itself.
    pub(crate) fn is_concertmaster(&self) -> bool {
        let Self::Child { command, args, .. } = self else { return false };
        let program = command.rsplit(['/', '\\']).next().unwrap_or_default();
        program.trim_end_matches(".exe") == "concertmaster" && args.iter().any(|arg| arg == "serve")
    }

    /// The command line or the address, in words.
    pub(crate) fn words(&self) -> Vec<&str> {
        match self {
            Self::Child { command, args, .. } => {
                std::iter::once(command.as_str()).chain(args.iter().map(String::as_str)).collect()
            }
            Self::Remote { url, .. } => vec![url],
        }
    }
}
