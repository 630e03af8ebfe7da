//! From how the steps of a plan ended to what became of the query.

use std::sync::Arc;
use std::time::Duration;

use dispatch::Report;
use model::Model;
use plan::{AnswerStyle, Need, Observation, Plan};
use policy::{Approvals, CallHash, CallToApprove};
use query::Query;
use synthesize::{Footnote, Material, Said, Status, Synthesis, WritingBudget};
use tokio_util::sync::CancellationToken;

use crate::book::Book;
use crate::outcome::step_lines;
use crate::{Decision, InputRequired, Outcome, Refusal, RefusalReason, Suspension, Usage};

/// A run that has ended, before it is told.
pub(crate) struct Conclusion {
    pub(crate) query: Query,
    pub(crate) plan: Plan,
    pub(crate) report: Report,
    pub(crate) approvals: Approvals,
    pub(crate) unserved: Vec<String>,
    pub(crate) book: Book,
}

/// A model to write the answer with.
pub(crate) struct Writer {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) within: Duration,
    pub(crate) said: Said,
}

/// How good a conclusion is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// Nothing to tell.
    Nothing,
    /// A human must say something first.
    Question,
    /// An answer with gaps.
    Part,
    /// A whole answer.
    Whole,
}

impl Conclusion {
    /// How good it is.
    pub(crate) fn worth(&self) -> Worth {
        if !waiting_calls(&self.report).is_empty() {
            return Worth::Question;
        }
        match self.synthesis() {
            Synthesis::Answer(answer) if answer.status == Status::Complete => Worth::Whole,
            Synthesis::Answer(_) => Worth::Part,
            Synthesis::Nothing { .. } => Worth::Nothing,
        }
    }

    /// Whether a model tells it better than extraction does: results of
    /// several servers, or a summary, in answer to somebody's words.
    pub(crate) fn is_worth_writing(&self) -> bool {
        let mut servers: Vec<_> =
            self.plan.steps().iter().filter_map(|step| step.tool()).map(|tool| &tool.reference.server).collect();
        servers.sort();
        servers.dedup();
        let told = servers.len() > 1 || self.plan.answer().style == AnswerStyle::Summary;
        told && !self.query.text.trim().is_empty() && self.query.depth == 0
    }

    /// What became of the query. The writer, where there is one, writes the
    /// answer; whatever goes wrong with that, the extractive answer stands.
    pub(crate) async fn draw(
        self,
        writer: Option<Writer>,
        took: impl Fn(&Query) -> Duration,
        cancel: &CancellationToken,
    ) -> Outcome {
        let steps = step_lines(&self.plan, &self.report);
        let query_id = self.query.id.clone();
        let asked = waiting_calls(&self.report);
        if !asked.is_empty() {
            let input = InputRequired::approve(asked.clone(), plan::explain(&self.plan));
            let usage = Usage::so_far(&self.query, &self.book, took(&self.query));
            let Self { query, plan, report, approvals, unserved, book } = self;
            let asking = query.clone();
            let models = book.calls();
            let drafting = book.account();
            let prior = Some(report.observations);
            let waiting = plan.clone();
            let suspension =
                Suspension { query, plan: waiting, prior, approvals, unserved, asked, book, approval: None };
            return Outcome {
                query_id,
                decision: input.into(),
                plan: Some(plan),
                steps,
                usage,
                models,
                drafting,
                suspension: Some(suspension),
                resume: None,
                query: asking,
            };
        }
        let written = match writer {
            Some(writer) => cancel.run_until_cancelled(self.written(writer)).await,
            None => None,
        };
        let synthesis = written.unwrap_or_else(|| self.synthesis());
        let decision = self.told(synthesis);
        let usage = Usage::so_far(&self.query, &self.book, took(&self.query));
        let (models, drafting) = (self.book.calls(), self.book.account());
        let (query, plan) = (self.query, Some(self.plan));
        let (suspension, resume) = (None, None);
        Outcome { query_id, decision, plan, steps, usage, models, drafting, suspension, resume, query }
    }

    fn synthesis(&self) -> Synthesis {
        let footnotes = self.footnotes();
        synthesize::synthesize(&self.material(&footnotes))
    }

    async fn written(&self, writer: Writer) -> Synthesis {
        let footnotes = self.footnotes();
        let budget = WritingBudget::within(writer.within);
        let written = synthesize::write(&*writer.model, &self.material(&footnotes), budget, Some(writer.said)).await;
        written.synthesis
    }

    fn material<'a>(&'a self, footnotes: &'a [Footnote]) -> Material<'a> {
        Material {
            query: &self.query.text,
            plan: &self.plan,
            seen: &self.report.observations,
            footnotes,
            unserved: &self.unserved,
        }
    }

    fn footnotes(&self) -> Vec<Footnote> {
        let footnote = |step: &dispatch::StepReport| Footnote {
            left_out: step.left_out,
            cached: step.cached.is_some(),
            age: step.cached.unwrap_or_default(),
            served: step.instead.as_ref().map(|instead| instead.tool.clone()),
            cut: step.cut.as_ref().map(|cut| (cut.next, cut.total)),
        };
        self.report.steps.iter().map(footnote).collect()
    }

    fn told(&self, synthesis: Synthesis) -> Decision {
        match synthesis {
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
        // The first moment at which any of it may do better.
        let waits = faults.iter().filter_map(|fault| match fault.recovery {
            query::Recovery::After(wait) => Some(wait),
            query::Recovery::Never | query::Recovery::Later => None,
        });
        let retry_after = waits.min();
        Refusal { reason, message, nearest: Vec::new(), retry_after, faults }
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
