//! The journey of a query.

use std::time::Duration;

use dispatch::{Ports, StepEvent};
use plan::{Drafting, Observations, Plan, Proposal};
use policy::{ApprovalRequest, Approvals, ApprovedPlan, CallHash, Verdict};
use query::{Blame, Fault, Query};
use route::Router;

use crate::nested::Nesting;
use crate::outcome::Conclusion;
use crate::{Decision, Engine, Event, InputRequired, Outcome, Refusal, Request, Suspension};

impl Engine {
    /// Answers words: routes, plans, judges, dispatches and synthesizes, or
    /// says why not.
    pub async fn ask(&self, text: &str, request: Request) -> Outcome {
        let query = self.query(text, &request);
        self.let_servers_start(&query, &request).await;
        self.journey(query, &self.router(), &request).await
    }

    /// Runs a plan that a client wrote: JSON text in either written form.
    pub async fn run(&self, document: &str, request: Request) -> Outcome {
        let query = self.query("", &request);
        self.let_servers_start(&query, &request).await;
        let draft = match plan::PlanDraft::parse(document) {
            Ok(Proposal::Plan(draft)) => draft,
            Ok(Proposal::Clarify { question }) => return self.stopped(&query, InputRequired::clarify(question)),
            Ok(Proposal::OutOfScope { reason }) => return self.stopped(&query, Refusal::out_of_scope(reason)),
            Err(faults) => return self.stopped(&query, Refusal::of_plan(&faults)),
        };
        match self.check(&draft, &query, &self.router()) {
            Ok(plan) => self.carry_out(Leg::first(query, plan, &request), &request).await,
            Err(faults) => self.stopped(&query, Refusal::of_plan(&faults)),
        }
    }

    /// Goes on after a human approved calls of a suspended plan. What has
    /// ended stays ended: nothing is done twice.
    pub async fn resume(&self, suspended: Suspension, approved: &[CallHash], request: Request) -> Outcome {
        let Suspension { query, plan, prior, approvals, unserved, .. } = suspended;
        // The time a human took to decide is not the query's.
        let Query { asked, deadline, .. } = self.query("", &request);
        let approvals = approvals.with(approved);
        let leg = Leg { query: Query { asked, deadline, ..query }, plan, prior, approvals, unserved };
        self.carry_out(leg, &request).await
    }

    /// The whole journey, for a query against one snapshot.
    pub(crate) async fn journey(&self, query: Query, router: &Router, request: &Request) -> Outcome {
        match self.planned(&query, router) {
            Ok((plan, unserved)) => self.carry_out(Leg { unserved, ..Leg::first(query, plan, request) }, request).await,
            Err(decision) => self.stopped(&query, *decision),
        }
    }

    /// From words to a valid plan, with the parts of the words that nothing
    /// here serves; or what to say instead.
    pub(crate) fn planned(&self, query: &Query, router: &Router) -> Result<(Plan, Vec<String>), Box<Decision>> {
        if query.deadline.passed(self.0.clock.now()) {
            return Err(Box::new(Refusal::too_late(router.catalog()).into()));
        }
        match plan::draft(&query.text, &query.facts, router) {
            Drafting::Draft { draft, unserved } => match self.check(&draft, query, router) {
                Ok(plan) => Ok((plan, unserved)),
                Err(faults) => Err(Box::new(Refusal::of_own_plan(&faults).into())),
            },
            Drafting::Ambiguous { clause, options } => {
                Err(Box::new(InputRequired::between(&query.text, &clause, &options).into()))
            }
            Drafting::Missing { clause, tool, parameters, known } => {
                Err(Box::new(InputRequired::argument(&clause, &tool, &parameters, known).into()))
            }
            Drafting::OutOfScope { nearest } => {
                Err(Box::new(Refusal::nothing_serves(&query.text, &nearest, router.catalog()).into()))
            }
        }
    }

    /// From a valid plan to its outcome: judged, dispatched, told.
    async fn carry_out(&self, leg: Leg, request: &Request) -> Outcome {
        let (leg, approved) = match self.judged(leg, request) {
            Ok(approved) => approved,
            Err(outcome) => return *outcome,
        };
        let report = self.dispatch(&approved, leg.prior.as_ref(), request).await;
        self.concluded(leg, &approved, report)
    }

