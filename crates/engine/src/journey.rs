//! The journey of a query.

use std::sync::Arc;
use std::time::Duration;

use dispatch::{Choice, DuringRun, Ports, StepEvent};
use plan::{Drafting, Observations, Plan, Planned, Planning, Proposal, Task};
use policy::{ApprovalRequest, Approvals, ApprovedPlan, Verdict};
use query::{Blame, Fault, Query};
use route::Router;

use crate::book::Book;
use crate::conclusion::{Conclusion, Writer};
use crate::nested::Nesting;
use crate::{Decision, Engine, Event, Found, InputRequired, Outcome, Refusal, Request, Suspension};

impl Engine {
    /// Answers words: routes, plans, judges, dispatches and synthesizes, or
    /// says why not.
    pub async fn ask(&self, text: &str, request: Request) -> Outcome {
        let query = self.query(text, &request);
        self.let_servers_start(&query, &request).await;
        let outcome = self.journey(query, &self.router(&request.principal), Book::default(), &request).await;
        self.resumable(outcome, &request.principal).await
    }

    /// Runs a plan that a client wrote: JSON text in either written form.
    pub async fn run(&self, document: &str, request: Request) -> Outcome {
        let outcome = self.run_written(document, &request).await;
        self.resumable(outcome, &request.principal).await
    }

    async fn run_written(&self, document: &str, request: &Request) -> Outcome {
        let query = self.query("", request);
        let book = Book::default();
        self.let_servers_start(&query, request).await;
        let draft = match plan::PlanDraft::parse(document) {
            Ok(Proposal::Plan(draft)) => draft,
            Ok(Proposal::Clarify { question }) => {
                return self.stopped(&query, &book, InputRequired::clarify(question));
            }
            Ok(Proposal::OutOfScope { reason }) => return self.stopped(&query, &book, Refusal::out_of_scope(reason)),
            Err(faults) => return self.stopped(&query, &book, Refusal::of_plan(&faults)),
        };
        match self.check(&draft, &query, &self.router(&request.principal)) {
            Ok(plan) => self.carry_out(Leg::first(query, plan, book, request), request).await,
            Err(faults) => self.stopped(&query, &book, Refusal::of_plan(&faults)),
        }
    }

    /// The whole journey, for a query against one snapshot.
    pub(crate) async fn journey(&self, query: Query, router: &Router, book: Book, request: &Request) -> Outcome {
        let (plan, unserved) = match self.planned(&query, router, &book, request).await {
            Ok(planned) => planned,
            Err(decision) => return self.stopped(&query, &book, *decision),
        };
        let leg = Leg { unserved, ..Leg::first(query, plan, book, request) };
        let first = match self.ended(leg, request).await {
            Ok(conclusion) => conclusion,
            Err(outcome) => return *outcome,
        };
        let conclusion = self.bettered(first, router, request).await;
        self.told(conclusion, request).await
    }

    /// From words to a valid plan, with the parts of the words that nothing
    /// here serves; or what to say instead.
    pub(crate) async fn planned(
        &self,
        query: &Query,
        router: &Router,
        book: &Book,
        request: &Request,
    ) -> Result<(Plan, Vec<String>), Box<Decision>> {
        if query.deadline.passed(self.0.clock.now()) {
            return Err(Box::new(Refusal::too_late(router.catalog()).into()));
        }
        let task = Task { query: &query.text, facts: &query.facts, router, depth: query.depth };
        let asked = match self.meter(query, book, request) {
            Some(meter) => request.cancel.run_until_cancelled(plan::propose(&task, &meter)).await,
            None => None,
        };
        let Planning { planned, account } = asked.unwrap_or_else(|| plan::propose_alone(&task));
        (request.events)(Event::Drafted { query: query.id.clone(), account: account.clone() });
        book.planned(account);
        decided(planned, query, router)
    }

    /// From a valid plan to its outcome: judged, dispatched, told.
    pub(crate) async fn carry_out(&self, leg: Leg, request: &Request) -> Outcome {
        match self.ended(leg, request).await {
            Ok(conclusion) => self.told(conclusion, request).await,
            Err(outcome) => *outcome,
        }
    }

    /// From a valid plan to how its steps ended: judged and dispatched.
    pub(crate) async fn ended(&self, leg: Leg, request: &Request) -> Result<Conclusion, Box<Outcome>> {
        let (leg, approved) = self.judged(leg, request)?;
        let report = self.dispatch(&approved, Choice::Planned, leg.prior.as_ref(), &leg.book, request).await;
        Ok(leg.concluded(&approved, report))
    }

    /// The plan with policy's leave to be dispatched, or what to say instead.
    pub(crate) fn judged(&self, leg: Leg, request: &Request) -> Result<(Leg<()>, ApprovedPlan), Box<Outcome>> {
        let Leg { query, plan, prior, approvals, unserved, book } = leg;
        request.tell_of_plan(&query, &plan);
        match self.0.parts.policy.judge(plan, &query, &approvals) {
            Verdict::Approved(approved) => Ok((Leg { query, plan: (), prior, approvals, unserved, book }, approved)),
            Verdict::Denied(plan, fault) => {
                Err(Box::new(self.stopped(&query, &book, Refusal::of(fault)).of_plan(plan)))
            }
            Verdict::Ask(plan, ApprovalRequest { calls }) => {
                let input = InputRequired::approve(calls.clone(), plan::explain(&plan));
                let outcome = self.stopped(&query, &book, input).of_plan(plan.clone());
                let suspension =
                    Suspension { query, plan, prior, approvals, unserved, asked: calls, book, approval: None };
                Err(Box::new(outcome.suspended(suspension)))
            }
        }
    }

