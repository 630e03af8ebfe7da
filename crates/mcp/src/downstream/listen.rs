//! A client of the newer era that waits for news: one request that lasts as
//! long as it listens.

use std::collections::BTreeSet;

use query::Principal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::broadcast::error::RecvError;

use super::audience::Seen;
use super::desk::Desk;
use super::refusal::Refusal;
use super::served::Served;
use super::tasks::missing_extension;
use super::visit::Visit;

/// Resources one request listens for, at most.
const MAX_WATCHED: usize = 1_024;

/// What a client wants to hear of, and what it is told that it will.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    #[serde(default, skip_serializing_if = "is_not")]
    tools_list_changed: Option<bool>,
    #[serde(default, skip_serializing_if = "is_not")]
    resources_list_changed: Option<bool>,
    #[serde(default, skip_serializing_if = "is_not")]
    prompts_list_changed: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_subscriptions: Option<BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task_ids: Option<BTreeSet<String>>,
}

fn is_not(wanted: &Option<bool>) -> bool {
    *wanted != Some(true)
}

impl Wanted {
    /// What of the changes is told, as methods and members of their
    /// parameters.
    fn told(&self, changes: &Seen) -> Vec<(&'static str, String)> {
        let lists = [
            (changes.tools && !is_not(&self.tools_list_changed), "notifications/tools/list_changed"),
            (changes.resources && !is_not(&self.resources_list_changed), "notifications/resources/list_changed"),
            (changes.prompts && !is_not(&self.prompts_list_changed), "notifications/prompts/list_changed"),
        ];
        let lists = lists.into_iter().filter(|(told, _)| *told).map(|(_, method)| (method, String::new()));
        let watched = self.resource_subscriptions.iter().flat_map(|watched| watched.intersection(&changes.updated));
        lists
            .chain(watched.map(|uri| ("notifications/resources/updated", format!(r#","uri":{}"#, json!(uri)))))
            .collect()
    }
}

impl Desk {
    /// Tells one client of changes for as long as its request lasts.
    pub(crate) async fn listen(&self, visit: &Visit<'_>) -> Served {
        let wanted = visit.params.notifications.map(|wanted| serde_json::from_str::<Wanted>(wanted.get()));
        let Some(Ok(mut wanted)) = wanted else {
            let message = "`notifications` is to be an object that says what to hear of";
            return Served::Refused(Refusal::params(message));
        };
        if wanted.resource_subscriptions.as_ref().is_some_and(|watched| watched.len() > MAX_WATCHED) {
            return Served::Refused(Refusal::params(format!("at most {MAX_WATCHED} resources can be watched")));
        }
        let who = &visit.client.principal;
        if let Some(ids) = &mut wanted.task_ids {
            if !visit.client.takes_tasks {
                return Served::Refused(missing_extension());
            }
            // What is not the client's own is not told of.
            ids.retain(|id| self.tasks.find(id, who).is_some());
        }
        let (mut news, mut task_news) = (self.orchestra.news(), self.tasks.news());
        let watching = Watching::start(self, who, &mut wanted).await;
        let accepted = format!(r#","notifications":{}"#, json!(wanted));
        visit.lane.offer(told("notifications/subscriptions/acknowledged", visit.id, &accepted));
        let telling = async {
            while let Some(changes) = self.changes(&mut news).await {
                for (method, more) in wanted.told(&changes.seen(&self.shelf(who))) {
                    visit.lane.offer(told(method, visit.id, &more));
                }
            }
        };
        let telling_of_tasks = async {
            loop {
                let ids = wanted.task_ids.iter().flatten();
                let changed: Vec<&String> = match task_news.recv().await {
                    Ok(changed) => ids.filter(|id| **id == changed).collect(),
                    // Whoever missed some is told of all.
                    Err(RecvError::Lagged(_)) => ids.collect(),
                    Err(RecvError::Closed) => return std::future::pending::<()>().await,
                };
                for task in changed.into_iter().filter_map(|id| self.tasks.find(id, &visit.client.principal)) {
                    let more = format!(",{}", task.details());
                    visit.lane.offer(told("notifications/tasks", visit.id, &more));
                }
            }
        };
        let served = tokio::select! {
            () = visit.cancel.cancelled() => Served::Silent,
            () = self.deserted.cancelled() => Served::Made(ended(visit.id)),
            () = telling => Served::Made(ended(visit.id)),
            () = telling_of_tasks => Served::Made(ended(visit.id)),
        };
        watching.stop().await;
        served
    }
}

/// Resources watched for one client; dropped, they are let go.
struct Watching<'a> {
    desk: &'a Desk,
    watched: Vec<(catalog::ServerId, String)>,
}

impl<'a> Watching<'a> {
    /// Watches what is wanted; what cannot be watched is struck out.
    async fn start(desk: &'a Desk, who: &Principal, wanted: &mut Wanted) -> Self {
        let mut watching = Self { desk, watched: Vec::new() };
        let Some(uris) = wanted.resource_subscriptions.take() else { return watching };
        let mut kept = BTreeSet::new();
        for uri in uris {
            let shelf = desk.shelf(who);
            let Some((server, there)) = shelf.directory.resource(&uri) else { continue };
            if desk.orchestra.watch(server, &there).await.is_ok() {
                watching.watched.push((server.clone(), there.into_owned()));
                kept.insert(uri.clone());
            }
        }
        wanted.resource_subscriptions = Some(kept);
        watching
    }

    async fn stop(mut self) {
        for (server, uri) in std::mem::take(&mut self.watched) {
            // A server that is gone tells nothing any more.
            let _ = self.desk.orchestra.unwatch(&server, &uri).await;
        }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        if self.watched.is_empty() {
            return;
        }
        let orchestra = std::sync::Arc::clone(&self.desk.orchestra);
        let watched = std::mem::take(&mut self.watched);
        // The client hung up: nobody is left to wait for this.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                for (server, uri) in watched {
                    let _ = orchestra.unwatch(&server, &uri).await;
                }
            });
        }
    }
}

/// A notification that belongs to a client's request to listen.
fn told(method: &str, id: &RawValue, more: &str) -> String {
    let id = id.get();
    let meta = format!(r#""_meta":{{"io.modelcontextprotocol/subscriptionId":{id}}}"#);
    format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{{{meta}{more}}}}}"#)
}

/// What is said when nothing more will be told.
fn ended(id: &RawValue) -> serde_json::Value {
    let id: serde_json::Value = serde_json::from_str(id.get()).unwrap_or_default();
    json!({"_meta": {"io.modelcontextprotocol/subscriptionId": id}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_wanted_is_told() {
        let wanted: Wanted = serde_json::from_value(
            json!({"toolsListChanged": true, "promptsListChanged": false, "resourceSubscriptions": ["x://1"]}),
        )
        .unwrap();
        let updated = ["x://1".to_owned(), "x://2".to_owned()].into();
        let changes = Seen { tools: true, resources: true, prompts: true, updated };
        let told = wanted.told(&changes);
        let expected =
            [("notifications/tools/list_changed", ""), ("notifications/resources/updated", r#","uri":"x://1""#)];
        assert_eq!(told, expected.map(|(method, more)| (method, more.to_owned())));
        assert_eq!(json!(wanted), json!({"toolsListChanged": true, "resourceSubscriptions": ["x://1"]}));
    }
}
