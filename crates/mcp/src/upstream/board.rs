//! Where every server's standing is posted, and the catalogue, the offerings
//! and the news that follow from it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use catalog::{Catalog, Entry, ServerId, ServerListing};
use query::Fault;
use tokio::sync::{broadcast, watch};

use super::behind::Behind;
use super::config::{Transport, UpstreamConfig};
use super::era::Era;
use super::last_words::LastWords;
use super::news::{NEWS_KEPT, News};
use super::offerings::{Offerings, ServerOfferings};
use super::session::Session;
use super::status::{ReadyServer, ServerState, ServerStatus};

/// Every server's standing. Each change makes a new catalogue.
pub(crate) struct Board {
    /// What this fleet goes by among others of its kind.
    name: String,
    posts: Mutex<BTreeMap<ServerId, Post>>,
    catalog: ArcSwap<Catalog>,
    offerings: ArcSwap<Offerings>,
    version: watch::Sender<u64>,
    news: broadcast::Sender<News>,
}

struct Post {
    config: Arc<UpstreamConfig>,
    standing: Standing,
    starts: u32,
    words: LastWords,
}

/// One server's standing.
#[derive(Clone)]
pub(crate) enum Standing {
    Starting,
    Ready(Arc<Ready>),
    Failed(Fault),
}

/// A server that can be called.
pub(crate) struct Ready {
    pub(crate) session: Arc<Session>,
    pub(crate) listing: ServerListing,
    /// What was left out of the listing.
    pub(crate) skipped: Vec<String>,
    pub(crate) offerings: Arc<ServerOfferings>,
    /// Who of our kind stands behind it.
    pub(crate) behind: Behind,
    pub(crate) took: Duration,
}

impl Board {
    /// A board on which every server is starting.
    pub(crate) fn new(servers: impl Iterator<Item = (Arc<UpstreamConfig>, LastWords)>) -> Self {
        let post = |(config, words): (Arc<UpstreamConfig>, LastWords)| {
            (config.id.clone(), Post { config, standing: Standing::Starting, starts: 0, words })
        };
        let posts: BTreeMap<_, _> = servers.map(post).collect();
        let catalog = ArcSwap::from_pointee(Catalog::new(0, entries(&posts)));
        let name = uuid::Uuid::new_v4().simple().to_string();
        let none = Offerings { behind: Behind::of(&name, std::iter::empty()), ..Offerings::default() };
        Self {
            name,
            posts: Mutex::new(posts),
            catalog,
            offerings: ArcSwap::from_pointee(none),
            version: watch::Sender::new(0),
            news: broadcast::Sender::new(NEWS_KEPT),
        }
    }

    /// Posts a server's new standing.
    pub(crate) fn post(&self, id: &ServerId, standing: Standing) {
        let mut posts = self.lock();
        let Some(post) = posts.get_mut(id) else { return };
        let before = std::mem::replace(&mut post.standing, standing);
        let news = news(id, &before, &post.standing);
        let version = self.catalog.load().version() + 1;
        self.catalog.store(Arc::new(Catalog::new(version, entries(&posts))));
        self.offerings.store(Arc::new(self.offered(version, &posts)));
        self.version.send_replace(version);
        for news in news {
            self.tell(news);
        }
    }

    fn offered(&self, version: u64, posts: &BTreeMap<ServerId, Post>) -> Offerings {
        let behind = posts.values().filter_map(|post| Some(&post.standing.ready()?.behind));
        Offerings { version, servers: offerings(posts), behind: Behind::of(&self.name, behind) }
    }

    /// What this fleet goes by among others of its kind.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Tells whoever listens; nobody has to.
    pub(crate) fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    /// What changes from now on.
    pub(crate) fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// The newest offerings.
    pub(crate) fn offerings(&self) -> Arc<Offerings> {
        self.offerings.load_full()
    }

    /// Notes that a server is started once more. What can be called does not
    /// change by it.
    pub(crate) fn starts(&self, id: &ServerId) {
        if let Some(post) = self.lock().get_mut(id) {
            post.starts += 1;
        }
    }

