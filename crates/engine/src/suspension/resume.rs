//! Going on with a query after somebody spoke.
//!
//! A sealed state is opened for its principal alone, checked against today's
//! catalogue, and used once. Whatever has changed since ends it.

use std::collections::BTreeMap;
use std::sync::Arc;

use plan::{BoundCall, BoundStep, CheckContext, Observations, Plan};
use policy::{Approvals, CallHash, CallToApprove, Channel};
use query::{Blame, Budget, Cost, Fault, Ledger, Query, QueryId};
use serde_json::{Map, Value};
use store::{Key, Standing, Undecided, Unredeemed, Unsealed, Voice, Wall, Word};

use super::state::{Approval, KeptQuery, PURPOSE, State, Waits, binding, facts_of};
use super::suspend::kept_under;
use super::{PendingApproval, Resume, Suspension};
use crate::book::Book;
use crate::journey::Leg;
use crate::{Engine, InputRequired, Outcome, Refusal, Request};

/// What a session knows, by parameter name.
type Facts = Arc<BTreeMap<String, String>>;

/// What somebody says to a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To an approval, by the caller itself: let it through.
    Approve,
    /// To an approval, by the caller itself: do not.
    Deny,
    /// To an approval: go on, if it was let through by now.
    GoOn,
    /// To a choice: the reading at this place, counted from 0.
    Choose(usize),
    /// To a form: what it asks for, by name.
    Fill(Map<String, Value>),
}

impl Engine {
    /// Goes on after a human let calls of a suspended plan through. What has
    /// ended stays ended: nothing is done twice. Only for an edge that has
    /// the human before it.
    pub async fn resume(&self, suspended: Suspension, approved: &[CallHash], request: Request) -> Outcome {
        let now = Wall::now();
        if let Some((id, expires)) = suspended.approval.clone() {
            let Suspension { query, plan, .. } = &suspended;
            let voice = Voice { who: "the person at the terminal".to_owned(), in_band: false };
            let bound = binding(&query.principal, &plan.hash().to_string(), &suspended.hashes(), expires);
            let decided = self.0.parts.store.decide(id.clone(), Word::Approve, voice, now).await;
            let usable = match decided {
                // Somebody beside them was faster to say the same.
                Ok(_) | Err(Undecided::Settled(Standing::Approved { .. })) => {
                    self.0.parts.store.redeem(id, query.principal.clone(), bound, now).await.map_err(unredeemed)
                }
                Err(why) => Err(undecided(why)),
            };
            if let Err(fault) = usable {
                return self.stopped(&suspended.query, &suspended.book, Refusal::of(fault));
            }
        }
        let Suspension { query, plan, prior, approvals, unserved, book, .. } = suspended;
        // The time a human took to decide is not the query's.
        let Query { asked, deadline, .. } = self.query("", &request);
        let approvals = approvals.with(approved);
        let leg = Leg { query: Query { asked, deadline, ..query }, plan, prior, approvals, unserved, book };
        let outcome = self.carry_out(leg, &request).await;
        self.resumable(outcome, &request.principal).await
    }

    /// Tells the store that a human at this edge said no to a suspended plan.
    pub async fn give_up(&self, suspended: Suspension) {
        if let Some((id, _)) = suspended.approval {
            let voice = Voice { who: "the person at the terminal".to_owned(), in_band: false };
            // It expires by itself, should this not be kept.
            let _ = self.0.parts.store.decide(id, Word::Deny, voice, Wall::now()).await;
        }
    }

    /// Goes on with what a caller carried: the text of an outcome's
    /// [`Resume`](crate::Resume), and what somebody says to its question. It
    /// is good for the principal it was given to, until it expires, once.
    pub async fn resume_sealed(&self, text: &str, answer: Answer, request: Request) -> Outcome {
        let now = Wall::now();
        let query = self.query("", &request);
        let outcome = match self.opened(text, &request, now).await {
            Ok(state) => self.answered(state, text, answer, &request, now).await,
            Err(fault) => Err(fault),
        };
        let outcome = outcome.unwrap_or_else(|fault| self.stopped(&query, &Book::default(), Refusal::of(fault)));
        self.resumable(outcome, &request.principal).await
    }

    async fn opened(&self, text: &str, request: &Request, now: Wall) -> Result<State, Fault> {
        let state = self.read(text, request, now)?;
        let Waits::Kept { id } = &state.waits else { return Ok(state) };
        let kept = self.0.parts.store.kept(kept_under(id), now).await?.ok_or_else(|| unsealed(Unsealed::Foreign))?;
        let text = str::from_utf8(&kept).map_err(|_| unsealed(Unsealed::Foreign))?;
        self.read(text, request, now)
    }

