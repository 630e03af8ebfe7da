//! A server that introduced itself: it can be listed, called and asked for
//! what else it offers.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use dispatch::{CallContext, Counterpart, Offers};
use query::Fault;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::asked::{Answered, Asked, Improper};
use super::behind::Behind;
use super::caller::Caller;
use super::era::{Era, LEVELS, OUR_NAME};
use super::errand::{Errand, Extras};
use super::given::Given;
use super::handshake::{Introduction, raw};
use super::letter::Letter;
use super::listing::{Kind, Listed, Listing};
use super::mirror::Mirrored;
use super::offerings::Tasking;
use super::process::Epitaph;
use super::wire::{Request, Trouble, Wire, WireFault};
use crate::frame::METHOD_NOT_FOUND;

/// How often a server may ask back before it does what it was asked.
const MAX_ROUNDS: usize = 8;

/// Request ids of one connection, each used once.
#[derive(Debug)]
pub(crate) struct Ids(AtomicU64);

impl Ids {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(1))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// An open connection to a server, and what it says of itself.
pub(crate) struct Session {
    pub(crate) introduction: Introduction,
    wire: Arc<dyn Wire>,
    ids: Ids,
    /// The context of a modern request for whoever can be asked nothing.
    context: String,
    /// From which of [`LEVELS`] on the server was told to log, by position;
    /// past the end while it was told nothing.
    level: AtomicUsize,
    /// How the connection ended, once that is known.
    end: watch::Sender<Option<Epitaph>>,
}

/// Why an errand brought no result.
#[derive(Debug)]
pub(crate) enum CallTrouble {
    /// The wire's fault.
    Wire(WireFault),
    /// The server asks something back before it goes on, and nobody here can
    /// answer.
    AsksBack(Asked),
    /// The same, and whoever asked will answer later.
    AsksLater(Asked),
    /// The server asks what may not be asked.
    AsksImproperly(&'static str),
    /// Whoever asked did not answer.
    Unanswered(Fault),
    /// The server ended the task that it had made of the call.
    Cancelled,
    /// Any of these, after the server had begun: what it did is not known.
    Begun(Box<Self>),
}

impl Session {
    pub(crate) fn new(introduction: Introduction, wire: Arc<dyn Wire>, ids: Ids) -> Self {
        let takes_tasks = introduction.abilities.tasks == Tasking::AtWill;
        let context = introduction.era.context(Offers::default(), None, takes_tasks);
        let level = AtomicUsize::new(LEVELS.len());
        Self { introduction, wire, ids, context, level, end: watch::Sender::new(None) }
    }

    pub(crate) fn wire(&self) -> &dyn Wire {
        self.wire.as_ref()
    }

    /// Everything of one kind. The caller bounds the wait.
    pub(crate) async fn list<T>(&self, kind: &'static Kind<T>) -> Result<Listed<T>, WireFault> {
        let mut listing = Listing::new(kind);
        let mut cursor: Option<String> = None;
        loop {
            let letter = |letter: Letter| match &cursor {
                Some(cursor) => letter.words("cursor", cursor),
                None => letter,
            };
            let page = match self.ask(kind.method, letter).await {
                Ok(page) => page,
                Err(WireFault { trouble: Trouble::Refused(error), .. }) if error.code == METHOD_NOT_FOUND => break,
                Err(fault) => return Err(fault),
            };
            cursor = listing.take(&page).map_err(|why| WireFault::unknown(Trouble::Malformed(why)))?;
            if cursor.is_none() {
                break;
            }
        }
        Ok(listing.finish())
    }

