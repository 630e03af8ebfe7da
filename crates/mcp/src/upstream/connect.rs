//! From a configuration to a server that has introduced itself and listed
//! its tools.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use query::{Blame, Fault};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::time::{Instant, timeout, timeout_at};

use super::auth::Authorizer;
use super::config::{Transport, UpstreamConfig};
use super::endpoint::Endpoint;
use super::environment::environment;
use super::era::Era;
use super::event_wire::EventWire;
use super::fault::{of_trouble, silent};
use super::handshake::{Introduction, Probe, initialize, knows_no_initialize, probe};
use super::http::HttpWire;
use super::inventory::Inventory;
use super::last_words::LastWords;
use super::pool::HttpPool;
use super::process::{Epitaph, Program, ServerProcess};
use super::session::{Ids, Session};
use super::stdio::StdioWire;
use super::wire::{Trouble, Wire, WireFault};

/// How long a server may think about a question of the modern era before it
/// is asked in the legacy way as well.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a process that was asked both ways may go on starting before it
/// is taken for one that the first question confused.
const SLOW_START: Duration = Duration::from_secs(8);

/// How long a server may take to open the stream of what it says by itself
/// before it is called all the same.
const ATTUNE_PATIENCE: Duration = Duration::from_secs(2);

/// How long a process that did not understand the probe has to end.
const PROBE_STOP_GRACE: Duration = Duration::from_millis(500);

/// What is known of a server's era from an earlier connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Modern,
    Legacy,
    /// By the first revision's HTTP transport.
    Events,
}

/// A server that can be called.
pub(crate) struct Link {
    pub(crate) session: Arc<Session>,
    pub(crate) process: Option<ServerProcess>,
    pub(crate) inventory: Inventory,
}

/// Connects to one server, again and again.
pub(crate) struct Connector {
    config: Arc<UpstreamConfig>,
    pool: Arc<HttpPool>,
    verdict: Option<Verdict>,
    authorizer: Option<Arc<Authorizer>>,
    words: LastWords,
}

/// A wire before its server has introduced itself.
struct Attempt {
    wire: Arc<dyn Wire>,
    process: Option<ServerProcess>,
    ids: Ids,
}

/// Why an introduction failed: the wire said so, or time ran out.
enum Unanswered {
    Fault(WireFault),
    Silent,
}

impl Connector {
    /// Connects as configured; what processes write to their standard error
    /// becomes `words`.
    pub(crate) fn new(config: Arc<UpstreamConfig>, pool: Arc<HttpPool>, words: LastWords) -> Self {
        Self { config, pool, verdict: None, authorizer: None, words }
    }

    /// A connection, within the configured time. What a server turned out to
    /// speak is remembered until a connection fails.
    pub(crate) async fn connect(&mut self) -> Result<Link, Fault> {
        let deadline = Instant::now() + self.config.start_timeout;
        let link = self.connect_by(deadline).await;
        if link.is_err() {
            self.verdict = None;
        }
        link
    }

    async fn connect_by(&mut self, deadline: Instant) -> Result<Link, Fault> {
        if self.verdict == Some(Verdict::Events) {
            if let Some(link) = self.by_events(deadline).await? {
                return Ok(link);
            }
            self.verdict = None;
        }
        if self.verdict != Some(Verdict::Legacy) {
            let attempt = self.attempt()?;
            let patience = match self.verdict {
                Some(_) => deadline,
                // An HTTP server refuses what it does not know; one that is
                // silent is slow, or asks somebody for permission first.
                None if self.is_http() => half_way(deadline),
                None => deadline.min(Instant::now() + PROBE_TIMEOUT),
            };
            match attempt.introduced(patience, deadline).await {
                Ok(introduction) => return self.list(attempt, introduction, deadline).await,
                Err(Unanswered::Fault(fault)) if attempt.process.is_none() => {
                    if is_another_transport(&fault)
                        && let Some(link) = self.by_events(deadline).await?
                    {
                        return Ok(link);
                    }
                    return Err(self.failed(attempt, &Unanswered::Fault(fault)).await);
                }
                Err(_) => attempt.give_up().await,
            }
        }
        // It ended or fell silent over a question it did not know, or is known
        // to: it gets a fresh start with the one it knows.
        let attempt = self.attempt()?;
        match attempt.initialized(deadline).await {
            Ok(introduction) => self.list(attempt, introduction, deadline).await,
            Err(unanswered) => Err(self.failed(attempt, &unanswered).await),
        }
    }

