//! Resources, prompts and completions, had from the servers that have them.

use std::borrow::Cow;
use std::sync::Arc;

use catalog::{Fetch, Wanted};
use futures::FutureExt;
use query::Fault;
use serde_json::json;
use serde_json::value::RawValue;

use super::bridge::Beginning;
use super::client::Session;
use super::deed::Deed;
use super::desk::Desk;
use super::message::{Params, text};
use super::parking::Came;
use super::refusal::Refusal;
use super::served::Served;
use super::shelf::fixed;
use super::tasks::Deferral;
use super::visit::Visit;
use crate::members::Members;

/// Resources one client watches at the same time.
const MAX_WATCHED: usize = 1_024;

/// The code with which older revisions say that there is no such resource.
const NO_RESOURCE: i64 = -32002;

impl Desk {
    /// Reads a resource.
    pub(crate) async fn read(&self, visit: &Visit<'_>) -> Served {
        let Some(uri) = Params::text(visit.params.uri) else {
            return Served::Refused(Refusal::params("`resources/read` needs the `uri` of a resource"));
        };
        let shelf = self.shelf(&visit.client.principal);
        let Some((server, there)) = shelf.directory.resource(&uri) else { return no_resource(&uri, visit) };
        let wanted = Wanted::Resource { uri: there.into_owned() };
        let deed = Deed { server, method: "resources/read", name: &uri, arguments: None, may_defer: false };
        match self.fetch(Fetch { server: server.clone(), wanted }, visit, &deed).await {
            // Each era has a number of its own for it.
            Served::Refused(refusal) if says_there_is_none(&refusal) => no_resource(&uri, visit),
            served => served,
        }
    }

    /// Fills in a prompt.
    pub(crate) async fn prompt(&self, visit: &Visit<'_>) -> Served {
        let Some(name) = Params::text(visit.params.name) else {
            return Served::Refused(Refusal::params("`prompts/get` needs the `name` of a prompt"));
        };
        if visit.params.arguments.is_some_and(|given| !given.get().starts_with('{')) {
            return Served::Refused(Refusal::params("`arguments` is to be an object"));
        }
        let shelf = self.shelf(&visit.client.principal);
        let Some(entry) = shelf.directory.prompt(&name) else {
            let shown = crate::excerpt::excerpt(&name);
            return Served::Refused(Refusal::params(format!("there is no prompt `{shown}`")));
        };
        let arguments = visit.params.arguments.map(RawValue::to_owned);
        let wanted = Wanted::Prompt { name: entry.there.clone(), arguments };
        let deed = Deed {
            server: &entry.server,
            method: "prompts/get",
            name: &name,
            arguments: visit.params.arguments,
            may_defer: false,
        };
        self.fetch(Fetch { server: entry.server.clone(), wanted }, visit, &deed).await.plain()
    }

    /// Completes an argument of a prompt or of a template.
    pub(crate) async fn complete(&self, visit: &Visit<'_>) -> Served {
        let unknown =
            || Served::Refused(Refusal::params("`ref` names no prompt and no resource template that is here"));
        let (Some(params), Some(reference)) = (visit.params.whole(), visit.params.reference) else { return unknown() };
        let Some(named) = Members::of(reference.get()) else { return unknown() };
        let member = |name: &str| named.get(name).and_then(text);
        let shelf = self.shelf(&visit.client.principal);
        let (entry, key) = match (member("type").as_deref(), member("name"), member("uri")) {
            (Some("ref/prompt"), Some(name), _) => (shelf.directory.prompt(&name), "name"),
            (Some("ref/resource"), _, Some(uri)) => (shelf.directory.template(&uri), "uri"),
            _ => (None, ""),
        };
        let Some(entry) = entry else { return unknown() };
        let there = json!(entry.there).to_string();
        let reference = named.rewritten(|name, value| Some(Cow::Borrowed(if name == key { &there } else { value })));
        let members = Members::of(params.get()).unwrap_or_default();
        let params = members.rewritten(|name, value| match name {
            "ref" => Some(Cow::Borrowed(reference.as_str())),
            // What of it goes on, goes on with every request.
            "_meta" => None,
            _ => Some(Cow::Borrowed(value)),
        });
        let Ok(params) = RawValue::from_string(params) else { return unknown() };
        let wanted = Wanted::Completion { params };
        let deed = Deed {
            server: &entry.server,
            method: "completion/complete",
            name: &entry.there,
            arguments: None,
            may_defer: false,
        };
        self.fetch(Fetch { server: entry.server.clone(), wanted }, visit, &deed).await.plain()
    }

