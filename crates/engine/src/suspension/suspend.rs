//! From an outcome that asks something to one that can be resumed.

use policy::Channel;
use query::Principal;
use store::{ApprovalId, Ask, Key, Wall};

use super::state::{Approval, KeptQuery, PURPOSE, State, Waits, binding};
use super::{PendingApproval, Resume, Suspension};
use crate::showing::shown;
use crate::{Decision, Engine, InputRequired, Outcome, Refusal};

/// The largest state that the caller carries itself, in bytes: 64 KiB. A
/// larger one stays in the store, and the caller carries its name.
const MAX_CARRIED_BYTES: usize = 64 * 1024;

impl Engine {
    /// Gives an outcome that asks something the means to go on: the question
    /// is put where a human finds it, and the state is sealed. What cannot be
    /// kept cannot be asked either; then the outcome is a refusal.
    pub(crate) async fn resumable(&self, mut outcome: Outcome, principal: &Principal) -> Outcome {
        if outcome.resume.is_some() {
            return outcome;
        }
        let Decision::InputRequired(input) = &outcome.decision else { return outcome };
        let now = Wall::now();
        let expires = now.after(self.0.parts.settings.questions_wait);
        let waits = match (input, &mut outcome.suspension) {
            (InputRequired::Approve { question, .. }, Some(suspension)) => {
                match self.asked(suspension, question, now, expires).await {
                    Ok((approval, pending)) => Some((Waits::Approval(Box::new(approval)), Some(pending))),
                    Err(fault) => {
                        outcome.decision = Refusal::of(fault.into()).into();
                        outcome.suspension = None;
                        return outcome;
                    }
                }
            }
            (InputRequired::Approve { .. }, None) => None,
            (InputRequired::Clarify { options, .. }, _) if options.is_empty() => None,
            (InputRequired::Clarify { options, .. }, _) => {
                let queries = options.iter().map(|option| option.query.clone()).collect();
                Some((Waits::Choice { queries }, None))
            }
            (InputRequired::Argument { schema, .. }, _) => Some((Waits::Values { schema: schema.clone() }, None)),
        };
        let Some((waits, approval)) = waits else { return outcome };
        let query = KeptQuery::of(&outcome.query, outcome.usage.calls, outcome.usage.model_calls);
        let state = State { id: ApprovalId::random().to_string(), query, waits };
        // Without a text it can still be answered by whoever has the
        // suspension itself, or by asking anew.
        let text = self.sealed(state, principal, now, expires).await;
        outcome.resume = text.map(|text| Resume { text, expires, approval });
        outcome
    }

    /// Puts the question of a suspended plan to a human.
    async fn asked(
        &self,
        suspension: &mut Suspension,
        question: &str,
        now: Wall,
        expires: Wall,
    ) -> Result<(Approval, PendingApproval), store::StoreFault> {
        let parts = &self.0.parts;
        let Suspension { query, plan, prior, approvals, unserved, asked, approval, .. } = suspension;
        let in_band = parts.settings.channels.of(asked) == Channel::InBand;
        let hashes: Vec<_> = asked.iter().map(|call| call.hash).collect();
        let kept = plan.keep();
        let ask = Ask {
            id: ApprovalId::random(),
            principal: query.principal.clone(),
            binding: binding(&query.principal, kept.hash(), &hashes, expires),
            shown: shown(query, plan, asked, question),
            asked: now,
            expires,
            out_of_band: !in_band,
        };
        let id = ask.id.clone();
        parts.store.ask(ask).await?;
        *approval = Some((id.clone(), expires));
        let waiting = Approval {
            id: id.clone(),
            expires,
            prior: prior.as_ref().map(|prior| prior.keep(plan.steps().len())),
            plan: kept,
            approved: approvals.calls().collect(),
            asked: hashes,
            whys: asked.iter().map(|call| call.why.clone()).collect(),
            unserved: unserved.clone(),
        };
        Ok((waiting, PendingApproval { id, in_band }))
    }

    async fn sealed(&self, state: State, principal: &Principal, now: Wall, expires: Wall) -> Option<String> {
        let parts = &self.0.parts;
        let seal = |state: &State| {
            let bytes = serde_json::to_vec(state).ok()?;
            let text = parts.sealer.seal(PURPOSE, principal, expires, &bytes).ok()?;
            Some((text, bytes.len()))
        };
        let (text, size) = seal(&state)?;
        if size <= MAX_CARRIED_BYTES {
            return Some(text);
        }
        // It stays sealed where it is kept: whoever reads the store learns
        // no more than whoever carries it.
        let State { id, query, .. } = state;
        parts.store.keep(kept_under(&id), text.into_bytes().into(), expires, now).await.ok()?;
        let query = KeptQuery { text: String::new(), facts: Default::default(), ..query };
        seal(&State { waits: Waits::Kept { id: id.clone() }, id, query }).map(|(text, _)| text)
    }
}

/// Where a large state is kept.
pub(super) fn kept_under(id: &str) -> Key {
    Key::of(["suspension", id])
}