    /// A connection by the first revision's HTTP transport; `None` when the
    /// server does not speak it.
    async fn by_events(&mut self, deadline: Instant) -> Result<Option<Link>, Fault> {
        let Some(endpoint) = self.endpoint()? else { return Ok(None) };
        let opened = timeout_at(deadline, EventWire::open(self.config.id.clone(), &endpoint)).await;
        let Ok(Ok(wire)) = opened else { return Ok(None) };
        let attempt = Attempt { wire: Arc::new(wire), process: None, ids: Ids::new() };
        match attempt.initialized(deadline).await {
            Ok(introduction) => {
                let link = self.list(attempt, introduction, deadline).await?;
                self.verdict = Some(Verdict::Events);
                Ok(Some(link))
            }
            Err(unanswered) => Err(self.failed(attempt, &unanswered).await),
        }
    }

    fn is_http(&self) -> bool {
        matches!(self.config.transport, Transport::Http { .. })
    }

    /// Where an HTTP server is; `None` for any other.
    fn endpoint(&mut self) -> Result<Option<Endpoint>, Fault> {
        let config = Arc::clone(&self.config);
        let Transport::Http { url, headers } = &config.transport else { return Ok(None) };
        if let (None, Some(settings)) = (&self.authorizer, &config.authorization) {
            let authorizer = Authorizer::new(settings.clone(), url).map_err(|why| {
                let message = format!("`{url}` cannot be authorized: {why}");
                self.named(Fault::lasting(Blame::Operator, "server_config", message))
            })?;
            self.authorizer = Some(Arc::new(authorizer));
        }
        let endpoint = Endpoint::new(&self.pool, url, headers, self.authorizer.clone());
        endpoint.map(Some).map_err(|fault| self.named(fault))
    }

    fn attempt(&mut self) -> Result<Attempt, Fault> {
        let ids = Ids::new();
        if let Some(endpoint) = self.endpoint()? {
            let wire = HttpWire::new(self.config.id.clone(), endpoint);
            return Ok(Attempt { wire: Arc::new(wire), process: None, ids });
        }
        let (process, stdin, stdout) = self.start_process()?;
        let wire = StdioWire::start(self.config.id.clone(), stdin, stdout);
        Ok(Attempt { wire: Arc::new(wire), process: Some(process), ids })
    }

    fn start_process(&self) -> Result<(ServerProcess, ChildStdin, ChildStdout), Fault> {
        let Transport::Stdio { command, args, env, inherit_env, cwd } = &self.config.transport else {
            return Err(Fault::lasting(Blame::Ourselves, "no_command", "an HTTP server has no process"));
        };
        let env = environment(inherit_env, env, |name| std::env::var(name).ok());
        let program = Program { command, args, env, cwd: cwd.as_deref() };
        ServerProcess::start(&program, self.words.clone())
            .map_err(|error| self.unstartable(command, cwd.as_ref(), &error))
    }

    fn unstartable(&self, command: &str, cwd: Option<&PathBuf>, error: &io::Error) -> Fault {
        let id = &self.config.id;
        let message = match (cwd, error.kind()) {
            (Some(cwd), _) if !cwd.is_dir() => {
                format!("server `{id}` cannot start: its `cwd` `{}` is no directory", cwd.display())
            }
            (_, io::ErrorKind::NotFound) if Path::new(command).components().count() > 1 => {
                format!("server `{id}` cannot start: there is no program `{command}`; check its `command`")
            }
            (_, io::ErrorKind::NotFound) => {
                format!(
                    "server `{id}` cannot start: `{command}` is not on the PATH; install it, or check its `command`"
                )
            }
            _ => format!("server `{id}` cannot start: `{command}`: {error}"),
        };
        Fault::lasting(Blame::Operator, "server_unstartable", message)
    }

    async fn list(&mut self, attempt: Attempt, introduction: Introduction, deadline: Instant) -> Result<Link, Fault> {
        let Attempt { wire, process, ids } = attempt;
        self.verdict = Some(match introduction.era {
            Era::Modern => Verdict::Modern,
            Era::Legacy(_) => Verdict::Legacy,
        });
        let session = Session::new(introduction, Arc::clone(&wire), ids);
        let taken = timeout_at(deadline, Inventory::take(&session));
        let (taken, _) = futures::join!(taken, timeout(ATTUNE_PATIENCE, session.wire().attuned()));
        let unanswered = match taken {
            Ok(Ok(inventory)) => return Ok(Link { session: Arc::new(session), process, inventory }),
            Ok(Err(fault)) => Unanswered::Fault(fault),
            Err(_) => Unanswered::Silent,
        };
        Err(self.fault(&unanswered, process, "list its tools", "before it listed its tools").await)
    }

