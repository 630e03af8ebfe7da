//! The engine as what stands behind the front door.
//!
//! In come requests of MCP clients; out go outcomes, each in its stable shape
//! and as text. Whoever asks gets no approvals this way: a client's word is no
//! human's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use catalog::Catalog;
use dispatch::{Progress, StepEvent};
use engine::{Called, Decision, Engine, Event, Events, InputRequired, Outcome, Preview, Request};
use futures::FutureExt;
use futures::future::BoxFuture;
use mcp::downstream::{Asked, Asker, Orchestra, Told};
use mcp::upstream::Fleet;
use query::Fault;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

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
    pub(crate) facts: std::collections::BTreeMap<String, String>,
    /// How this program was called, for the commands it names.
    pub(crate) global: Global,
}

impl Conductor {
    fn request(&self, asked: Option<&Asked>, within: Option<Duration>, asker: &Asker) -> Request {
        let mut facts = self.facts.clone();
        facts.extend(asked.into_iter().flat_map(|asked| asked.facts.clone()));
        Request {
            facts: Arc::new(facts),
            within,
            events: counted_steps(Arc::clone(&asker.progress)),
            cancel: asker.cancel.clone(),
            ..Request::of(asker.principal.clone())
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
        Told { outcome: json!(outcome), text, failed }
    }
}

impl Orchestra for Conductor {
    fn catalog(&self) -> Arc<Catalog> {
        self.engine.catalog()
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.fleet.changed()
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

    fn find_tools(&self, query: String, limit: usize, _asker: Asker) -> BoxFuture<'_, Told> {
        async move {
            let found = self.engine.find_tools(&query, limit);
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
            Told { outcome: json!({ "tools": tools }), text, failed: false }
        }
        .boxed()
    }

    fn call_tool(
        &self,
        tool: String,
        arguments: Map<String, Value>,
        asker: Asker,
    ) -> BoxFuture<'_, Result<Value, Fault>> {
        async move {
            let typed = Value::Object(arguments.clone()).to_string();
            match self.engine.call(&tool, arguments, self.request(None, None, &asker)).await {
                Called::Result(output) => Ok(output.raw().cloned().unwrap_or_else(|| result(output.value(), false))),
                Called::Stopped(outcome) => match refused_with(&outcome) {
                    Some(fault) => Err(fault),
                    None => {
                        let told = self.told(&outcome, &["call", &tool, &typed]);
                        Ok(json!({
                            "content": [{ "type": "text", "text": told.text }],
                            "structuredContent": told.outcome,
                            "isError": true,
                        }))
                    }
                },
            }
        }
        .boxed()
    }
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

fn result(value: &Value, is_error: bool) -> Value {
    json!({ "content": [{ "type": "text", "text": value.to_string() }], "structuredContent": value, "isError": is_error })
}

fn plain(styled: &str) -> String {
    anstream::adapter::strip_str(styled).to_string()
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
