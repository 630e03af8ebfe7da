//! The engine: ports and settings, put together once.

use std::sync::Arc;

use arc_swap::ArcSwap;
use catalog::{Availability, Catalog, Reach, Tool, ToolRef, ToolSource};
use dispatch::{Clock, Gate, Standing, ToolClient};
use model::Model;
use policy::Policy;
use query::{Budget, Deadline, Ledger, Principal, Query};
use route::{Prior, Router};
use store::{Sealer, Store};
use tokio::time::timeout;

use crate::book::Book;
use crate::meter::Meter;
use crate::naming::Naming;
use crate::view::View;
use crate::{Event, Found, Request, Settings};

/// What an engine is made of.
pub struct Parts {
    /// Keeps the catalogue current.
    pub source: Arc<dyn ToolSource>,
    /// Carries permitted calls to their servers.
    pub client: Arc<dyn ToolClient>,
    /// The one gate.
    pub policy: Policy,
    /// Plans what the embedded planner cannot and writes answers; without
    /// one, everything is done without.
    pub model: Option<Arc<dyn Model>>,
    /// State that is shared by all queries and outlives them.
    pub store: Arc<dyn Store>,
    /// Seals what callers carry until somebody answers.
    pub sealer: Sealer,
    /// The operator's settings.
    pub settings: Settings,
}

/// Answers queries. Cheap to clone; clones are one engine.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    pub(crate) clock: Clock,
    pub(crate) standing: Standing,
    pub(crate) naming: Naming,
    router: ArcSwap<Router>,
    /// One for each reach that ends somewhere.
    views: Vec<View>,
}

impl Engine {
    /// Puts an engine together. Nothing is called yet.
    pub fn new(parts: Parts) -> Self {
        let router = ArcSwap::from_pointee(Router::build(parts.source.snapshot()));
        let standing = Standing::new(parts.settings.standing);
        let view = |reach: &Reach| View::new(Arc::clone(&parts.source), reach.clone());
        let views = parts.settings.reaches.all().iter().map(view).collect();
        Self(Arc::new(Inner { parts, clock: Clock::start(), standing, naming: Naming::default(), router, views }))
    }

    /// The newest snapshot of what can be called.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.0.parts.source.snapshot()
    }

    /// The newest snapshot of what a principal may call. The same for all who
    /// reach equally far, until the whole changes.
    pub fn catalog_of(&self, who: &Principal) -> Arc<Catalog> {
        self.source(who).snapshot()
    }

    /// What keeps a principal's catalogue current.
    fn source(&self, who: &Principal) -> &dyn ToolSource {
        match self.view(who) {
            Some(view) => view,
            None => &*self.0.parts.source,
        }
    }

    fn view(&self, who: &Principal) -> Option<&View> {
        self.0.views.get(self.0.parts.settings.reaches.place(who)?)
    }

    /// A principal's tools that have to do with the words, best first, and why.
    pub fn find_tools(&self, who: &Principal, text: &str, limit: usize) -> Vec<Found> {
        let ranking = self.router(who).search(text, limit).settled(|tool| self.prior(tool));
        let in_scope = ranking.is_in_scope();
        // Of what is merely near, only what has a word of the text is shown.
        let shown = ranking.candidates.iter().filter(|candidate| in_scope || !candidate.matched.is_empty());
        let serves = |found: &Found| {
            let part = ranking.parts.iter().find(|part| part.tool.as_ref() == Some(&found.tool));
            part.map(|part| part.text.clone())
        };
        shown.map(Found::from).map(|found| Found { serves: serves(&found), ..found }).collect()
    }

    /// What breaks a near tie between tools.
    fn prior(&self, tool: &Tool) -> Prior {
        let ToolRef { server, tool: name } = &tool.reference;
        let health = self.0.standing.health(server);
        let price = self.0.parts.policy.tariff().price(server, name);
        Prior { well: health.is_well(), price, latency: health.latency() }
    }

    /// The router of a principal's newest snapshot. Two queries that see a new
    /// snapshot first may both build it; they build the same.
    pub(crate) fn router(&self, who: &Principal) -> Arc<Router> {
        if let Some(view) = self.view(who) {
            return view.router();
        }
        let newest = self.catalog();
        let current = self.0.router.load_full();
        if current.catalog().version() == newest.version() {
            return current;
        }
        let built = Arc::new(current.renewed(newest));
        self.0.router.store(Arc::clone(&built));
        built
    }

    /// The model as this query sees it, where there is one.
    pub(crate) fn meter(&self, query: &Query, book: &Book, request: &Request) -> Option<Meter> {
        let Parts { model, settings, .. } = &self.0.parts;
        model.as_ref().map(|model| Meter {
            model: Arc::clone(model),
            book: book.clone(),
            most: settings.model_calls_per_query,
            query: query.id.clone(),
            deadline: query.deadline,
            clock: self.0.clock,
            events: Arc::clone(&request.events),
        })
    }

    /// What every call of a principal's passes on its way out.
    pub(crate) fn gate(&self, who: &Principal) -> Gate<'_> {
        let parts = &self.0.parts;
        Gate {
            policy: &parts.policy,
            source: self.source(who),
            client: &*parts.client,
            store: &*parts.store,
            standing: &self.0.standing,
            clock: self.0.clock,
            limits: &parts.settings.limits,
        }
    }

    /// The envelope for a request's words.
    pub(crate) fn query(&self, text: &str, request: &Request) -> Query {
        let settings = &self.0.parts.settings;
        let (now, share) = (self.0.clock.now(), request.share);
        let within = share.time(request.within.unwrap_or(settings.answer_within));
        let budget = share.budget(Budget { calls: settings.calls_per_query, cost: settings.cost_per_query });
        Query {
            id: self.0.naming.next(),
            text: text.trim().into(),
            asked: now,
            principal: request.principal.clone(),
            deadline: Deadline::within(within, now),
            ledger: Ledger::new(budget),
            facts: Arc::clone(&request.facts),
            depth: 0,
        }
    }

    /// Waits for servers that are still starting, as long as the settings and
    /// the query's deadline allow; a server that never answers delays no more
    /// than that.
    pub(crate) async fn let_servers_start(&self, query: &Query, request: &Request) {
        let starting: Vec<String> = self
            .catalog_of(&request.principal)
            .servers()
            .iter()
            .filter(|server| server.availability == Availability::Starting)
            .map(|server| server.id.to_string())
            .collect();
        if starting.is_empty() {
            return;
        }
        (request.events)(Event::Waiting { query: query.id.clone(), servers: starting });
        let left = query.deadline.left(self.0.clock.now());
        let bound = self.0.parts.settings.start_grace.min(left / 2);
        // Whether it settled, timed out or was cancelled, the query goes on
        // with what there is; what it needs and lacks it will say.
        let _ = request.cancel.run_until_cancelled(timeout(bound, self.0.parts.source.settled())).await;
    }
}
