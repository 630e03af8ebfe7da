//! What became of a query.

use std::time::Duration;

use catalog::ToolRef;
use dispatch::Report;
use plan::{Need, Observation, Plan, StepId};
use policy::{Approvals, CallHash, CallToApprove};
use query::{Query, QueryId};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};
use synthesize::{Answer, Footnote, Material, Synthesis};

use crate::{InputRequired, Refusal, RefusalReason, Suspension};

/// What became of a query, and how. Serialises to the one shape that the
/// command line, the protocol and the library share.
#[derive(Debug)]
pub struct Outcome {
    /// The query.
    pub query_id: QueryId,
    /// What became of it.
    pub decision: Decision,
    /// The plan, where there was one.
    pub plan: Option<Plan>,
    /// How each step ended, in plan order.
    pub steps: Vec<StepLine>,
    /// What it took.
    pub usage: Usage,
    /// What is needed to go on after a human approved; not serialised.
    pub suspension: Option<Suspension>,
}

/// What became of a query.
#[derive(Debug)]
pub enum Decision {
    /// It is answered, wholly or in part.
    Answered(Answer),
    /// A human must say something first.
    InputRequired(InputRequired),
    /// It is not answered.
    Refused(Refusal),
}

/// How one step ended.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StepLine {
    /// The step.
    pub id: StepId,
    /// The tool it called, if it calls one.
    #[serde(flatten, serialize_with = "server_and_tool")]
    pub tool: Option<ToolRef>,
    /// `ok`, `tool_error`, `skipped`, `failed`, `needs_input` or
    /// `indeterminate`.
    pub status: &'static str,
    /// How long it ran.
    pub ms: u64,
    /// Whether its result came from the cache.
    pub cached: bool,
    /// How many calls were tried, repeats included.
    pub attempts: usize,
    /// Why it did not succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a query took.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Usage {
    /// Calls made to upstream servers.
    pub calls: u32,
    /// What they cost, in the operator's unit of price.
    pub cost: f64,
    /// Calls made to language models.
    pub model_calls: u32,
    /// Tokens read by models.
    pub tokens_in: u64,
    /// Tokens written by models.
    pub tokens_out: u64,
    /// Wall time, in milliseconds.
    pub ms: u64,
}

/// A run that has ended, before it is told.
pub(crate) struct Conclusion {
    pub(crate) query: Query,
    pub(crate) plan: Plan,
    pub(crate) report: Report,
    pub(crate) approvals: Approvals,
    pub(crate) unserved: Vec<String>,
    pub(crate) took: Duration,
}

impl Conclusion {
    /// From how the steps ended to what became of the query.
    pub(crate) fn draw(self) -> Outcome {
        let steps = step_lines(&self.plan, &self.report);
        let calls = self.query.ledger.spent_calls();
        let usage = Usage { calls, ms: millis(self.took), ..Usage::default() };
        let query_id = self.query.id.clone();
        let asked = waiting_calls(&self.report);
        if !asked.is_empty() {
            let input = InputRequired::approve(asked.clone(), plan::explain(&self.plan));
            let Self { query, plan, report, approvals, unserved, .. } = self;
            let prior = Some(report.observations);
            let suspension = Some(Suspension { query, plan: plan.clone(), prior, approvals, unserved, asked });
            return Outcome { query_id, decision: input.into(), plan: Some(plan), steps, usage, suspension };
        }
        let decision = self.told();
        Outcome { query_id, decision, plan: Some(self.plan), steps, usage, suspension: None }
    }

    fn told(&self) -> Decision {
        let footnote = |step: &dispatch::StepReport| Footnote { left_out: step.left_out, ..Footnote::default() };
        let footnotes: Vec<Footnote> = self.report.steps.iter().map(footnote).collect();
        let material = Material {
            query: &self.query.text,
            plan: &self.plan,
            seen: &self.report.observations,
            footnotes: &footnotes,
            unserved: &self.unserved,
        };
        match synthesize::synthesize(&material) {
            Synthesis::Answer(answer) => Decision::Answered(answer),
            Synthesis::Nothing { missing } => {
                let why: Vec<String> = missing.into_iter().map(|missing| missing.why).collect();
                Decision::Refused(self.nothing_to_tell(&why))
            }
        }
    }

    /// A refusal with every step's fault; timing out names the whole only
    /// when nothing else went wrong.
    fn nothing_to_tell(&self, why: &[String]) -> Refusal {
        let faults: Vec<query::Fault> = self
            .report
            .observations
            .iter()
            .filter_map(|(_, seen)| match seen {
                Observation::Failed(fault) | Observation::Indeterminate(fault) => Some(fault.clone()),
                _ => None,
            })
            .collect();
        let mut reasons = faults.iter().map(RefusalReason::of);
        let first = reasons.next().unwrap_or(RefusalReason::Failed);
        let reason = if reasons.all(|other| other == first) { first } else { RefusalReason::Failed };
        let message = if why.is_empty() { "no step yielded anything".to_owned() } else { why.join("\n") };
        Refusal { reason, message, nearest: Vec::new(), retry_after: None, faults }
    }
}

