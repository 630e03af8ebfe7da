//! The judge.

use std::sync::Arc;

use catalog::{Availability, Catalog, Effect, EffectSource, Fetch};
use plan::{BoundCall, BoundStep, Integrity, Label, Observations, Origin, Plan};
use query::{Blame, Fault, Query};

use crate::{
    Answer, Approvals, ApprovedPlan, Authority, CallHash, JudgedCall, JudgedFetch, PermittedCall, Rules, Tariff,
    Withheld,
};

/// The one gate every call passes: a plan's step, a direct call, a resumed
/// plan and a fallback alike.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    rules: Rules,
    tariff: Tariff,
}

/// What policy says of a plan.
#[derive(Debug)]
pub enum Verdict {
    /// It may be dispatched.
    Approved(ApprovedPlan),
    /// A human decides first. The plan comes back with what is asked, so that
    /// it can be judged again with their answer.
    Ask(Plan, ApprovalRequest),
    /// It may not run.
    Denied(Plan, Fault),
}

/// What a human is asked to let through.
#[derive(Clone, Debug)]
pub struct ApprovalRequest {
    /// The calls, with their arguments as they would leave.
    pub calls: Vec<CallToApprove>,
}

/// One call a human is asked to let through.
#[derive(Clone, Debug)]
pub struct CallToApprove {
    /// The call, its arguments known.
    pub call: BoundCall,
    /// What approves exactly this call.
    pub hash: CallHash,
    /// Why it is asked for.
    pub why: String,
}

impl Policy {
    /// A gate with these rules.
    pub fn new(rules: Rules) -> Self {
        Self { rules, tariff: Tariff::default() }
    }

    /// The same gate with these prices, budgets and rates.
    #[must_use]
    pub fn with_tariff(self, tariff: Tariff) -> Self {
        Self { tariff, ..self }
    }

    /// The operator's prices, budgets and rates.
    pub fn tariff(&self) -> &Tariff {
        &self.tariff
    }

    /// Judges a whole plan before anything of it runs. Calls whose arguments
    /// are known already are asked for, or denied, here; the others when
    /// their arguments are.
    pub fn judge(&self, plan: Plan, query: &Query, approvals: &Approvals) -> Verdict {
        match self.asked_of(&plan, approvals) {
            Err(fault) => Verdict::Denied(plan, fault),
            Ok(calls) if calls.is_empty() => {
                let authority = Authority { query: query.clone(), approvals: approvals.clone() };
                Verdict::Approved(ApprovedPlan { plan, authority })
            }
            Ok(calls) => Verdict::Ask(plan, ApprovalRequest { calls }),
        }
    }

    fn asked_of(&self, plan: &Plan, approvals: &Approvals) -> Result<Vec<CallToApprove>, Fault> {
        let mut asked = Vec::new();
        let nothing_yet = Observations::none_of(plan.steps().len());
        for (index, step) in plan.indexed() {
            let Some(tool) = step.tool() else { continue };
            if self.rules.answer(tool.effect, Integrity::Trusted) == Answer::Deny {
                return Err(denied(&step.id.to_string(), &tool.reference.to_string(), tool.effect));
            }
            let Ok(BoundStep::Call(call)) = plan.bind(index, &nothing_yet) else { continue };
            if let Err(Withheld::Ask { call, hash, why }) = self.effect_gate(Arc::new(call), approvals) {
                asked.push(CallToApprove { call: *call, hash, why });
            }
        }
        Ok(asked)
    }

    /// Judges one bound call. The catalogue is today's: a tool that was
    /// redefined or withdrawn since the call was planned is not called.
    pub fn judge_call(
        &self,
        authority: &Authority,
        call: impl Into<Arc<BoundCall>>,
        today: &Catalog,
    ) -> Result<JudgedCall, Withheld> {
        let call = call.into();
        still_there(&call, today).map_err(Withheld::Deny)?;
        fits_schema(&call).map_err(Withheld::Deny)?;
        let call = self.effect_gate(call, &authority.approvals)?;
        let query = authority.query.clone();
        let tool = &call.tool.reference;
        let terms = self.tariff.terms(&query.principal, &tool.server, Some(&tool.tool));
        Ok(JudgedCall { call, query, terms })
    }

    /// Judges one bound call for which nothing but its share of the query's
    /// budget has to be held.
    pub fn permit(
        &self,
        authority: &Authority,
        call: impl Into<Arc<BoundCall>>,
        today: &Catalog,
    ) -> Result<PermittedCall, Withheld> {
        self.judge_call(authority, call, today)?.permit(None).map_err(Withheld::Deny)
    }

