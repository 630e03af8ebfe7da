//! What servers offer beside tools: listed, had, and watched.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use catalog::{Fetch, ServerId, ToolSource, Wanted};
use dispatch::{CallContext, CallFault, ToolClient};
use mcp::upstream::{Fleet, News};
use policy::Policy;
use query::{Budget, Deadline, Ledger, Moment, Principal, Query, QueryId};
use serde_json::json;
use serde_json::value::RawValue;
use support::*;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const DRAIN: Duration = Duration::from_secs(2);

async fn fetch(fleet: &Fleet, server: &str, wanted: Wanted) -> Result<String, CallFault> {
    let query = Query {
        id: QueryId::new("test"),
        text: "".into(),
        principal: Principal::local(),
        asked: Moment::ORIGIN,
        deadline: Deadline::within(Duration::from_secs(60), Moment::ORIGIN),
        ledger: Ledger::new(Budget::default()),
        facts: Arc::default(),
        depth: 0,
    };
    let fetch = Fetch { server: ServerId::new(server), wanted };
    let judged = Policy::default().judge_fetch(fetch, &query, &fleet.snapshot()).unwrap();
    let permit = judged.permit(None).unwrap();
    let (timeout, cancel) = (Duration::from_secs(10), CancellationToken::new());
    let context =
        CallContext { timeout, cancel, progress: Arc::new(|_| {}), counterpart: None, replies: None, pause: None };
    fleet.fetch(permit, context).await.map(|result| result.get().to_owned())
}

async fn next(news: &mut Receiver<News>) -> News {
    timeout(Duration::from_secs(10), news.recv()).await.expect("news in time").unwrap()
}

fn keys(offered: &[mcp::upstream::Offered]) -> Vec<&str> {
    offered.iter().map(|offered| offered.key.as_str()).collect()
}

#[tokio::test]
async fn everything_on_offer_is_listed_and_had_as_it_was_written() {
    for era in ["legacy", "modern"] {
        let fleet = fleet(vec![server("a", &["era", era, "shelf"]), server("bare", &["plain"])]).await;
        let offerings = fleet.offerings();
        let offered = &offerings.servers[&ServerId::new("a")];
        assert_eq!(keys(&offered.resources), ["note:1", "note:2"]);
        assert_eq!(offered.resources[0].entry.get(), r#"{"uri":"note:1","name":"note:1","x-own":1}"#);
        assert_eq!((keys(&offered.templates), keys(&offered.prompts)), (vec!["note:{id}"], vec!["greet"]));
        assert_eq!(offered.skipped, ["resource 2 is left out: it has no `uri`"]);
        assert!(offered.abilities.completions && offered.abilities.logging && offered.abilities.subscribe);
        assert_eq!(offered.tools.len(), 7);
        let bare = &offerings.servers[&ServerId::new("bare")];
        assert_eq!((bare.resources.len(), bare.prompts.len(), bare.abilities.resources), (0, 0, false));

        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let read = fetch(&fleet, "a", Wanted::Resource { uri: "note:9".into() }).await.unwrap();
        assert_eq!(read, r#"{"contents":[{"uri":"note:9","text":"ice","x-own":1}]}"#);
        let arguments = Some(raw(r#"{"whom": "Ada"}"#));
        let prompt = fetch(&fleet, "a", Wanted::Prompt { name: "greet".into(), arguments }).await.unwrap();
        assert!(prompt.contains(r#"Greet \"Ada\"."#), "{prompt}");
        let params = raw(r#"{"ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"whom","value":"A"}}"#);
        let completed = fetch(&fleet, "a", Wanted::Completion { params }).await.unwrap();
        assert_eq!(completed, r#"{"completion":{"values":["A","more"]}}"#);
        let fault = fetch(&fleet, "bare", Wanted::Resource { uri: "note:9".into() }).await.unwrap_err();
        assert_eq!(fault.fault.code, "server_refused");
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn what_changes_is_news_and_the_snapshot_has_it() {
    for era in ["legacy", "modern"] {
        let fleet = fleet(vec![server("a", &["era", era, "shelf", "list-changed"])]).await;
        let mut news = fleet.news();
        let before = fleet.offerings().version;
        call(&fleet, "a.grow", json!({})).await.unwrap();
        let id = ServerId::new("a");
        let mut seen = vec![next(&mut news).await, next(&mut news).await];
        seen.sort_by_key(|news| format!("{news:?}"));
        assert_eq!(seen, [News::ResourcesChanged(id.clone()), News::ToolsChanged(id.clone())], "{era}");
        let offerings = fleet.offerings();
        assert!(offerings.version > before);
        assert_eq!(keys(&offerings.servers[&id].resources), ["note:1", "note:2", "grown:0"]);
        assert!(tools_of(&fleet, "a").contains(&"get_grown_0".to_owned()));
        fleet.stop(DRAIN).await;
    }
}

#[tokio::test]
async fn subscriptions_are_counted_and_survive_a_restart() {
    for era in ["legacy", "modern"] {
        let log = tempfile::NamedTempFile::new().unwrap();
        let path = log.path().to_str().unwrap().to_owned();
        let fleet = fleet(vec![
            server("a", &["era", era, "shelf", "curious", "list-changed", "log", &path]),
            server("bare", &["plain"]),
        ])
        .await;
        let id = ServerId::new("a");
        let count = |line: &str| std::fs::read_to_string(&path).unwrap_or_default().matches(line).count();
        let told = if era == "legacy" { "resources/subscribe note:1" } else { r#""resourceSubscriptions":["note:1"]"# };
        fleet.subscribe(&id, "note:1").await.unwrap();
        fleet.subscribe(&id, "note:1").await.unwrap();
        until("the server was told", || count(told) == 1).await;
        let mut news = fleet.news();
        call(&fleet, "a.touch", json!({"uri": "note:1"})).await.unwrap();
        assert_eq!(next(&mut news).await, News::ResourceUpdated { server: id.clone(), uri: "note:1".into() });

        kill(*started(log.path()).last().unwrap());
        until("it was told again", || count(told) == 2).await;
        fleet.unsubscribe(&id, "note:1").await.unwrap();
        assert_eq!(count("resources/unsubscribe"), 0, "somebody is interested still");
        fleet.unsubscribe(&id, "note:1").await.unwrap();
        if era == "legacy" {
            until("the server was told so", || count("resources/unsubscribe note:1") == 1).await;
        }
        let fault = fleet.subscribe(&ServerId::new("bare"), "note:1").await.unwrap_err();
        assert_eq!(fault.code, "not_subscribable");
        fleet.stop(DRAIN).await;
    }
}
