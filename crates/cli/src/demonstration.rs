//! The demo's workspace and its four servers, for as long as one command runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use catalog::ServerId;
use demo::{Which, Workspace};
use dispatch::{BreakerSettings, Caps};
use mcp::upstream::{Transport, UpstreamConfig};
use policy::{Allowance, ServerTariff, Span, Speed};
use query::Cost;
use tempfile::TempDir;

use crate::args::DemoLimit;
use crate::config::Config;
use crate::failure::Failure;

/// A workspace in a temporary directory, and this program, which can be each
/// of the servers.
pub(crate) struct Demonstration {
    directory: TempDir,
    program: PathBuf,
}

impl Demonstration {
    /// Writes the workspace out.
    pub(crate) fn set_up() -> Result<Self, Failure> {
        const WHAT: &str = "set up the demo's workspace";
        let program = std::env::current_exe().map_err(|error| Failure::machine(WHAT, error))?;
        let directory = tempfile::Builder::new()
            .prefix("concertmaster-demo-")
            .tempdir()
            .map_err(|error| Failure::machine(WHAT, error))?;
        Workspace::materialise(directory.path()).map_err(|error| Failure::machine(WHAT, error))?;
        Ok(Self { directory, program })
    }

    /// The configuration of the four servers. They are this program's own, so
    /// what they say of their tools is believed.
    pub(crate) fn config(&self) -> Config {
        let servers = Which::ALL.map(|which| server(which, &self.program, self.directory.path())).into();
        Config { servers, ..Config::default() }
    }
}

impl Demonstration {
    /// Sets one limit.
    pub(crate) fn limit(&self, config: &mut Config, limit: DemoLimit) {
        let github = ServerId::new(Which::Github.name());
        let own = config.tariff.servers.entry(github.clone()).or_default();
        match limit {
            DemoLimit::Budget => {
                let session = Span::Session(SESSION);
                own.budgets = vec![Allowance { span: session, calls: 3, cost: Cost::UNLIMITED }];
            }
            DemoLimit::Rate => own.rate = Some(Speed { calls: 1, within: Duration::from_secs(60), burst: 2 }),
            DemoLimit::Size => config.limits.caps = Caps { result_bytes: 4096, ..config.limits.caps },
            DemoLimit::Cheaper => {
                own.price = Cost::from_units(1.0);
                let cheaper = ServerTariff { price: Cost::from_units(0.25), ..ServerTariff::default() };
                config.tariff.servers.insert(ServerId::new(MIRROR), cheaper);
                self.mirror(config, &github);
            }
            DemoLimit::Hanging => {
                config.standing.breaker = BreakerSettings { failures: 1, pause: PAUSE, longest_pause: PAUSE };
                self.mirror(config, &github);
                for server in config.servers.iter_mut().filter(|server| server.id == github) {
                    server.call_timeout = PATIENCE;
                    if let Transport::Stdio { args, .. } = &mut server.transport {
                        args.push("--mute".to_owned());
                    }
                }
            }
            // What is asked, and where questions wait, is no matter of the servers'.
            DemoLimit::Cache | DemoLimit::Waiting => {}
        }
    }

    /// A second server like `github`, declared as its alternative.
    fn mirror(&self, config: &mut Config, github: &ServerId) {
        let mut second = server(Which::Github, &self.program, self.directory.path());
        second.id = ServerId::new(MIRROR);
        second.labels.description = Some("A copy that is asked in the other's place.".to_owned());
        config.servers.push(second);
        for server in config.servers.iter_mut().filter(|server| server.id == *github) {
            server.labels.alternatives = vec![ServerId::new(MIRROR)];
        }
    }
}

/// What the second github is called.
const MIRROR: &str = "mirror";

/// How long a github that hangs is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long it is left alone then: longer than any query takes.
const PAUSE: Duration = Duration::from_secs(60);

/// How long a session of the demo lasts without a call.
const SESSION: Duration = Duration::from_secs(1800);

fn server(which: Which, program: &Path, workspace: &Path) -> UpstreamConfig {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let args = ["demo".to_owned(), "--serve".to_owned(), which.to_string(), "--workspace".to_owned(), text(workspace)];
    let mut config = UpstreamConfig::new(ServerId::new(which.name()), Transport::stdio(text(program), args));
    config.labels.description = Some(which.description().to_owned());
    config.labels.trust_annotations = true;
    config
}
