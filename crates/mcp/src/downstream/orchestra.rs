//! What stands behind the front door.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Fetch, ServerId};
use dispatch::{Asks, CallFault, Counterpart, Progress, Replies};
use futures::future::BoxFuture;
use plan::Output;
use query::{Fault, Principal, Share};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use store::Sealer;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::upstream::{News, Offerings};

/// Everything the front door offers, behind one port. Every method acts for
/// `asker.principal`, ends soon after `asker.cancel` is cancelled, and holds
/// the same policy, whatever door it is reached by.
pub trait Orchestra: Send + Sync + 'static {
    /// The newest snapshot of what a principal may call and otherwise use; its
    /// tools are offered under their public names. The same snapshot for all
    /// who may use the same. Cheap, and never waits.
    fn catalog(&self, principal: &Principal) -> Arc<Catalog>;

    /// What servers offer beside what can be called, and how they wrote all
    /// of it: whoever it is offered to. Cheap, and never waits.
    fn offerings(&self) -> Arc<Offerings>;

    /// What changes at servers from now on.
    fn news(&self) -> broadcast::Receiver<News>;

    /// Wants to hear when a resource changes; as often as it is called, it
    /// takes that many [`unwatch`](Self::unwatch) to end it.
    fn watch<'a>(&'a self, server: &'a ServerId, uri: &'a str) -> BoxFuture<'a, Result<(), Fault>>;

    /// Does not want to hear of it any more.
    fn unwatch<'a>(&'a self, server: &'a ServerId, uri: &'a str) -> BoxFuture<'a, Result<(), Fault>>;

    /// What lists show.
    fn exposure(&self) -> Exposure {
        Exposure::All
    }

    /// Seals what clients carry for us.
    fn sealer(&self) -> &Sealer;

    /// Answers a query; the outcome, whatever it is.
    fn ask(&self, asked: Asked, asker: Asker) -> BoxFuture<'_, Told>;

    /// What would be done for a query; nothing is called.
    fn plan(&self, query: String, asker: Asker) -> BoxFuture<'_, Told>;

    /// Runs a plan the client wrote; the outcome, whatever it is.
    fn run_plan(&self, plan: Value, within: Option<Duration>, asker: Asker) -> BoxFuture<'_, Told>;

    /// The tools nearest to a text, best first, at most `limit`.
    fn find_tools(&self, query: String, limit: usize, asker: Asker) -> BoxFuture<'_, Told>;

    /// Goes on with an outcome that asked something, by what it said to carry
    /// for that.
    fn resume(&self, resume: String, answer: Resumption, asker: Asker) -> BoxFuture<'_, Told>;

    /// A further part of a result that was cut to size, from an item or byte
    /// on: for the principal whose result it was.
    fn read_on(&self, handle: String, from: usize, asker: Asker) -> BoxFuture<'_, Told>;

    /// Calls one tool with the arguments as the client wrote them; its result
    /// as the server wrote it.
    fn pass(&self, passing: Passing, asker: Asker) -> BoxFuture<'_, Passed>;

    /// Has a resource, a prompt or a completion from a server: the result as
    /// the server wrote it. A fault may carry what the server asks first.
    fn fetch(
        &self,
        fetch: Fetch,
        replies: Option<Replies>,
        asker: Asker,
    ) -> BoxFuture<'_, Result<Box<RawValue>, CallFault>>;
}

/// What lists of tools show. What they do not show can be called all the same
/// by whoever knows its name; policy decides about calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exposure {
    /// Our own tools, and those of the servers.
    #[default]
    All,
    /// The tools that find and call others.
    Search,
    /// Our own tools.
    Orchestrate,
}

/// What is said to a question of an outcome.
#[derive(Clone, Debug, PartialEq)]
pub enum Resumption {
    /// Let the calls through.
    Approve,
    /// Do not.
    Deny,
    /// Go on, if a human let them through meanwhile.
    GoOn,
    /// The reading at this place, counted from 0.
    Choose(usize),
    /// The values that were asked for, by name.
    Fill(Map<String, Value>),
}

/// A question of an outcome, put so that a client can show it as a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// The question.
    pub message: String,
    /// What kind of answer it takes.
    pub asks: FormKind,
    /// What to go on with.
    pub resume: String,
}

/// What kind of answer a form takes.
#[derive(Clone, Debug, PartialEq)]
pub enum FormKind {
    /// Yes or no.
    Approval,
    /// One of these readings.
    Choice(Vec<String>),
    /// Values: JSON Schema of a flat object.
    Values(Value),
}

/// A query as a client put it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The user's own words.
    pub query: String,
    /// The whole answer is due within this, where the client set a limit.
    pub within: Option<Duration>,
    /// What the client knows and arguments may be filled with, by parameter
    /// name.
    pub facts: std::collections::BTreeMap<String, String>,
}

/// One call as a client put it.
#[derive(Clone, Debug)]
pub struct Passing {
    /// The tool, as `server.tool` or by its public name.
    pub tool: Arc<str>,
    /// The arguments: an object's text.
    pub arguments: Arc<RawValue>,
    /// The client's answers to what the server asked when this call was made
    /// before.
    pub replies: Option<Replies>,
    /// How long it may take; `None` for the operator's setting.
    pub within: Option<Duration>,
}

/// What became of it.
#[derive(Debug)]
pub enum Passed {
    /// The server answered; the result may say that the tool failed.
    Result(Output),
    /// The server asks something first, and holds nothing meanwhile.
    Asks(Box<Asks>),
    /// It waits for a human, or policy said no.
    Told(Told),
    /// There is no result.
    Failed(Fault),
}

/// Who asks, how to stop, and where to say how far it has come.
#[derive(Clone)]
pub struct Asker {
    /// On whose authority.
    pub principal: Principal,
    /// What is left of the larger request that this one is a part of.
    pub share: Share,
    /// Cancelled when the client gives up or is gone.
    pub cancel: CancellationToken,
    /// Where progress goes, in order. Never blocks; a client that did not ask
    /// for progress is told none.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// The client, where servers can speak to it while they work.
    pub counterpart: Option<Arc<dyn Counterpart>>,
}

/// An outcome for a client: for programs and for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The outcome in its stable shape; an object.
    pub outcome: Value,
    /// The same, to be read.
    pub text: String,
    /// Whether nothing of what was wanted came about.
    pub failed: bool,
    /// What it asks, where a client may be asked that on the spot.
    pub form: Option<Form>,
}
