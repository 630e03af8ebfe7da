//! The model's proposal against the embedded planner's.

use model::Model;
use query::{Blame, Fault};
use route::Candidate;

use super::compile::{Compiled, Lack, Uncompiled, compile};
use super::confidence::Stated;
use super::own::Own;
use super::reply::{Reply, said};
use super::shortlist::Shortlist;
use super::{Account, Author, Planned, Planning, Task};
use crate::{Drafting, Plan, PlanDraft, Proposal};

/// What the router sees of a plan that calls no tool, 0 to 1.
const NO_TOOLS: f32 = 0.5;

/// Decides between the two.
pub(super) async fn weigh(
    task: &Task<'_>,
    model: &dyn Model,
    shortlist: &Shortlist,
    own: Own,
    reply: Reply,
    rounds: u32,
) -> Planning {
    let Reply { stated, proposal, unserved } = reply;
    let account = Account { rounds, ..Account::default() };
    match proposal {
        Proposal::Plan(draft) => {
            let opinion = Opinion { stated, unserved, rounds };
            weigh_plan(task, model, shortlist, own, draft, opinion).await
        }
        Proposal::Clarify { question } => weigh_question(own, stated, &question, account),
        Proposal::OutOfScope { reason } => weigh_no(own, stated, &reason, shortlist.nearest(), account),
    }
}

/// What a model says about its own plan.
struct Opinion {
    stated: Stated,
    unserved: Vec<String>,
    /// How often it was asked before it wrote a plan that can be read, the
    /// first time aside.
    rounds: u32,
}

async fn weigh_plan(
    task: &Task<'_>,
    model: &dyn Model,
    shortlist: &Shortlist,
    own: Own,
    draft: PlanDraft,
    opinion: Opinion,
) -> Planning {
    match compile(task, shortlist, draft, model, opinion.rounds).await {
        Ok(Compiled { plan, repairs, rounds }) => {
            let confidence = opinion.stated.with(coverage(&plan, shortlist));
            let account = Account { confidence: Some(confidence), repairs, rounds, ..Account::default() };
            if confidence.is_unsure() && own.whole_plan().is_some() {
                return own.stands(fell_back(account, "model_unsure", "the model is less sure than the router"));
            }
            let plan = Box::new(plan.by_model(own.plan()));
            let account = Account { author: Author::Model, ..account };
            Planning { planned: Planned::Plan { plan, unserved: opinion.unserved }, account }
        }
        Err(uncompiled) => exhausted(task, own, *uncompiled),
    }
}

/// The model's plan cannot be made valid: the embedded plan, or a question.
fn exhausted(task: &Task<'_>, own: Own, uncompiled: Uncompiled) -> Planning {
    let lack = uncompiled.lack(task);
    let Uncompiled { faults, repairs, rounds, fault, .. } = uncompiled;
    let account = Account { repairs, rounds, ..Account::default() };
    let listed: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let account = match fault {
        Some(fault) => Account { fell_back: Some(fault), ..account },
        None => fell_back(account, "model_plan_invalid", &listed.join("; ")),
    };
    match lack {
        _ if own.plan().is_some() || own.asks() => own.stands(account),
        Some(Lack { clause, tool, parameters, known }) => {
            let asked = Drafting::Missing { clause, tool, parameters, known };
            Planning { planned: Planned::Undrafted(Box::new(asked)), account }
        }
        None => own.stands(account),
    }
}

/// A question of the embedded planner's has options or a form, and is
/// preferred; so is a whole plan where the model is in doubt itself.
fn weigh_question(own: Own, stated: Stated, question: &str, account: Account) -> Planning {
    if own.asks() {
        return own.stands(account);
    }
    if stated == Stated::Low && own.whole_plan().is_some() {
        return own.stands(fell_back(account, "model_unsure", "the model is not sure of its question"));
    }
    let account = Account { author: Author::Model, ..account };
    Planning { planned: Planned::Clarify { question: said(question) }, account }
}

/// A no is taken where the embedded planner says so too, or the model is sure.
fn weigh_no(own: Own, stated: Stated, reason: &str, nearest: Vec<Candidate>, account: Account) -> Planning {
    if stated < Stated::High && !own.is_out_of_scope() {
        return own.stands(fell_back(account, "model_unsure", "the model is not sure that nothing serves this"));
    }
    let account = Account { author: Author::Model, ..account };
    Planning { planned: Planned::OutOfScope { reason: said(reason), nearest }, account }
}

/// How much of the query the router sees in the plan's tools, 0 to 1.
fn coverage(plan: &Plan, shortlist: &Shortlist) -> f32 {
    let tools: Vec<f32> =
        plan.steps().iter().filter_map(|step| step.tool()).map(|tool| shortlist.coverage(&tool.reference)).collect();
    if tools.is_empty() { NO_TOOLS } else { tools.iter().sum::<f32>() / tools.len() as f32 }
}

fn fell_back(account: Account, code: &str, why: &str) -> Account {
    Account { fell_back: Some(Fault::lasting(Blame::Model, code, why)), ..account }
}
