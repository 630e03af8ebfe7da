//! The engine as what stands behind the front door.
//!
//! In come requests of MCP clients; out go outcomes, each in its stable shape
//! and as text. Whoever asks gets no approvals this way: a client's word is no
//! human's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::{Catalog, Fetch, ServerId};
use dispatch::{CallFault, Progress, Replies, StepEvent};
use engine::{Answer, Decision, Engine, Event, Events, InputRequired, Outcome, Pass, Preview, Request};
use futures::FutureExt;
use futures::future::BoxFuture;
use mcp::downstream::{Asked, Asker, Exposure, Form, FormKind, Orchestra, Passed, Passing, Resumption, Told};
use mcp::upstream::{Fleet, News, Offerings};
use policy::Approvals;
use query::{Fault, Principal};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use store::Sealer;
use tokio::sync::broadcast;

use crate::args::Global;
use crate::render;

/// Columns that a client's text is set in: lines are not cut.
const UNCUT_COLUMNS: usize = 4096;

/// The engine and its servers behind the front door.
pub(crate) struct Conductor {
    /// What answers.
    pub(crate) engine: Engine,
    /// The servers, for news of their tools.
    pub(crate) fleet: Arc<Fleet>,
    /// What the operator says of the user; a client's own facts go first.
    pub(crate) facts: Arc<BTreeMap<String, String>>,
    /// What lists of tools show.
    pub(crate) exposure: Exposure,
    /// Seals what clients carry for us.
    pub(crate) sealer: Sealer,
    /// How this program was called, for the commands it names.
    pub(crate) global: Global,
}

impl Conductor {
    fn request(&self, asked: Option<&Asked>, within: Option<Duration>, asker: &Asker) -> Request {
        let facts = match asked.filter(|asked| !asked.facts.is_empty()) {
            None => Arc::clone(&self.facts),
            Some(asked) => {
                let mut facts = BTreeMap::clone(&self.facts);
                facts.extend(asked.facts.clone());
                Arc::new(facts)
            }
        };
        self.speaking(asker, counted_steps(Arc::clone(&asker.progress)), facts, within)
    }

    /// A request whose events go there.
    fn speaking(
        &self,
        asker: &Asker,
        events: Events,
        facts: Arc<BTreeMap<String, String>>,
        within: Option<Duration>,
    ) -> Request {
        Request {
            principal: asker.principal.clone(),
            facts,
            within,
            share: asker.share,
            approvals: Approvals::none(),
            events,
            cancel: asker.cancel.clone(),
            counterpart: asker.counterpart.clone(),
        }
    }

    fn told(&self, outcome: &Outcome, repeat: &[&str]) -> Told {
        let text = match &outcome.decision {
            Decision::InputRequired(InputRequired::Clarify { question, options }) => {
                let options = options.iter().map(|option| format!("\n- {}: ask \"{}\"", option.label, option.query));
                question.clone() + &options.collect::<String>()
            }
            Decision::InputRequired(InputRequired::Argument { question, tool, .. }) => {
                format!("{question}\nSay it in the query, or call `{tool}` with it.")
            }
            _ => {
                let command = repeat.iter().map(ToString::to_string).collect();
                let asked = render::Asked { command, has_query: false };
                plain(&render::outcome(outcome, &asked, &self.global, UNCUT_COLUMNS))
            }
        };
        let failed = matches!(outcome.decision, Decision::Refused(_));
        Told { outcome: json!(outcome), text, failed, form: form(outcome) }
    }
}

impl Orchestra for Conductor {
    fn catalog(&self, principal: &Principal) -> Arc<Catalog> {
        self.engine.catalog_of(principal)
    }

    fn offerings(&self) -> Arc<Offerings> {
        self.fleet.offerings()
    }

    fn news(&self) -> broadcast::Receiver<News> {
        self.fleet.news()
    }