    async fn failed(&self, attempt: Attempt, unanswered: &Unanswered) -> Fault {
        self.fault(unanswered, attempt.process, "introduce itself", "before it introduced itself").await
    }

    async fn fault(&self, why: &Unanswered, process: Option<ServerProcess>, duty: &str, during: &str) -> Fault {
        let end = match process {
            Some(process) => Some(process.epitaph().await),
            None => None,
        };
        match why {
            Unanswered::Fault(fault) => of_trouble(&self.config.id, &fault.trouble, during, end.as_ref()),
            Unanswered::Silent => {
                let mut fault = silent(&self.config.id, duty, self.config.start_timeout);
                fault.message += &end.as_ref().map(Epitaph::said).unwrap_or_default();
                fault
            }
        }
    }

    fn named(&self, fault: Fault) -> Fault {
        Fault { message: format!("server `{}`: {}", self.config.id, fault.message), ..fault }
    }
}

impl Attempt {
    /// Asks in the modern way, and in the legacy way if the answer calls for
    /// it.
    async fn introduced(&self, patience: Instant, deadline: Instant) -> Result<Introduction, Unanswered> {
        let mut probed = pin!(probe(self.wire.as_ref(), &self.ids));
        match timeout_at(patience, &mut probed).await {
            Ok(Ok(Probe::Modern(introduction))) => Ok(*introduction),
            Ok(Ok(Probe::Legacy)) if self.process.is_some() => self.initialized(half_way(deadline)).await,
            Ok(Ok(Probe::Legacy)) => self.initialized(deadline).await,
            Ok(Err(fault)) => Err(Unanswered::Fault(fault)),
            Err(_) if self.process.is_some() => {
                self.asked_both_ways(probed, half_way(deadline).min(Instant::now() + SLOW_START)).await
            }
            Err(_) => Err(Unanswered::Silent),
        }
    }

    /// A silent process is slow to start, or deaf to the first question:
    /// which, it tells by the question that it answers. Both wait in its
    /// input, so a slow one reads the first first.
    async fn asked_both_ways(
        &self,
        probed: impl Future<Output = Result<Probe, WireFault>>,
        patience: Instant,
    ) -> Result<Introduction, Unanswered> {
        let mut initialized = pin!(self.initialized(patience));
        tokio::select! {
            biased;
            answer = timeout_at(patience, probed) => match answer {
                Ok(Ok(Probe::Modern(introduction))) => Ok(*introduction),
                Ok(Ok(Probe::Legacy)) => initialized.await,
                Ok(Err(fault)) => Err(Unanswered::Fault(fault)),
                Err(_) => Err(Unanswered::Silent),
            },
            introduced = &mut initialized => introduced,
        }
    }

    async fn initialized(&self, deadline: Instant) -> Result<Introduction, Unanswered> {
        match timeout_at(deadline, initialize(self.wire.as_ref(), self.ids.next())).await {
            Ok(Ok(introduction)) => Ok(introduction),
            Ok(Err(fault)) if knows_no_initialize(&fault) => {
                match timeout_at(deadline, probe(self.wire.as_ref(), &self.ids)).await {
                    Ok(Ok(Probe::Modern(introduction))) => Ok(*introduction),
                    Ok(Ok(Probe::Legacy)) => Err(Unanswered::Fault(fault)),
                    Ok(Err(fault)) => Err(Unanswered::Fault(fault)),
                    Err(_) => Err(Unanswered::Silent),
                }
            }
            Ok(Err(fault)) => Err(Unanswered::Fault(fault)),
            Err(_) => Err(Unanswered::Silent),
        }
    }

    async fn give_up(self) {
        drop(self.wire);
        if let Some(process) = self.process {
            process.stop(PROBE_STOP_GRACE).await;
        }
    }
}

/// Whether a server that refused a POST may speak the first revision's HTTP
/// transport.
fn is_another_transport(fault: &WireFault) -> bool {
    match &fault.trouble {
        Trouble::Status { code, .. } => (400..500).contains(code) && !matches!(code, 401 | 403 | 407 | 429),
        _ => false,
    }
}

/// Half of what is left: a process confused by a question must leave time for
/// a fresh start.
fn half_way(deadline: Instant) -> Instant {
    let now = Instant::now();
    now + deadline.saturating_duration_since(now) / 2
}
