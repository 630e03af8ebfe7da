//! A configuration that is in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use catalog::{Reaches, ServerId};
use dispatch::{Caps, ServerLimits, StandingSettings};
use mcp::downstream::{Exposure, Keyring};
use mcp::upstream::{RegisteredClient, UpstreamConfig};
use policy::{Channels, Rules, Tariff};
use providers::ModelsConfig;
use query::Cost;
use store::SealingKey;

/// How long a whole query may take, unless configured otherwise.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How long a query waits for servers that have only just been started, unless
/// configured otherwise.
pub(crate) const START_GRACE: Duration = Duration::from_secs(10);

/// How many upstream calls a query may make, unless configured otherwise.
pub(crate) const CALLS_PER_QUERY: u32 = 100;

/// How many calls to language models a query may make, unless configured
/// otherwise.
pub(crate) const MODEL_CALLS_PER_QUERY: u32 = 24;

/// How long a question waits for its answer, unless configured otherwise.
pub(crate) const QUESTIONS_WAIT: Duration = Duration::from_secs(3600);

/// Everything the operator decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Config {
    /// The servers, by name.
    pub(crate) servers: Vec<UpstreamConfig>,
    /// What may be called unasked.
    pub(crate) rules: Rules,
    /// Which way a human's word may come, and how long it is waited for.
    pub(crate) asking: Asking,
    /// Where state is kept.
    pub(crate) state: StateConfig,
    /// Prices, budgets and rates.
    pub(crate) tariff: Tariff,
    /// What is kept of what servers said, and when one is left alone.
    pub(crate) standing: StandingSettings,
    /// What holds of every server that has no entry of its own, timeouts and
    /// concurrency aside.
    pub(crate) per_server: ServerLimits,
    /// What holds of single servers.
    pub(crate) own_limits: BTreeMap<ServerId, ServerLimits>,
    /// How long and how much.
    pub(crate) limits: Limits,
    /// What fills arguments by name.
    pub(crate) facts: BTreeMap<String, String>,
    /// The language models; none where none are configured.
    pub(crate) models: Option<ModelsConfig>,
    /// What `serve` lists.
    pub(crate) expose: Exposure,
    /// How permission to use servers is got that ask for it.
    pub(crate) oauth: BTreeMap<ServerId, OAuth>,
    /// Where `serve` listens.
    pub(crate) listen: Listen,
    /// Who may come in there; everybody when nobody is named.
    pub(crate) keyring: Keyring,
    /// How far each of them reaches.
    pub(crate) reaches: Reaches,
}

/// Where `serve` listens, and by which names it is reached there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listen {
    /// The address; standard input and output when absent.
    pub(crate) address: Option<SocketAddr>,
    /// What clients and proxies may call it, beside the address.
    pub(crate) hosts: Vec<String>,
    /// Origins whose pages may call.
    pub(crate) origins: Vec<String>,
}

/// How permission to use one server is got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OAuth {
    /// Who gives it.
    pub(crate) grant: OAuthGrant,
    /// Who we are to the authorization server, where it knows us.
    pub(crate) client: Option<RegisteredClient>,
    /// Where an authorization server can read who we are.
    pub(crate) metadata_url: Option<String>,
    /// The port that a browser comes back to; any that is free when absent.
    pub(crate) redirect_port: Option<u16>,
}

/// Who gives permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OAuthGrant {
    /// A person, in a browser.
    Person,
    /// The authorization server, to a client that it knows.
    Client,
}

/// How questions to a human are put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asking {
    /// Which way the answer may come.
    pub(crate) channels: Channels,
    /// How long it is waited for.
    pub(crate) wait: Duration,
}

impl Default for Asking {
    fn default() -> Self {
        Self { channels: Channels::default(), wait: QUESTIONS_WAIT }
    }
}

/// Where state is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct StateConfig {
    /// The directory; a default one when absent.
    pub(crate) directory: Option<PathBuf>,
    /// The key that replicas share; one in the directory when absent.
    pub(crate) key: Option<SealingKey>,
}

impl PartialEq for StateConfig {
    fn eq(&self, other: &Self) -> bool {
        let key = |of: &Self| of.key.as_ref().map(SealingKey::text);
        self.directory == other.directory && key(self) == key(other)
    }
}

/// How long and how much one query may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The whole query.
    pub(crate) answer_within: Duration,
    /// Upstream calls.
    pub(crate) calls_per_query: u32,
    /// What those may cost.
    pub(crate) cost_per_query: Cost,
    /// How large results may be.
    pub(crate) caps: Caps,
    /// Calls to language models.
    pub(crate) model_calls_per_query: u32,
    /// One call, to a server without a timeout of its own.
    pub(crate) call_timeout: Duration,
    /// Waiting for servers that have only just been started.
    pub(crate) start_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_within: ANSWER_WITHIN,
            calls_per_query: CALLS_PER_QUERY,
            cost_per_query: Cost::UNLIMITED,
            caps: Caps::default(),
            model_calls_per_query: MODEL_CALLS_PER_QUERY,
            call_timeout: dispatch::CALL_TIMEOUT,
            start_grace: START_GRACE,
        }
    }
}