    /// The plan with policy's leave to be dispatched, or what to say instead.
    pub(crate) fn judged(&self, leg: Leg, request: &Request) -> Result<(Leg<()>, ApprovedPlan), Box<Outcome>> {
        let Leg { query, plan, prior, approvals, unserved } = leg;
        request.tell_of_plan(&query, &plan);
        match self.0.parts.policy.judge(plan, &query, &approvals) {
            Verdict::Approved(approved) => Ok((Leg { query, plan: (), prior, approvals, unserved }, approved)),
            Verdict::Denied(plan, fault) => Err(Box::new(self.stopped(&query, Refusal::of(fault)).of_plan(plan))),
            Verdict::Ask(plan, ApprovalRequest { calls }) => {
                let input = InputRequired::approve(calls.clone(), plan::explain(&plan));
                let outcome = self.stopped(&query, input).of_plan(plan.clone());
                let suspension = Suspension { query, plan, prior, approvals, unserved, asked: calls };
                Err(Box::new(outcome.suspended(suspension)))
            }
        }
    }

    pub(crate) fn concluded(&self, leg: Leg<()>, approved: &ApprovedPlan, report: dispatch::Report) -> Outcome {
        let Leg { query, approvals, unserved, .. } = leg;
        let plan = approved.plan().clone();
        let took = self.taken(&query);
        Conclusion { query, plan, report, approvals, unserved, took }.draw()
    }

    pub(crate) async fn dispatch(
        &self,
        approved: &ApprovedPlan,
        prior: Option<&Observations>,
        request: &Request,
    ) -> dispatch::Report {
        let parts = &self.0.parts;
        let nested = Nesting { engine: self.clone(), request: request.clone() };
        let ports = Ports {
            policy: &parts.policy,
            source: &*parts.source,
            client: &*parts.client,
            nested: &nested,
            clock: self.0.clock,
            limits: &parts.settings.limits,
        };
        let (query, plan) = (approved.query().id.clone(), approved.plan());
        let mut tell = |event: StepEvent| {
            let id = plan.step(event.step()).id.clone();
            (request.events)(Event::Step { query: query.clone(), id, event });
        };
        dispatch::run(approved, prior, ports, &request.cancel, &mut tell).await
    }

    pub(crate) fn check(
        &self,
        draft: &plan::PlanDraft,
        query: &Query,
        router: &Router,
    ) -> Result<Plan, Vec<plan::PlanFault>> {
        plan::check(draft, &plan::CheckContext { depth: query.depth, ..plan::CheckContext::of(router.catalog()) })
    }

    /// An outcome that calls nothing.
    pub(crate) fn stopped(&self, query: &Query, decision: impl Into<Decision>) -> Outcome {
        Outcome::uncalled(query, decision.into(), self.taken(query))
    }

    fn taken(&self, query: &Query) -> Duration {
        self.0.clock.now().since(query.asked)
    }
}

/// A plan on its way, and what came of it so far. `P` is [`Plan`] until
/// policy has taken the plan, and nothing afterwards.
pub(crate) struct Leg<P = Plan> {
    query: Query,
    plan: P,
    pub(crate) prior: Option<Observations>,
    approvals: Approvals,
    unserved: Vec<String>,
}

impl Leg {
    pub(crate) fn first(query: Query, plan: Plan, request: &Request) -> Self {
        Self { query, plan, prior: None, approvals: request.approvals.clone(), unserved: Vec::new() }
    }
}

impl Request {
    fn tell_of_plan(&self, query: &Query, plan: &Plan) {
        let line =
            |step: &plan::Step| (step.id.clone(), step.tool().map(|tool| tool.reference.clone()), step.purpose.clone());
        let steps = plan.steps().iter().map(line).collect();
        (self.events)(Event::Planned { query: query.id.clone(), steps, explain: plan::explain(plan) });
    }
}

impl Refusal {
    fn of_plan(faults: &[plan::PlanFault]) -> Self {
        let listed: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
        let message = format!("the plan has {} fault(s):\n{}", listed.len(), listed.join("\n"));
        let as_fault = |fault: &plan::PlanFault| Fault::lasting(Blame::Caller, fault.code.as_str(), fault);
        Self {
            faults: faults.iter().map(as_fault).collect(),
            ..Self::of(Fault::lasting(Blame::Caller, "plan_invalid", message))
        }
    }

    /// The embedded planner's own plan did not pass: ours to mend.
    fn of_own_plan(faults: &[plan::PlanFault]) -> Self {
        let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let message = format!(
            "the words could not be made into a valid plan; say it differently, or write the plan yourself \
             (`run PLAN.json`). What was wrong: {}",
            listed.join("; ")
        );
        Self::of(Fault::lasting(Blame::Ourselves, "plan_invalid", message))
    }
}