    /// Does an errand: asks, and asks again with the answers to what the
    /// server asks back, until there is a result, as the server wrote it.
    /// Dropping the future cancels it upstream. `leaving` is called right
    /// before a first byte leaves. The caller bounds the wait.
    pub(crate) async fn run(
        &self,
        errand: &Errand,
        context: &CallContext,
        given: Given,
        leaving: &mut (dyn FnMut() + Send),
    ) -> Result<Box<RawValue>, CallTrouble> {
        let (caller, _over) = Caller::of(context);
        let counterpart = context.counterpart.as_deref();
        if let Some(level) = counterpart.and_then(Counterpart::log_level) {
            // On the heap, as all that is rare here: every call would carry
            // room for it.
            Box::pin(self.log_from(level)).await;
        }
        let mut replies = context.replies.clone();
        for _ in 0..MAX_ROUNDS {
            let id = self.ids.next();
            let place = errand.is_task().then(|| self.wire.hub().pending.attend(id, Arc::clone(&caller)));
            let result = self
                .exchange(id, errand, &caller, given, replies.as_ref(), &mut *leaving)
                .await
                .map_err(CallTrouble::Wire)?;
            let answered = if errand.is_task() { Answered::begun(result) } else { Answered::read(result) };
            let asked = match answered {
                Answered::Complete(result) => return Ok(result),
                Answered::Asked(asked) => asked,
                Answered::Begun(task) if errand.is_task() || self.takes_tasks(errand) => {
                    let place = place.unwrap_or_else(|| self.wire.hub().pending.attend(id, Arc::clone(&caller)));
                    let tended = Box::pin(self.tend(*task, place, &caller)).await;
                    return tended.map_err(|trouble| CallTrouble::Begun(Box::new(trouble)));
                }
                Answered::Begun(_) | Answered::Unknown => {
                    let why = "its result is of a kind that we did not offer to take";
                    return Err(CallTrouble::Wire(WireFault::unknown(Trouble::Malformed(why))));
                }
            };
            replies = Some(Box::pin(self.answered(asked, counterpart)).await?);
        }
        Err(CallTrouble::AsksImproperly("it asks again and again"))
    }

    /// The answers to a server's questions, from whoever can give them.
    async fn answered(
        &self,
        asked: Asked,
        counterpart: Option<&dyn Counterpart>,
    ) -> Result<dispatch::Replies, CallTrouble> {
        if let Some(replies) = asked.nothing_asked() {
            return Ok(replies);
        }
        let Some(counterpart) = counterpart else { return Err(CallTrouble::AsksBack(asked)) };
        let offers = counterpart.offers();
        match asked.vet(offers) {
            Err(Improper(why)) => Err(CallTrouble::AsksImproperly(why)),
            Ok(()) if offers.later => Err(CallTrouble::AsksLater(asked)),
            Ok(()) => asked.put(self.wire.server(), counterpart).await.map_err(CallTrouble::Unanswered),
        }
    }

    /// Whether a task may come of an errand without being asked for.
    fn takes_tasks(&self, errand: &Errand) -> bool {
        let at_will = self.introduction.abilities.tasks == Tasking::AtWill;
        at_will && self.is_modern() && matches!(errand, Errand::Call { .. })
    }

    async fn exchange(
        &self,
        id: u64,
        errand: &Errand,
        caller: &Arc<Caller>,
        given: Given,
        replies: Option<&dispatch::Replies>,
        leaving: &mut (dyn FnMut() + Send),
    ) -> Result<Box<RawValue>, WireFault> {
        let takes_tasks = self.takes_tasks(errand);
        let own_context = caller
            .counterpart
            .as_deref()
            .filter(|counterpart| self.is_modern() && says_anything(*counterpart))
            .map(|who| self.introduction.era.context(who.offers(), who.log_level(), takes_tasks));
        let context = own_context.as_deref().unwrap_or(&self.context);
        let shared = self.is_one_of_us().then(|| given.written()).flatten();
        let context = shared.map_or(Cow::Borrowed(context), |shared| joined(context, &shared).into());
        let travelling = caller.counterpart.as_deref().and_then(Counterpart::meta);
        let message = errand.letter(id, Extras { context: &context, travelling, replies }).finish();
        let mirrored = if self.mirrors() { errand.mirrored() } else { &[] };
        let mut leaving = || leaving();
        let (caller, method) = (Some(Arc::clone(caller)), errand.method());
        self.wire.request(Request { id, method, message, mirrored, caller, leaving: Some(&mut leaving) }).await
    }

    /// Tells a server of the legacy era from which level on it is to log, if
    /// it logs, and was not told to log as much yet.
    async fn log_from(&self, level: &str) {
        let position = LEVELS.iter().position(|known| *known == level);
        let Some(position) = position.filter(|_| !self.is_modern() && self.introduction.abilities.logging) else {
            return;
        };
        if position < self.level.load(Ordering::Relaxed) {
            let set = self.ask("logging/setLevel", |letter| letter.words("level", level)).await;
            if set.is_ok() {
                self.level.fetch_min(position, Ordering::Relaxed);
            }
        }
    }

