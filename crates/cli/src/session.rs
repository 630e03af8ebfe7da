//! The servers and the engine, for as long as one command runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use catalog::ToolSource;
use engine::{Engine, Event, Events, Parts, Request, Settings};
use futures::future::select;
use mcp::upstream::{Fleet, UpstreamConfig};
use policy::{Approvals, Policy};
use query::QueryId;
use store::{Store, Wall};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::args::{Approved, Global};
use crate::auth;
use crate::config::{self, Config, Loaded, Report};
use crate::demonstration::Demonstration;
use crate::failure::Failure;
use crate::hearing::Hearing;
use crate::interrupt::Interrupt;
use crate::models;
use crate::render::progress::Progress;
use crate::shell::Shell;
use crate::state::State;

/// How long servers have to end by themselves once the command is done.
const DRAIN: Duration = Duration::from_secs(2);

/// Beyond a server's own start timeout, how long it has to be reported failed.
const START_MARGIN: Duration = Duration::from_secs(1);

/// The servers and the engine, for as long as one command runs.
pub(crate) struct Session {
    /// The servers.
    pub(crate) fleet: Arc<Fleet>,
    /// What answers.
    pub(crate) engine: Engine,
    /// What the configuration says.
    pub(crate) config: Config,
    /// Where it stands; nowhere, for the demo's.
    pub(crate) path: Option<PathBuf>,
    /// What outlives the command.
    pub(crate) state: State,
    /// What is wrong with it and what is worth knowing.
    pub(crate) report: Report,
    /// The demo's workspace, removed when the session is closed.
    demonstration: Option<Demonstration>,
    /// Has forgotten what servers take back.
    hearing: Hearing,
}

impl Session {
    /// Reads the configuration, or sets up the demo, and starts the servers.
    pub(crate) fn open(shell: &mut Shell) -> Result<Self, Failure> {
        if shell.global.demo {
            let demonstration = Demonstration::set_up()?;
            let mut config = demonstration.config();
            if let Some(limit) = shell.global.demo_with {
                demonstration.limit(&mut config, limit);
            }
            if let Some(path) = &shell.global.config {
                config.models = Some(config::models_of(path)?);
            }
            let state = if shell.global.demo_waits() { State::of_demo()? } else { State::in_memory()? };
            let started = Self::start(config, state, &shell.global)?;
            return Ok(Self { demonstration: Some(demonstration), ..started });
        }
        let loaded = config::load(shell.global.config.as_deref())?;
        Self::of(loaded, shell)
    }

    /// Starts the servers that are in order, whatever else of the file is not.
    pub(crate) fn open_in_spite(shell: &mut Shell) -> Result<Self, Failure> {
        if shell.global.demo {
            return Self::open(shell);
        }
        let loaded = config::inspect(shell.global.config.as_deref())?;
        Self::of(loaded, shell)
    }

    fn of(loaded: Loaded, shell: &mut Shell) -> Result<Self, Failure> {
        let Loaded { path, config, report } = loaded;
        if shell.global.verbose {
            for note in &report.notes {
                shell.tell(&format!("note: {}\n", note.brief()))?;
            }
        }
        let state = State::open(&config.state, &path)?;
        Ok(Self { path: Some(path), report, ..Self::start(config, state, &shell.global)? })
    }

    fn start(config: Config, state: State, global: &Global) -> Result<Self, Failure> {
        let model = models::open(config.models.clone(), global)?;
        let fleet = Fleet::start(auth::equipped(&config, &state));
        let news = fleet.news();
        let engine = Engine::new(Parts {
            source: Arc::clone(&fleet) as _,
            client: Arc::clone(&fleet) as _,
            policy: Policy::new(config.rules).with_tariff(config.tariff.clone()),
            model,
            store: Arc::clone(&state.store) as _,
            sealer: state.sealer.clone(),
            settings: settings(&config),
        });
        let (listener, servers) = (engine.clone(), config.servers.iter().map(|server| server.id.clone()).collect());
        let hearing = Hearing::start(news, servers, move |server| listener.forget(server));
        let (path, report) = (None, Report::default());
        Ok(Self { fleet, engine, config, state, path, report, demonstration: None, hearing })
    }