    async fn fetch(&self, fetch: Fetch, visit: &Visit<'_>, deed: &Deed<'_>) -> Served {
        let replies = match self.beginning(visit, deed) {
            Ok(Beginning::New(replies)) => replies,
            Ok(Beginning::Parked(parked)) => return self.resume(*parked, visit, deed, Deferral::Never).await,
            Err(refusal) => return Served::Refused(refusal),
        };
        let caller = visit.caller(&self.own);
        let asker = visit.asker(&caller, Deferral::Never);
        let orchestra = Arc::clone(&self.orchestra);
        let work = async move { Came::Fetched(orchestra.fetch(fetch, replies, asker).await) };
        self.run(work.boxed(), caller, visit, deed, Deferral::Never).await
    }

    /// Wants to hear when a resource changes.
    pub(crate) async fn subscribe(&self, session: &Arc<Session>, visit: &Visit<'_>) -> Served {
        let Some(uri) = Params::text(visit.params.uri) else {
            return Served::Refused(Refusal::params("`resources/subscribe` needs the `uri` of a resource"));
        };
        let shelf = self.shelf(&visit.client.principal);
        let Some((server, there)) = shelf.directory.resource(&uri) else { return no_resource(&uri, visit) };
        {
            let mut watched = session.watched();
            if watched.len() >= MAX_WATCHED {
                let message = format!("{MAX_WATCHED} resources are watched already");
                return Served::Refused(Refusal::params(message));
            }
            if !watched.insert(uri.to_string()) {
                return Served::Ready(fixed("{}"));
            }
        }
        match self.orchestra.watch(server, &there).await {
            Ok(()) => Served::Ready(fixed("{}")),
            Err(fault) => {
                session.watched().remove(&*uri);
                refused(&fault)
            }
        }
    }

    /// Does not want to hear of it any more.
    pub(crate) async fn unsubscribe(&self, session: &Arc<Session>, visit: &Visit<'_>) -> Served {
        let Some(uri) = Params::text(visit.params.uri) else {
            return Served::Refused(Refusal::params("`resources/unsubscribe` needs the `uri` of a resource"));
        };
        if !session.watched().remove(&*uri) {
            return Served::Ready(fixed("{}"));
        }
        let shelf = self.shelf(&visit.client.principal);
        let Some((server, there)) = shelf.directory.resource(&uri) else { return Served::Ready(fixed("{}")) };
        match self.orchestra.unwatch(server, &there).await {
            Ok(()) => Served::Ready(fixed("{}")),
            Err(fault) => refused(&fault),
        }
    }
}

fn refused(fault: &Fault) -> Served {
    Served::Refused(Refusal::of_fault(fault))
}

/// Whether a server says that it has no such resource, in either era's words.
fn says_there_is_none(refusal: &Refusal) -> bool {
    let names_it = || refusal.data.as_deref().and_then(|data| Members::of(data.get())?.get("uri")).is_some();
    refusal.code == NO_RESOURCE || refusal.code == super::refusal::INVALID_PARAMS && names_it()
}

/// What an unknown URI comes to, whoever may or may not see the resource.
fn no_resource(uri: &str, visit: &Visit<'_>) -> Served {
    let code = if visit.client.revision.is_stateless() { super::refusal::INVALID_PARAMS } else { NO_RESOURCE };
    Served::Refused(Refusal::new(code, "Resource not found").with(&json!({"uri": uri})))
}