    /// What became of the query, told by a model where there is one and it is
    /// worth asking.
    pub(crate) async fn told(&self, conclusion: Conclusion, request: &Request) -> Outcome {
        let query = &conclusion.query;
        let meter = self.meter(query, &conclusion.book, request).filter(|_| conclusion.is_worth_writing());
        let writer = meter.map(|meter| {
            let (events, id) = (Arc::clone(&request.events), query.id.clone());
            let said = move |statement: &synthesize::Statement| {
                events(Event::AnswerDelta { query: id.clone(), statement: statement.clone() });
            };
            let within = query.deadline.left(self.0.clock.now());
            Writer { model: Arc::new(meter), within, said: Arc::new(said) }
        });
        conclusion.draw(writer, |query| self.taken(query), &request.cancel).await
    }

    pub(crate) async fn dispatch(
        &self,
        approved: &ApprovedPlan,
        choice: Choice,
        prior: Option<&Observations>,
        book: &Book,
        request: &Request,
    ) -> dispatch::Report {
        let nested = Nesting { engine: self.clone(), request: request.clone(), book: book.clone() };
        let counterpart = request.counterpart.as_ref().map(DuringRun::of);
        let gate = self.gate(&request.principal);
        let ports = Ports { gate, choice, nested: &nested, counterpart: counterpart.as_ref() };
        let (query, plan) = (approved.query().id.clone(), approved.plan());
        let mut tell = |event: StepEvent| {
            let id = plan.step(event.step()).id.clone();
            (request.events)(Event::Step { query: query.clone(), id, event });
        };
        dispatch::run(approved, prior, ports, &request.cancel, &mut tell).await
    }

    fn check(&self, draft: &plan::PlanDraft, query: &Query, router: &Router) -> Result<Plan, Vec<plan::PlanFault>> {
        plan::check(draft, &plan::CheckContext { depth: query.depth, ..plan::CheckContext::of(router.catalog()) })
    }

    /// An outcome that calls nothing.
    pub(crate) fn stopped(&self, query: &Query, book: &Book, decision: impl Into<Decision>) -> Outcome {
        Outcome::uncalled(query, book, decision.into(), self.taken(query))
    }

    pub(crate) fn taken(&self, query: &Query) -> Duration {
        self.0.clock.now().since(query.asked)
    }

    /// How long a query may still take.
    pub(crate) fn left(&self, query: &Query) -> Duration {
        query.deadline.left(self.0.clock.now())
    }
}

/// The plan that planning came to, or what to say instead.
fn decided(planned: Planned, query: &Query, router: &Router) -> Result<(Plan, Vec<String>), Box<Decision>> {
    let decision: Decision = match planned {
        Planned::Plan { plan, unserved } => return Ok((*plan, unserved)),
        Planned::Clarify { question } => InputRequired::clarify(question).into(),
        Planned::OutOfScope { reason, nearest } => {
            let nearest = nearest.iter().map(Found::from).collect();
            Refusal { nearest, ..Refusal::out_of_scope(reason) }.into()
        }
        Planned::Faulty(faults) => Refusal::of_own_plan(&faults).into(),
        Planned::Undrafted(drafting) => match *drafting {
            Drafting::Ambiguous { clause, options } => InputRequired::between(&query.text, &clause, &options).into(),
            Drafting::Missing { clause, tool, parameters, known } => {
                InputRequired::argument(&clause, &tool, &parameters, known).into()
            }
            Drafting::OutOfScope { nearest } => Refusal::nothing_serves(&query.text, &nearest, router.catalog()).into(),
            // A draft is a plan or its faults by now.
            Drafting::Draft { .. } => Refusal::of_own_plan(&[]).into(),
        },
    };
    Err(Box::new(decision))
}

/// A plan on its way, and what came of it so far. `P` is [`Plan`] until
/// policy has taken the plan, and nothing afterwards.
pub(crate) struct Leg<P = Plan> {
    pub(crate) query: Query,
    pub(crate) plan: P,
    pub(crate) prior: Option<Observations>,
    pub(crate) approvals: Approvals,
    pub(crate) unserved: Vec<String>,
    pub(crate) book: Book,
}

impl Leg {
    pub(crate) fn first(query: Query, plan: Plan, book: Book, request: &Request) -> Self {
        let approvals = request.approvals.clone();
        Self { query, plan, prior: None, approvals, unserved: Vec::new(), book }
    }
}

impl Leg<()> {
    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// How its plan ended.
    pub(crate) fn concluded(self, approved: &ApprovedPlan, report: dispatch::Report) -> Conclusion {
        let Self { query, approvals, unserved, book, .. } = self;
        Conclusion { query, plan: approved.plan().clone(), report, approvals, unserved, book }
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
