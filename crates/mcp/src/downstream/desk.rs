//! The front desk: takes a client's requests and hands them to the
//! orchestra.

use std::sync::Arc;

use query::Principal;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::audience::Audience;
use super::client::Session;
use super::level::Level;
use super::message::{Notification, Params};
use super::nesting::{Own, admit};
use super::orchestra::Orchestra;
use super::pages::Pages;
use super::parking::Parking;
use super::refusal::Refusal;
use super::revision::Revision;
use super::served::Served;
use super::shelf::{Shelf, Shelves, fixed};
use super::tasks::Tasks;
use super::visit::Visit;
use crate::members::TASKS_EXTENSION;
use crate::upstream::BEHIND;

/// Requests served at the same time; more are refused at once.
const MAX_REQUESTS: usize = 1_024;

/// Requests that last as long as their client listens; more are refused. They
/// take no place of those that end.
const MAX_LISTENERS: usize = 512;

/// Serves any number of clients.
pub(crate) struct Desk {
    pub(crate) orchestra: Arc<dyn Orchestra>,
    pub(crate) own: Own,
    pub(crate) audience: Audience,
    /// Cancelled when nobody can hear announcements any more.
    pub(crate) deserted: CancellationToken,
    /// Whether several principals come here: then nothing is for all of them,
    /// whatever its server says.
    pub(crate) shared: bool,
    /// Work that waits for a client to come back.
    pub(crate) parking: Parking,
    /// Work that goes on by itself.
    pub(crate) tasks: Tasks,
    shelves: Shelves,
    room: Semaphore,
    listening: Semaphore,
}

impl Desk {
    /// A desk whose announcements end when `deserted` is cancelled.
    pub(crate) fn new(orchestra: Arc<dyn Orchestra>, deserted: CancellationToken) -> Self {
        let (audience, parking, shelves) = (Audience::default(), Parking::default(), Shelves::default());
        let (room, listening) = (Semaphore::new(MAX_REQUESTS), Semaphore::new(MAX_LISTENERS));
        let own = Own::new(uuid::Uuid::new_v4().simple().to_string());
        let tasks = Tasks::default();
        Self { orchestra, own, audience, deserted, shared: false, parking, tasks, shelves, room, listening }
    }

    /// What is on offer to somebody.
    pub(crate) fn shelf(&self, who: &Principal) -> Arc<Shelf> {
        let orchestra = &self.orchestra;
        self.shelves.of(orchestra.catalog(who), orchestra.offerings(), orchestra.exposure())
    }

    /// Serves one request.
    pub(crate) async fn serve(&self, visit: &Visit<'_>) -> Served {
        if let Err(refusal) = admit(&visit.meta.way, &self.own.name) {
            return Served::Refused(refusal);
        }
        let (room, most, doing) = match &*visit.method {
            "subscriptions/listen" => (&self.listening, MAX_LISTENERS, "listening"),
            _ => (&self.room, MAX_REQUESTS, "being served"),
        };
        let Ok(_place) = room.try_acquire() else {
            let message = format!("{most} requests are {doing}; try again in a moment");
            return Served::Refused(Refusal::new(super::refusal::INTERNAL_ERROR, message));
        };
        let shelf = || self.shelf(&visit.client.principal);
        let served = match (&*visit.method, &visit.client.session) {
            ("tools/call", _) => self.call(visit).await,
            ("tools/list", _) => page(&shelf().tools, visit),
            ("resources/list", _) => page(&shelf().resources, visit),
            ("resources/templates/list", _) => page(&shelf().templates, visit),
            ("prompts/list", _) => page(&shelf().prompts, visit),
            ("resources/read", _) => self.read(visit).await,
            ("prompts/get", _) => self.prompt(visit).await,
            ("completion/complete", _) => self.complete(visit).await,
            ("resources/subscribe", Some(session)) => self.subscribe(session, visit).await,
            ("resources/unsubscribe", Some(session)) => self.unsubscribe(session, visit).await,
            ("server/discover", None) => Served::Made(self.discovered(&visit.client.principal)),
            ("subscriptions/listen", None) => self.listen(visit).await,
            ("ping", Some(_)) => Served::Ready(fixed("{}")),
            ("logging/setLevel", Some(session)) => set_level(session, &visit.params),
            (method, _) if method.starts_with("tasks/") => self.about_tasks(visit).await,
            (method, _) => Served::Refused(Refusal::no_method(method)),
        };
        // A request that was taken back is not answered.
        if visit.cancel.is_cancelled() { Served::Silent } else { served }
    }

    /// The answer to a handshake.
    pub(crate) fn introduced(&self, who: &Principal, revision: Revision) -> Value {
        json!({
            "protocolVersion": revision.name(),
            "capabilities": capabilities(revision),
            "serverInfo": who_we_are(),
            "instructions": self.shelf(who).instructions,
        })
    }

    fn discovered(&self, who: &Principal) -> Value {
        json!({
            "resultType": "complete",
            "supportedVersions": Revision::ALL.map(Revision::name),
            "capabilities": capabilities(Revision::Stateless),
            "instructions": self.shelf(who).instructions,
            "ttlMs": 60_000,
            "cacheScope": "private",
            "_meta": {"io.modelcontextprotocol/serverInfo": who_we_are(), BEHIND: self.orchestra.offerings().behind},
        })
    }

    /// Takes in a notification of a client that opened with a handshake.
    pub(crate) fn told(&self, session: &Arc<Session>, told: &Notification<'_>) {
        match &*told.method {
            "notifications/initialized" => self.audience.enlist(session),
            "notifications/cancelled" => {
                if let Some(id) = told.params.request_id {
                    session.running.cancel(id);
                }
            }
            // What else a client tells changes nothing here.
            _ => {}
        }
    }
}

fn page(pages: &Pages, visit: &Visit<'_>) -> Served {
    pages.page(visit.params.cursor, visit.client.revision).map_or_else(Served::Refused, Served::Ready)
}

fn set_level(session: &Session, params: &Params<'_>) -> Served {
    let Some(level) = Params::text(params.level).and_then(|level| Level::named(&level)) else {
        return Served::Refused(Refusal::params("`level` is to be one of MCP's eight log levels"));
    };
    session.set_level(level);
    Served::Ready(fixed("{}"))
}

fn capabilities(revision: Revision) -> Value {
    let mut capabilities = json!({
        "completions": {},
        "logging": {},
        "prompts": {"listChanged": true},
        "resources": {"listChanged": true, "subscribe": true},
        "tools": {"listChanged": true},
    });
    match revision {
        Revision::Stateless => capabilities["extensions"] = json!({TASKS_EXTENSION: {}}),
        Revision::Tasked => {
            capabilities["tasks"] = json!({"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}});
        }
        Revision::First | Revision::Batching | Revision::Structured => {}
    }
    capabilities
}

fn who_we_are() -> Value {
    json!({"name": "concertmaster", "title": "Concertmaster", "version": env!("CARGO_PKG_VERSION")})
}