    fn read(&self, text: &str, request: &Request, now: Wall) -> Result<State, Fault> {
        let bytes = self.0.parts.sealer.open(PURPOSE, &request.principal, text.trim(), now).map_err(unsealed)?;
        serde_json::from_slice(&bytes).map_err(|_| unsealed(Unsealed::Foreign))
    }

    async fn answered(
        &self,
        state: State,
        text: &str,
        answer: Answer,
        request: &Request,
        now: Wall,
    ) -> Result<Outcome, Fault> {
        let State { id, query, waits } = state;
        match (waits, answer) {
            (Waits::Approval(waiting), answer @ (Answer::Approve | Answer::Deny | Answer::GoOn)) => {
                self.approved(*waiting, query, text, answer, request, now).await
            }
            (Waits::Choice { queries }, Answer::Choose(chosen)) => {
                let instead = queries.get(chosen).ok_or_else(|| misfit("there is no such choice"))?.clone();
                self.used_up(&id, now).await?;
                Ok(self.asked_again(&query, instead, query.facts(), request).await)
            }
            (Waits::Values { schema }, Answer::Fill(values)) => {
                let filled = facts_of(&schema, &values).map_err(|why| misfit(&why))?;
                let mut facts = query.facts.clone();
                facts.extend(filled);
                self.used_up(&id, now).await?;
                Ok(self.asked_again(&query, query.text.clone(), Arc::new(facts), request).await)
            }
            (Waits::Approval(_), _) => Err(misfit("it asks whether calls may be made")),
            (Waits::Choice { .. }, _) => Err(misfit("it asks which reading is meant")),
            (Waits::Values { .. }, _) => Err(misfit("it asks for values")),
            (Waits::Kept { .. }, _) => Err(unsealed(Unsealed::Foreign)),
        }
    }

    /// A plan whose calls were let through, taken up where it stopped.
    async fn approved(
        &self,
        waiting: Approval,
        kept: KeptQuery,
        text: &str,
        answer: Answer,
        request: &Request,
        now: Wall,
    ) -> Result<Outcome, Fault> {
        let store = &self.0.parts.store;
        let (id, principal) = (waiting.id.clone(), request.principal.clone());
        let query = self.taken_up(&kept, kept.text.clone(), kept.facts(), request);
        self.let_servers_start(&query, request).await;
        let catalog = self.catalog_of(&request.principal);
        let plan = waiting.plan.take_up(&CheckContext::of(&catalog)).map_err(changed)?;
        let word = match answer {
            Answer::Approve => Some(Word::Approve),
            Answer::Deny => Some(Word::Deny),
            _ => None,
        };
        if let Some(word) = word {
            let voice = Voice { who: format!("the client of `{principal}`"), in_band: true };
            match store.decide(id.clone(), word, voice, now).await {
                Ok(_) if word == Word::Deny => return Err(denied()),
                Ok(_) | Err(Undecided::Settled(Standing::Approved { .. })) => {}
                Err(Undecided::OutOfBand) => return self.still_waiting(query, plan, waiting, text),
                Err(why) => return Err(undecided(why)),
            }
        }
        let bound = binding(&principal, waiting.plan.hash(), &waiting.asked, waiting.expires);
        match store.redeem(id, principal, bound, now).await {
            Ok(()) => {}
            Err(Unredeemed::Standing(Standing::Waiting)) => return self.still_waiting(query, plan, waiting, text),
            Err(why) => return Err(unredeemed(why)),
        }
        let Approval { prior, approved, asked, unserved, .. } = waiting;
        let prior = prior.map(plan::KeptObservations::take_up);
        let approvals = Approvals::of(approved).with(&asked);
        let book = Book::resumed(kept.model_calls);
        Ok(self.carry_out(Leg { query, plan, prior, approvals, unserved, book }, request).await)
    }

    /// The same question again, and the same way to go on: nothing was used.
    fn still_waiting(&self, query: Query, plan: Plan, waiting: Approval, text: &str) -> Result<Outcome, Fault> {
        let Approval { id, expires, prior, asked, whys, .. } = waiting;
        let seen = match prior {
            Some(prior) => prior.take_up(),
            None => Observations::none_of(plan.steps().len()),
        };
        let bound = bound_calls(&plan, &seen);
        let call = |(hash, why): (CallHash, String)| {
            let call = bound.iter().find(|call| CallHash::of(call) == hash)?.clone();
            Some(CallToApprove { call, hash, why })
        };
        let calls: Option<Vec<CallToApprove>> = asked.into_iter().zip(whys).map(call).collect();
        let calls = calls.ok_or_else(|| changed(plan::PlanChanged))?;
        let in_band = self.0.parts.settings.channels.of(&calls) == Channel::InBand;
        let approval = Some(PendingApproval { id, in_band });
        let resume = Some(Resume { text: text.to_owned(), expires, approval });
        let input = InputRequired::approve(calls, plan::explain(&plan));
        Ok(Outcome { resume, ..self.stopped(&query, &Book::default(), input).of_plan(plan) })
    }