    /// The newest catalogue.
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// The newest catalogue's version, and every later one's.
    pub(crate) fn versions(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Whether every server was heard of.
    pub(crate) fn settled(&self) -> bool {
        self.lock().values().all(|post| !matches!(post.standing, Standing::Starting))
    }

    /// How the server stands; `None` when there is no such server.
    pub(crate) fn standing(&self, id: &ServerId) -> Option<Standing> {
        self.lock().get(id).map(|post| post.standing.clone())
    }

    /// How each server stands, by name.
    pub(crate) fn status(&self) -> Vec<ServerStatus> {
        let catalog = self.catalog();
        let offered = |id: &ServerId| catalog.tools().iter().filter(|tool| tool.reference.server == *id).count();
        self.lock().iter().map(|(id, post)| post.status(offered(id))).collect()
    }

    /// Every change is made whole before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ServerId, Post>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entries(posts: &BTreeMap<ServerId, Post>) -> Vec<Entry> {
    let entry = |post: &Post| {
        let labels = post.config.labels.clone();
        match &post.standing {
            Standing::Starting => Entry::Starting(post.config.id.clone(), labels),
            Standing::Ready(ready) => Entry::Ready(ready.listing.clone(), labels),
            Standing::Failed(fault) => Entry::Failed(post.config.id.clone(), labels, fault.clone()),
        }
    };
    posts.values().map(entry).collect()
}

fn offerings(posts: &BTreeMap<ServerId, Post>) -> BTreeMap<ServerId, Arc<ServerOfferings>> {
    let ready = posts.iter().filter_map(|(id, post)| Some((id, post.standing.ready()?)));
    ready.map(|(id, ready)| (id.clone(), Arc::clone(&ready.offerings))).collect()
}

/// What one change of standing changes for others.
fn news(id: &ServerId, before: &Standing, now: &Standing) -> Vec<News> {
    let (before, now) = (before.ready(), now.ready());
    let offered = |ready: Option<&Arc<Ready>>| ready.map(|ready| Arc::clone(&ready.offerings)).unwrap_or_default();
    let (offered_before, offered_now) = (offered(before), offered(now));
    let mut news = Vec::new();
    if offered_before.tools != offered_now.tools {
        news.push(News::ToolsChanged(id.clone()));
    }
    if (&offered_before.resources, &offered_before.templates) != (&offered_now.resources, &offered_now.templates) {
        news.push(News::ResourcesChanged(id.clone()));
    }
    if offered_before.prompts != offered_now.prompts {
        news.push(News::PromptsChanged(id.clone()));
    }
    news
}

impl Standing {
    fn ready(&self) -> Option<&Arc<Ready>> {
        match self {
            Self::Ready(ready) => Some(ready),
            Self::Starting | Self::Failed(_) => None,
        }
    }
}

impl Post {
    fn status(&self, offered: usize) -> ServerStatus {
        let state = match &self.standing {
            Standing::Starting => ServerState::Starting,
            Standing::Failed(fault) => ServerState::Failed(fault.clone()),
            Standing::Ready(ready) => ServerState::Ready(ready.status(offered)),
        };
        let transport = match self.config.transport {
            Transport::Stdio { .. } => "stdio",
            Transport::Http { .. } => "http",
        };
        ServerStatus {
            id: self.config.id.clone(),
            transport,
            state,
            starts: self.starts,
            last_words: self.words.text(),
        }
    }
}

impl Ready {
    fn status(&self, offered: usize) -> ReadyServer {
        let introduction = &self.session.introduction;
        ReadyServer {
            protocol: introduction.era.revision().to_owned(),
            era: if introduction.era == Era::Modern { "modern" } else { "legacy" },
            name: introduction.name.clone(),
            version: introduction.version.clone(),
            tools: self.listing.tools.len(),
            offered,
            skipped: self.skipped.clone(),
            took: self.took,
            noise: self.session.wire().noise(),
        }
    }
}