    /// Judges a fetch. It changes nothing at its server, so no effect is
    /// asked about.
    ///
    /// # Errors
    ///
    /// `unknown_server` when the catalogue has no such server, or that server
    /// does not offer it.
    pub fn judge_fetch(&self, fetch: Fetch, query: &Query, today: &Catalog) -> Result<JudgedFetch, Fault> {
        if today.server(&fetch.server).is_none_or(|server| !server.offers(&fetch.wanted)) {
            let message = format!("there is no server `{}`", fetch.server);
            return Err(Fault::lasting(Blame::Caller, "unknown_server", message));
        }
        let terms = self.tariff.terms(&query.principal, &fetch.server, None);
        Ok(JudgedFetch { fetch, query: query.clone(), terms })
    }

    fn effect_gate(&self, mut call: Arc<BoundCall>, approvals: &Approvals) -> Result<Arc<BoundCall>, Withheld> {
        let label = call.label();
        let may_read = label.readers.include(&call.tool.reference.server);
        let telling = self.rules.answer_to_telling(may_read);
        match self.rules.answer(call.tool.effect, label.integrity).max(telling) {
            Answer::Permit => Ok(call),
            Answer::Deny if telling == Answer::Deny => Err(Withheld::Deny(untold(&call))),
            Answer::Deny => {
                let step = format!("s{}", call.step.0 + 1);
                Err(Withheld::Deny(denied(&step, &call.tool.reference.to_string(), call.tool.effect)))
            }
            Answer::Ask => {
                let hash = CallHash::of(&call);
                if approvals.cover(hash) {
                    // What was shown is what leaves, not a client's own
                    // spelling of it.
                    Arc::make_mut(&mut call).written = None;
                    return Ok(call);
                }
                let why = why_asked(&call, &label);
                Err(Withheld::Ask { call: Box::new(Arc::unwrap_or_clone(call)), hash, why })
            }
        }
    }
}

fn fits_schema(call: &BoundCall) -> Result<(), Fault> {
    let faults = call.tool.check_arguments(&call.arguments);
    let Some(first) = faults.first() else { return Ok(()) };
    let at = if first.pointer.is_empty() { String::new() } else { format!(" at `{}`", first.pointer) };
    let message = format!("the arguments of `{}` do not fit its schema{at}: {}", call.tool.reference, first.message);
    Err(Fault::lasting(Blame::Caller, "arguments_invalid", message))
}

fn still_there(call: &BoundCall, today: &Catalog) -> Result<(), Fault> {
    let reference = &call.tool.reference;
    let Some(current) = today.tool(reference) else {
        let down = today.server(&reference.server).and_then(|server| match &server.availability {
            Availability::Failed(fault) => Some(fault.message.clone()),
            Availability::Starting => Some("it is starting again".to_owned()),
            Availability::Ready => None,
        });
        let why = down.unwrap_or_else(|| "the server no longer lists it".to_owned());
        let message = format!("`{reference}` cannot be called: {why}");
        return Err(Fault::passing(Blame::Upstream, "tool_gone", message));
    };
    if current.fingerprint == call.tool.fingerprint {
        return Ok(());
    }
    let message = format!("`{reference}` was redefined by its server after the plan was made; plan again");
    Err(Fault::passing(Blame::Upstream, "fingerprint_mismatch", message))
}

fn denied(step: &str, tool: &str, effect: Effect) -> Fault {
    let message = format!("the policy denies {effect} calls, and {step} calls `{tool}`");
    Fault::lasting(Blame::Operator, "denied", message)
}

/// The fault of a call that would tell a server what it may not read. Code:
/// `denied`.
fn untold(call: &BoundCall) -> Fault {
    let tool = &call.tool.reference;
    let message = format!("`{tool}` would be told what `{}` may not read, and the policy denies that", tool.server);
    Fault::lasting(Blame::Operator, "denied", message)
}

fn why_asked(call: &BoundCall, label: &Label) -> String {
    let tool = &call.tool;
    if !label.readers.include(&tool.reference.server) {
        return format!("it would tell `{}` what it may not read", tool.reference.server);
    }
    if tool.effect == Effect::Additive && call.origin == Origin::Model {
        return "it adds something, a model planned it, and the words alone do not say just that".to_owned();
    }
    if tool.effect == Effect::Additive && label.integrity == Integrity::Untrusted {
        return "it adds something made of what a server answered".to_owned();
    }
    match tool.effect_source {
        EffectSource::Unknown => format!(
            "nothing says what `{}` does, so it counts as destructive; label it under `effects` in the configuration",
            tool.reference
        ),
        EffectSource::Operator | EffectSource::Annotation | EffectSource::Verb => format!("it is {}", tool.effect),
    }
}