    fn watch<'a>(&'a self, server: &'a ServerId, uri: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        self.fleet.subscribe(server, uri).boxed()
    }

    fn unwatch<'a>(&'a self, server: &'a ServerId, uri: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        self.fleet.unsubscribe(server, uri).boxed()
    }

    fn exposure(&self) -> Exposure {
        self.exposure
    }

    fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    fn ask(&self, asked: Asked, asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            let request = self.request(Some(&asked), asked.within, &asker);
            let outcome = self.engine.ask(&asked.query, request).await;
            self.told(&outcome, &["ask", &asked.query])
        }
        .boxed()
    }

    fn plan(&self, query: String, asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            match self.engine.plan(&query, self.request(None, None, &asker)).await {
                Preview::Ready { plan, explain, asks, unserved, .. } => {
                    let asks: Vec<Value> = asks.iter().map(render::ask_json).collect();
                    let text = render::clean_lines(&explain);
                    Told {
                        outcome: json!({ "plan": plan, "explain": explain, "asks": asks, "unserved": unserved }),
                        text,
                        failed: false,
                        form: None,
                    }
                }
                Preview::Stopped(outcome) => self.told(&outcome, &["ask", &query]),
            }
        }
        .boxed()
    }

    fn run_plan(&self, plan: Value, within: Option<Duration>, asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            let outcome = self.engine.run(&plan.to_string(), self.request(None, within, &asker)).await;
            self.told(&outcome, &["run", "PLAN.json"])
        }
        .boxed()
    }

    fn find_tools(&self, query: String, limit: usize, asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            let found = self.engine.find_tools(&asker.principal, &query, limit);
            let tool = |found: &engine::Found| {
                let mut entry = json!(found);
                entry["name"] = json!(found.public_name);
                entry
            };
            let tools: Vec<Value> = found.iter().map(tool).collect();
            let line = |found: &engine::Found| {
                let (name, purpose) = (render::clean_line(&found.public_name), render::clean_line(&found.purpose));
                format!("- {name} ({}): {purpose}", found.effect)
            };
            let text = match found.as_slice() {
                [] => "No tool has anything to do with these words.".to_owned(),
                found => found.iter().map(line).collect::<Vec<_>>().join("\n"),
            };
            Told { outcome: json!({ "tools": tools }), text, failed: false, form: None }
        }
        .boxed()
    }

    fn resume(&self, resume: String, answer: Resumption, asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            let answer = match answer {
                Resumption::Approve => Answer::Approve,
                Resumption::Deny => Answer::Deny,
                Resumption::GoOn => Answer::GoOn,
                Resumption::Choose(place) => Answer::Choose(place),
                Resumption::Fill(values) => Answer::Fill(values),
            };
            let outcome = self.engine.resume_sealed(&resume, answer, self.request(None, None, &asker)).await;
            self.told(&outcome, &["ask", "QUERY"])
        }
        .boxed()
    }

    fn read_on(&self, handle: String, from: usize, asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            match self.engine.read_on(&handle, from, &self.request(None, None, &asker)) {
                Ok(page) => {
                    let text = page.part.as_str().map_or_else(|| page.part.to_string(), str::to_owned);
                    Told { outcome: json!(page), text, failed: false, form: None }
                }
                Err(fault) => {
                    let text = fault.message.clone();
                    Told { outcome: json!({ "error": fault }), text, failed: true, form: None }
                }
            }
        }
        .boxed()
    }

    fn pass(&self, passing: Passing, asker: Asker) -> BoxFuture<'_, Passed> {
        async move {
            let (tool, arguments) = (Arc::clone(&passing.tool), Arc::clone(&passing.arguments));
            let pass = Pass { tool: passing.tool, arguments: passing.arguments, replies: passing.replies };
            let request = self.speaking(&asker, own_progress(&asker), Arc::clone(&self.facts), passing.within);
            match self.engine.pass(pass, request).await {
                engine::Passed::Result(output) => Passed::Result(output),
                engine::Passed::Asks(asks) => Passed::Asks(asks),
                engine::Passed::Failed(fault) => Passed::Failed(fault),
                engine::Passed::Stopped(outcome) => match refused_with(&outcome) {
                    Some(fault) => Passed::Failed(fault),
                    None => {
                        let told = self.told(&outcome, &["call", &tool, arguments.get()]);
                        Passed::Told(Told { failed: true, ..told })
                    }
                },
            }
        }
        .boxed()
    }

    fn fetch(
        &self,
        fetch: Fetch,
        replies: Option<Replies>,
        asker: Asker,
    ) -> BoxFuture<'_, Result<Box<RawValue>, CallFault>> {
        self.engine.fetch(fetch, replies, self.request(None, None, &asker)).boxed()
    }
}

/// What an outcome asks, where a client may be asked it: a choice, values,
/// and approvals that the operator lets clients give.
fn form(outcome: &Outcome) -> Option<Form> {
    let resume = outcome.resume.as_ref()?;
    let Decision::InputRequired(asked) = &outcome.decision else { return None };
    let (message, asks) = match asked {
        InputRequired::Clarify { options, .. } if options.is_empty() => return None,
        InputRequired::Clarify { question, options } => {
            (question.clone(), FormKind::Choice(options.iter().map(|option| option.label.clone()).collect()))
        }
        InputRequired::Argument { question, schema, .. } => (question.clone(), FormKind::Values(schema.clone())),
        InputRequired::Approve { question, explain, .. } => {
            let in_band = resume.approval.as_ref().is_some_and(|pending| pending.in_band);
            (in_band.then(|| format!("{question}\n\n{explain}"))?, FormKind::Approval)
        }
    };
    // A form shows plain text: nothing in it may hide.
    Some(Form { message: render::clean_lines(&message), asks, resume: resume.text.clone() })
}

/// The fault for which there is no result: not a denial, which is policy's
/// answer and reads as one.
fn refused_with(outcome: &Outcome) -> Option<Fault> {
    match &outcome.decision {
        Decision::Refused(refusal) if refusal.reason != engine::RefusalReason::Denied => {
            refusal.faults.first().cloned()
        }
        _ => None,
    }
}

fn plain(styled: &str) -> String {
    anstream::adapter::strip_str(styled).to_string()
}

/// Tells a client what the server says of its one call.
fn own_progress(asker: &Asker) -> Events {
    let progress = Arc::clone(&asker.progress);
    Arc::new(move |event| {
        if let Event::Step { event: StepEvent::Progressed { progress: told, .. }, .. } = event {
            progress(told);
        }
    })
}

/// Tells a client how many of the steps have ended.
fn counted_steps(progress: Arc<dyn Fn(Progress) + Send + Sync>) -> Events {
    let steps = Mutex::new((0_u32, 0_u32));
    Arc::new(move |event| {
        let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        let message = match &event {
            Event::Planned { steps: planned, .. } => {
                *steps = (0, u32::try_from(planned.len()).unwrap_or(u32::MAX));
                None
            }
            Event::Step { id, event: StepEvent::Ended { seen, .. }, .. } => {
                steps.0 += 1;
                Some(format!("{id} {}", seen.status()))
            }
            Event::AnswerDelta { statement, .. } => Some(statement.text.clone()),
            Event::Waiting { .. } | Event::Drafted { .. } | Event::ModelCalled { .. } | Event::Step { .. } => return,
        };
        let (ended, total) = *steps;
        progress(Progress { progress: f64::from(ended), total: Some(f64::from(total)), message });
    })
}