fn waiting_calls(report: &Report) -> Vec<CallToApprove> {
    let needs = report.observations.iter().filter_map(|(_, seen)| match seen {
        Observation::NeedsInput(Need::Approval(calls)) => Some(calls),
        _ => None,
    });
    let asked = |(call, hash, why): &(plan::BoundCall, catalog::Fingerprint, String)| CallToApprove {
        call: call.clone(),
        hash: CallHash::from_fingerprint(*hash),
        why: why.clone(),
    };
    needs.flatten().map(asked).collect()
}

fn step_lines(plan: &Plan, report: &Report) -> Vec<StepLine> {
    let line = |(index, seen): (plan::StepIndex, &Observation)| {
        let step = plan.step(index);
        let told = report.step(index);
        StepLine {
            id: step.id.clone(),
            tool: step.tool().map(|tool| tool.reference.clone()),
            status: seen.status(),
            ms: millis(told.took),
            cached: false,
            attempts: told.attempts,
            error: error(seen),
        }
    };
    report.observations.iter().map(line).collect()
}

fn error(seen: &Observation) -> Option<String> {
    match seen {
        Observation::Failed(fault) | Observation::Indeterminate(fault) => Some(fault.message.clone()),
        Observation::ToolError(output) => Some(match output.value() {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
        Observation::Output(_) | Observation::Skipped(_) | Observation::NeedsInput(_) => None,
    }
}

impl Outcome {
    /// An outcome for which nothing was called.
    pub(crate) fn uncalled(query: &Query, decision: Decision, took: Duration) -> Self {
        let usage = Usage { calls: query.ledger.spent_calls(), ms: millis(took), ..Usage::default() };
        Self { query_id: query.id.clone(), decision, plan: None, steps: Vec::new(), usage, suspension: None }
    }

    pub(crate) fn of_plan(self, plan: Plan) -> Self {
        Self { plan: Some(plan), ..self }
    }

    pub(crate) fn suspended(self, suspension: Suspension) -> Self {
        Self { suspension: Some(suspension), ..self }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        Self::Answered(answer)
    }
}

impl From<InputRequired> for Decision {
    fn from(input: InputRequired) -> Self {
        Self::InputRequired(input)
    }
}

impl From<Refusal> for Decision {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.decision.serialize_into(&mut map)?;
        if let (Decision::InputRequired(InputRequired::Approve { .. }), Some(suspension)) =
            (&self.decision, &self.suspension)
        {
            map.serialize_entry(
                "resume",
                &json!({ "approve": suspension.hashes(), "has_acted": suspension.has_acted() }),
            )?;
        }
        map.serialize_entry("query_id", &self.query_id)?;
        map.serialize_entry("plan", &self.plan)?;
        map.serialize_entry("steps", &self.steps)?;
        map.serialize_entry("usage", &self.usage)?;
        map.end()
    }
}

impl Decision {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::Answered(answer) => {
                map.serialize_entry("outcome", "answered")?;
                map.serialize_entry("status", &answer.status)?;
                map.serialize_entry("answer", &json!({ "text": answer.text, "citations": answer.citations }))?;
                map.serialize_entry("missing", &answer.missing)
            }
            Self::InputRequired(input) => {
                map.serialize_entry("outcome", "input_required")?;
                input.serialize_into(map)
            }
            Self::Refused(refusal) => {
                map.serialize_entry("outcome", "refused")?;
                map.serialize_entry("reason", &refusal.reason)?;
                map.serialize_entry("message", &refusal.message)?;
                map.serialize_entry("nearest", &refusal.nearest)?;
                map.serialize_entry("faults", &refusal.faults)?;
                match refusal.retry_after {
                    Some(wait) => map.serialize_entry("retry_after_ms", &millis(wait)),
                    None => Ok(()),
                }
            }
        }
    }
}

impl InputRequired {
    fn serialize_into<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let (kind, question) = match self {
            Self::Clarify { question, .. } => ("clarify", question),
            Self::Approve { question, .. } => ("approve", question),
            Self::Argument { question, .. } => ("argument", question),
        };
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("question", question)?;
        match self {
            Self::Clarify { options, .. } => map.serialize_entry("options", options),
            Self::Approve { calls, explain, .. } => {
                let option = |asked: &CallToApprove| {
                    json!({
                        "tool": asked.call.tool.reference,
                        "effect": asked.call.tool.effect,
                        "arguments": asked.call.arguments,
                        "why": asked.why,
                        "hash": asked.hash,
                    })
                };
                map.serialize_entry("options", &calls.iter().map(option).collect::<Vec<_>>())?;
                map.serialize_entry("explain", explain)
            }
            Self::Argument { tool, schema, known, .. } => {
                map.serialize_entry("options", &[(); 0])?;
                map.serialize_entry("tool", tool)?;
                map.serialize_entry("schema", schema)?;
                map.serialize_entry("known", &known.iter().cloned().collect::<serde_json::Map<_, _>>())
            }
        }
    }
}

/// `"server": …, "tool": …`, both null for a step that calls no tool.
fn server_and_tool<S: Serializer>(tool: &Option<ToolRef>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("server", &tool.as_ref().map(|tool| tool.server.as_str()))?;
    map.serialize_entry("tool", &tool.as_ref().map(|tool| &*tool.tool))?;
    map.end()
}