    /// A request of the person at this terminal.
    pub(crate) fn request(
        &self,
        global: &Global,
        approved: &Approved,
        events: Events,
        cancel: CancellationToken,
    ) -> Request {
        Request {
            facts: Arc::new(self.config.facts.clone()),
            within: global.timeout,
            approvals: Approvals::of(approved.hashes.iter().copied()),
            events,
            cancel,
            ..Request::local()
        }
    }

    /// Waits until every server is up or has failed: as long as `--timeout`
    /// says, or as the slowest of them is given to start.
    pub(crate) async fn settle(&self, shell: &Shell, interrupt: &Interrupt) {
        self.wait_for(shell, interrupt, ToolSource::settled(&*self.fleet)).await;
    }

    /// Waits until the tool of that name is there, or until no server is
    /// starting any more that could have it.
    pub(crate) async fn settle_for_tool(&self, shell: &Shell, interrupt: &Interrupt, name: &str) {
        let mut changes = self.fleet.changed();
        let there = async { while self.engine.catalog().find(name).is_none() && changes.changed().await.is_ok() {} };
        let settled = ToolSource::settled(&*self.fleet);
        self.wait_for(shell, interrupt, async { drop(select(pin!(there), settled).await) }).await;
    }

    async fn wait_for(&self, shell: &Shell, interrupt: &Interrupt, moment: impl Future<Output = ()>) {
        let longest = self.config.servers.iter().map(|server| server.start_timeout).max().unwrap_or_default();
        let limit = shell.global.timeout.unwrap_or(longest + START_MARGIN);
        let progress = Progress::start(shell.drawing());
        let servers = self.config.servers.iter().map(|server| server.id.to_string()).collect();
        (progress.events())(Event::Waiting { query: QueryId::new("start"), servers });
        // Interrupted, late or in time: what there is by then is told.
        let _ = interrupt.cancel.run_until_cancelled(timeout(limit, moment)).await;
        progress.finish();
    }

    /// Ends the servers, and removes the demo's workspace.
    pub(crate) async fn close(self) {
        self.fleet.stop(DRAIN).await;
        // It holds the engine, and with it the state, which ends with its last holder.
        self.hearing.end().await;
        // What is not given back in time counts as spent; what matters is kept.
        let _ = timeout(DRAIN, self.state.store.settle(Wall::now())).await;
        drop(self.demonstration);
    }
}

fn settings(config: &Config) -> Settings {
    let per_server = dispatch::ServerLimits { call_timeout: config.limits.call_timeout, ..config.per_server };
    let servers = config.servers.iter().map(|server| own_limits(server, config)).collect::<BTreeMap<_, _>>();
    let limits = dispatch::Limits { per_server, servers, caps: config.limits.caps, ..dispatch::Limits::default() };
    Settings {
        answer_within: config.limits.answer_within,
        calls_per_query: config.limits.calls_per_query,
        cost_per_query: config.limits.cost_per_query,
        limits,
        standing: config.standing,
        start_grace: config.limits.start_grace,
        model_calls_per_query: config.limits.model_calls_per_query,
        questions_wait: config.asking.wait,
        channels: config.asking.channels,
        reaches: config.reaches.clone(),
    }
}

fn own_limits(server: &UpstreamConfig, config: &Config) -> (catalog::ServerId, dispatch::ServerLimits) {
    let own = config.own_limits.get(&server.id).copied().unwrap_or(config.per_server);
    let (concurrency, call_timeout) = (server.max_concurrency, server.call_timeout);
    (server.id.clone(), dispatch::ServerLimits { concurrency, call_timeout, ..own })
}
