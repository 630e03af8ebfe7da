//! What the operator says of one upstream.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use catalog::{ServerId, ServerLabels};

use super::auth::Authorization;

/// How long a server has from its start to its first list of tools.
pub const DEFAULT_START_TIMEOUT: Duration = Duration::from_secs(30);

/// How long one call may take.
pub const DEFAULT_CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Calls to one server at the same time.
pub const DEFAULT_MAX_CONCURRENCY: usize = 8;

/// One server to be called.
#[derive(Clone, Debug, PartialEq)]
pub struct UpstreamConfig {
    /// The operator's name for it; unique.
    pub id: ServerId,
    /// How to reach it.
    pub transport: Transport,
    /// What the operator says of it.
    pub labels: ServerLabels,
    /// From its start to its first list of tools, at most this long.
    pub start_timeout: Duration,
    /// One call takes at most this long, whatever the caller allows.
    pub call_timeout: Duration,
    /// Calls at the same time, at least 1; more wait.
    pub max_concurrency: usize,
    /// How to get permission where an HTTP server asks for it; `None`: it is
    /// in the headers, or there is none.
    pub authorization: Option<Authorization>,
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Transport {
    /// A child process that speaks over its standard input and output.
    Stdio {
        /// The program.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// Variables set for it.
        env: BTreeMap<String, String>,
        /// Our own variables that it may see; see [`default_inherit_env`](super::default_inherit_env).
        inherit_env: Vec<String>,
        /// Where it runs; our own working directory when absent.
        cwd: Option<PathBuf>,
    },
    /// A Streamable HTTP endpoint.
    Http {
        /// Its address.
        url: String,
        /// Headers sent with every request.
        headers: BTreeMap<String, String>,
    },
}

impl UpstreamConfig {
    /// A server with the default limits and nothing said of it.
    pub fn new(id: ServerId, transport: Transport) -> Self {
        Self {
            id,
            transport,
            labels: ServerLabels::default(),
            start_timeout: DEFAULT_START_TIMEOUT,
            call_timeout: DEFAULT_CALL_TIMEOUT,
            max_concurrency: DEFAULT_MAX_CONCURRENCY,
            authorization: None,
        }
    }
}

impl Transport {
    /// A child process in our working directory with the default environment.
    pub fn stdio(command: impl Into<String>, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Stdio {
            command: command.into(),
            args: args.into_iter().map(Into::into).collect(),
            env: BTreeMap::new(),
            inherit_env: super::default_inherit_env(),
            cwd: None,
        }
    }

    /// An endpoint without headers of its own.
    pub fn http(url: impl Into<String>) -> Self {
        Self::Http { url: url.into(), headers: BTreeMap::new() }
    }
}
