//! Those who are told when something changes: clients that opened with a
//! handshake. Others listen by a request of their own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use catalog::{Server, ServerId, Wanted};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::sleep;

use super::client::Session;
use super::desk::Desk;
use super::shelf::Shelf;
use crate::upstream::News;

/// Clients told of changes; more are not, and find out when they list again.
const MAX_CLIENTS: usize = 1_024;

/// Changes that come closer together than this are told as one.
const CHANGE_PAUSE: Duration = Duration::from_millis(50);

/// The clients that want to hear of changes.
#[derive(Default)]
pub(crate) struct Audience(Mutex<Vec<Weak<Session>>>);

impl Audience {
    /// A client that said it is ready.
    pub(crate) fn enlist(&self, session: &Arc<Session>) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|client| client.strong_count() > 0);
        let known = clients.iter().any(|client| client.as_ptr() == Arc::as_ptr(session));
        if !known && clients.len() < MAX_CLIENTS {
            clients.push(Arc::downgrade(session));
        }
    }

    fn all(&self) -> Vec<Arc<Session>> {
        let clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.iter().filter_map(Weak::upgrade).collect()
    }
}

/// What changed since it was told last, whoever may know of it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Servers whose tools, resources and prompts changed.
    tools: BTreeSet<ServerId>,
    resources: BTreeSet<ServerId>,
    prompts: BTreeSet<ServerId>,
    /// Resources whose contents changed, as their servers know them.
    updated: BTreeSet<(ServerId, String)>,
    /// Some news was missed: whoever listens has to look at every list.
    missed: bool,
}

/// What of it somebody may know of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) tools: bool,
    pub(crate) resources: bool,
    pub(crate) prompts: bool,
    /// The resources whose contents changed, by what they are called here.
    pub(crate) updated: BTreeSet<String>,
}

impl Changes {
    fn add(&mut self, news: News) {
        match news {
            News::ToolsChanged(server) => self.tools.extend([server]),
            News::ResourcesChanged(server) => self.resources.extend([server]),
            News::PromptsChanged(server) => self.prompts.extend([server]),
            News::ResourceUpdated { server, uri } => self.updated.extend([(server, uri)]),
        }
    }

    /// What of it concerns whoever is offered this.
    pub(crate) fn seen(&self, shelf: &Shelf) -> Seen {
        let any = |servers: &BTreeSet<ServerId>, wanted: fn(&Server) -> bool| {
            self.missed || servers.iter().any(|server| shelf.server(server).is_some_and(wanted))
        };
        let here = |(server, uri): &(ServerId, String)| shelf.directory.here(server, uri).into_owned();
        let offered = |updated: &&(ServerId, String)| {
            let wanted = Wanted::Resource { uri: updated.1.clone() };
            shelf.server(&updated.0).is_some_and(|server| server.offers(&wanted))
        };
        Seen {
            tools: any(&self.tools, |_| true),
            resources: any(&self.resources, |server| server.beside_tools),
            prompts: any(&self.prompts, |server| server.beside_tools),
            updated: self.updated.iter().filter(offered).map(here).collect(),
        }
    }
}

impl Desk {
    /// What changes next, told together where it comes together; `None` when
    /// nothing will any more.
    pub(crate) async fn changes(&self, news: &mut Receiver<News>) -> Option<Changes> {
        let mut changes = Changes::default();
        match news.recv().await {
            Ok(first) => changes.add(first),
            Err(RecvError::Lagged(_)) => changes.missed = true,
            Err(RecvError::Closed) => return None,
        }
        sleep(CHANGE_PAUSE).await;
        loop {
            match news.try_recv() {
                Ok(more) => changes.add(more),
                Err(TryRecvError::Lagged(_)) => changes.missed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(changes),
            }
        }
    }

    /// Does what belongs to no request, until there will be no news any more.
    pub(crate) async fn tend(&self) {
        let sweep = async {
            futures::future::join(self.parking.sweep(), self.tasks.sweep()).await;
        };
        futures::future::select(std::pin::pin!(self.cry()), std::pin::pin!(sweep)).await;
    }

    /// Tells clients of changes, until there will be none any more.
    async fn cry(&self) {
        let mut news = self.orchestra.news();
        while let Some(changes) = self.changes(&mut news).await {
            for session in self.audience.all() {
                let seen = changes.seen(&self.shelf(&session.principal));
                let lists = [
                    (seen.tools, r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#),
                    (seen.resources, r#"{"jsonrpc":"2.0","method":"notifications/resources/list_changed"}"#),
                    (seen.prompts, r#"{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"#),
                ];
                for (_, told) in lists.iter().filter(|(changed, _)| *changed) {
                    session.tell(told);
                }
                let watched: Vec<_> = session.watched().intersection(&seen.updated).cloned().collect();
                for uri in watched {
                    let params = json!({"uri": uri});
                    session.tell(&format!(
                        r#"{{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{params}}}"#
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, Entry, Glob, Reach, ServerLabels, ServerListing};

    use super::*;
    use crate::downstream::orchestra::Exposure;
    use crate::downstream::shelf::Shelves;
    use crate::upstream::Offerings;

    #[test]
    fn nobody_hears_of_what_they_do_not_see() {
        let entry = |id: &str| {
            let listing = ServerListing { id: ServerId::new(id), title: None, instructions: None, tools: Vec::new() };
            Entry::Ready(listing, ServerLabels::default())
        };
        let whole = Arc::new(Catalog::new(1, vec![entry("a"), entry("b")]));
        let server = |name: &str| Reach { servers: Some(vec![Glob::new(name)]), tools: None };
        let tools = |name: &str| Reach { servers: None, tools: Some(vec![Glob::new(name)]) };
        let mut changes = Changes::default();
        changes.add(News::ToolsChanged(ServerId::new("a")));
        changes.add(News::PromptsChanged(ServerId::new("a")));
        changes.add(News::ResourceUpdated { server: ServerId::new("a"), uri: "x://1".to_owned() });
        let all = (true, false, true, 1);
        let rows = [
            (Reach::default(), all),
            (server("a"), all),
            (server("b"), (false, false, false, 0)),
            (tools("a.*"), (true, false, false, 0)),
        ];
        for (reach, expected) in rows {
            let shelf =
                Shelves::default().of(Arc::new(whole.within(&reach)), Arc::new(Offerings::default()), Exposure::All);
            let seen = changes.seen(&shelf);
            assert_eq!((seen.tools, seen.resources, seen.prompts, seen.updated.len()), expected, "{reach:?}");
        }
        changes.missed = true;
        let nothing = Arc::new(whole.within(&server("c")));
        let shelf = Shelves::default().of(nothing, Arc::new(Offerings::default()), Exposure::All);
        assert!(changes.seen(&shelf).resources, "whoever missed something looks at every list");
    }
}