    /// Tells a server of the legacy era that somebody wants to hear of a
    /// resource, or that nobody does any more. The caller bounds the wait.
    pub(crate) async fn attend(&self, uri: &str, wanted: bool) -> Result<(), WireFault> {
        let method = if wanted { "resources/subscribe" } else { "resources/unsubscribe" };
        self.ask(method, |letter| letter.words("uri", uri)).await.map(drop)
    }

    /// Waits for announcements where that takes a request or a stream of its
    /// own; ends when that does, and never when there is none to wait for.
    /// `uris` are the resources that somebody wants to hear of.
    pub(crate) async fn overhear(&self, uris: &[String]) {
        let can = self.introduction.abilities;
        if !self.is_modern() {
            return self.wire.overhear().await;
        }
        let uris = if can.subscribe { uris } else { &[] };
        if !can.announces() && uris.is_empty() {
            return std::future::pending().await;
        }
        let mut wanted = serde_json::Map::new();
        let lists = [
            ("toolsListChanged", can.announces_tools),
            ("resourcesListChanged", can.announces_resources),
            ("promptsListChanged", can.announces_prompts),
        ];
        wanted.extend(lists.iter().filter(|(_, says)| *says).map(|(name, _)| ((*name).to_owned(), true.into())));
        if !uris.is_empty() {
            wanted.insert("resourceSubscriptions".to_owned(), json!(uris));
        }
        let wanted = raw(&wanted.into());
        let ended = self.ask("subscriptions/listen", |letter| letter.json("notifications", &wanted)).await;
        if matches!(ended, Err(WireFault { trouble: Trouble::Refused(_), .. })) {
            std::future::pending().await
        }
    }

    /// Says how the connection ended.
    pub(crate) fn bury(&self, end: Epitaph) {
        self.end.send_replace(Some(end));
    }

    /// How the connection ended. The caller bounds the wait.
    pub(crate) async fn end(&self) -> Option<Epitaph> {
        let mut end = self.end.subscribe();
        let known = end.wait_for(Option::is_some).await.ok()?;
        known.clone()
    }

    /// Whether every request stands by itself.
    pub(crate) fn is_modern(&self) -> bool {
        self.introduction.era == Era::Modern
    }

    /// Whether it says that it is an orchestrator of our kind: then it is told
    /// what is left of a request.
    pub(crate) fn is_one_of_us(&self) -> bool {
        self.introduction.name.as_deref() == Some(OUR_NAME)
    }

    /// Who of our kind stands behind it, itself included, as it says now;
    /// nobody, where it is none of us. The caller bounds the wait.
    pub(crate) async fn behind(&self) -> Behind {
        if !self.is_one_of_us() || !self.is_modern() {
            return Behind::default();
        }
        let introduced = self.ask("server/discover", |letter| letter).await;
        introduced.map_or_else(|_| Behind::default(), |introduced| Behind::read(&introduced))
    }

    /// Whether requests must show parts of their body beside it.
    pub(crate) fn mirrors(&self) -> bool {
        self.is_modern() && self.wire.mirrors()
    }

    /// A request about one task; `mirrored` is what of it stands in headers.
    pub(super) fn about<'a>(
        &self,
        method: &'static str,
        (task, mirrored): (&str, &'a [Mirrored]),
        params: impl FnOnce(Letter) -> Letter,
    ) -> Request<'a> {
        let id = self.ids.next();
        let letter = Letter::new(id, method, task.len() + self.context.len()).words("taskId", task);
        let request = Request::plain(id, method, params(letter).meta(&self.context, None, None));
        Request { mirrored, ..request }
    }

    async fn ask(
        &self,
        method: &'static str,
        params: impl FnOnce(Letter) -> Letter,
    ) -> Result<Box<RawValue>, WireFault> {
        let id = self.ids.next();
        let letter = params(Letter::new(id, method, self.context.len())).meta(&self.context, None, None);
        self.wire.request(Request::plain(id, method, letter)).await
    }
}

/// Whether a client's context differs from that of whoever can be asked
/// nothing.
fn says_anything(counterpart: &dyn Counterpart) -> bool {
    let offers = counterpart.offers();
    offers.sampling || offers.forms || offers.urls || offers.roots || counterpart.log_level().is_some()
}

/// The members of two texts that stand between braces.
fn joined(members: &str, more: &str) -> String {
    if members.is_empty() { more.to_owned() } else { [members, ",", more].concat() }
}
