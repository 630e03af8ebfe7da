//! An orchestra for tests: its calls go through the policy to a real fleet,
//! and its answers say what was asked.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Fetch, ServerId, ToolSource};
use dispatch::{CallFault, Progress, Replies};
use futures::future::BoxFuture;
use mcp::downstream::{Asked, Asker, Form, FormKind, Orchestra, Passed, Passing, Resumption, Told};
use mcp::upstream::{Fleet, News, Offerings};
use query::{Fault, Principal};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use store::{Sealer, SealingKey};
use tokio::sync::broadcast;

use super::Call;

/// A fleet behind a front door.
pub(crate) struct House(pub(crate) Arc<Fleet>, Sealer);

impl House {
    pub(crate) fn new(fleet: Arc<Fleet>) -> Self {
        Self(fleet, Sealer::new(SealingKey::random().expect("a system with randomness")))
    }
}

impl Orchestra for House {
    fn catalog(&self, _: &Principal) -> Arc<Catalog> {
        self.0.snapshot()
    }

    fn offerings(&self) -> Arc<Offerings> {
        self.0.offerings()
    }

    fn news(&self) -> broadcast::Receiver<News> {
        self.0.news()
    }

    fn watch<'a>(&'a self, server: &'a ServerId, uri: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(self.0.subscribe(server, uri))
    }

    fn unwatch<'a>(&'a self, server: &'a ServerId, uri: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(self.0.unsubscribe(server, uri))
    }

    fn sealer(&self) -> &Sealer {
        &self.1
    }

    /// Answers at once, except that `sleep` waits to be cancelled.
    fn ask(&self, asked: Asked, asker: Asker) -> BoxFuture<'_, Told> {
        Box::pin(async move {
            for i in 1..=3 {
                let message = Some(format!("step {i}"));
                (asker.progress)(Progress { progress: f64::from(i), total: Some(3.0), message });
            }
            if asked.query == "sleep" {
                asker.cancel.cancelled().await;
            }
            let outcome = json!({"outcome": "answered", "answer": {"text": asked.query}, "facts": asked.facts});
            let choice = || FormKind::Choice(vec!["this".to_owned(), "that".to_owned()]);
            let form = || Form { message: "Which?".to_owned(), asks: choice(), resume: "r1".to_owned() };
            let form = (asked.query == "which?").then(form);
            Told { outcome, text: format!("you asked: {}", asked.query), failed: false, form }
        })
    }

    fn plan(&self, query: String, _: Asker) -> BoxFuture<'_, Told> {
        Box::pin(async move { Told { outcome: json!({"explain": query}), text: query, failed: false, form: None } })
    }

    fn run_plan(&self, plan: Value, _: Option<Duration>, _: Asker) -> BoxFuture<'_, Told> {
        let outcome = json!({"outcome": "refused", "reason": "failed", "plan": plan});
        Box::pin(async move { Told { outcome, text: "that plan has faults".to_owned(), failed: true, form: None } })
    }

    fn find_tools(&self, query: String, limit: usize, _: Asker) -> BoxFuture<'_, Told> {
        let catalog = self.0.snapshot();
        let found = catalog.tools().iter().filter(|tool| tool.reference.tool.contains(&query)).take(limit);
        let found: Vec<Value> = found.map(|tool| json!({"name": tool.reference})).collect();
        Box::pin(async move { Told { outcome: json!({"tools": found}), text: query, failed: false, form: None } })
    }

    fn resume(&self, resume: String, answer: Resumption, _: Asker) -> BoxFuture<'_, Told> {
        let outcome = json!({"outcome": "answered", "answer": {"text": format!("{resume}: {answer:?}")}});
        Box::pin(async move { Told { text: "resumed".to_owned(), outcome, failed: false, form: None } })
    }

    fn read_on(&self, handle: String, from: usize, _: Asker) -> BoxFuture<'_, Told> {
        let outcome = json!({"handle": handle, "from": from});
        Box::pin(async move { Told { text: "read".to_owned(), outcome, failed: false, form: None } })
    }

    fn pass(&self, passing: Passing, asker: Asker) -> BoxFuture<'_, Passed> {
        Box::pin(async move {
            let (counterpart, replies) = (asker.counterpart, passing.replies);
            let timeout = Duration::from_secs(20);
            let call = Call { cancel: asker.cancel, timeout, counterpart, replies, ..Call::default() };
            match call.make_written(&self.0, &passing.tool, passing.arguments, asker.progress).await {
                Ok(output) => Passed::Result(output),
                Err(CallFault { asks: Some(asks), .. }) => Passed::Asks(asks),
                Err(CallFault { fault, .. }) => Passed::Failed(fault),
            }
        })
    }

    fn fetch(
        &self,
        fetch: Fetch,
        replies: Option<Replies>,
        asker: Asker,
    ) -> BoxFuture<'_, Result<Box<RawValue>, CallFault>> {
        Box::pin(async move {
            let call = Call { cancel: asker.cancel, counterpart: asker.counterpart, replies, ..Call::default() };
            call.fetch(&self.0, fetch).await
        })
    }
}