    /// Lets a state be used this once.
    async fn used_up(&self, id: &str, now: Wall) -> Result<(), Fault> {
        let expires = now.after(self.0.parts.settings.questions_wait);
        if self.0.parts.store.claim(Key::of(["resumed", id]), expires, now).await? {
            return Ok(());
        }
        Err(Fault::lasting(Blame::Caller, "resume_used", "this was answered before; ask anew"))
    }

    /// The query with other words, on what is left of its budget.
    async fn asked_again(&self, kept: &KeptQuery, text: String, facts: Facts, request: &Request) -> Outcome {
        let query = self.taken_up(kept, text, facts, request);
        self.let_servers_start(&query, request).await;
        self.journey(query, &self.router(&request.principal), Book::resumed(kept.model_calls), request).await
    }

    fn taken_up(&self, kept: &KeptQuery, text: String, facts: Facts, request: &Request) -> Query {
        let settings = &self.0.parts.settings;
        let calls = settings.calls_per_query.saturating_sub(kept.calls);
        let cost = match settings.cost_per_query {
            Cost::UNLIMITED => Cost::UNLIMITED,
            limit => limit.less(kept.cost),
        };
        Query {
            id: QueryId::new(kept.id.as_str()),
            text: text.into(),
            facts,
            ledger: Ledger::new(Budget { calls, cost }),
            ..self.query("", request)
        }
    }
}

/// Every call of the plan whose arguments the results so far yield.
fn bound_calls(plan: &Plan, seen: &Observations) -> Vec<BoundCall> {
    let mut calls = Vec::new();
    for (index, _) in plan.indexed() {
        match plan.bind(index, seen) {
            Ok(BoundStep::Call(call)) => calls.push(call),
            Ok(BoundStep::Each { calls: items, .. }) => calls.extend(items.into_iter().flatten()),
            Ok(BoundStep::Pure { .. } | BoundStep::Sub { .. }) | Err(_) => {}
        }
    }
    calls
}

/// Code: `resume_unknown` or `resume_expired`.
fn unsealed(why: Unsealed) -> Fault {
    let code = match why {
        Unsealed::Foreign => "resume_unknown",
        Unsealed::Expired => "resume_expired",
    };
    Fault::lasting(Blame::Caller, code, format!("{why}; ask anew"))
}

/// Code: `resume_misfit`.
fn misfit(why: &str) -> Fault {
    Fault::lasting(Blame::Caller, "resume_misfit", format!("this does not answer the question: {why}"))
}

/// Code: `plan_changed`.
fn changed(why: plan::PlanChanged) -> Fault {
    Fault::lasting(Blame::Upstream, "plan_changed", format!("{why}; ask anew"))
}

/// Code: `denied`.
fn denied() -> Fault {
    Fault::lasting(Blame::Caller, "denied", "it was not approved")
}

fn undecided(why: Undecided) -> Fault {
    match why {
        Undecided::Store(fault) => fault.into(),
        Undecided::Settled(Standing::Denied { .. }) => denied(),
        Undecided::Settled(Standing::Redeemed { .. }) => used(),
        Undecided::Unknown | Undecided::Settled(_) | Undecided::OutOfBand => {
            Fault::lasting(Blame::Caller, "resume_unknown", format!("the approval cannot be given: {why}"))
        }
    }
}

fn unredeemed(why: Unredeemed) -> Fault {
    match why {
        Unredeemed::Store(fault) => fault.into(),
        Unredeemed::Standing(Standing::Denied { .. }) => denied(),
        Unredeemed::Standing(Standing::Redeemed { .. }) => used(),
        Unredeemed::Standing(Standing::Expired) => unsealed(Unsealed::Expired),
        Unredeemed::Unknown | Unredeemed::Standing(_) => unsealed(Unsealed::Foreign),
    }
}

/// Code: `resume_used`.
fn used() -> Fault {
    Fault::lasting(Blame::Caller, "resume_used", "this approval was used before; ask anew")
}
