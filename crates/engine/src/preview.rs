//! A plan shown before anything is called.

use plan::Plan;
use policy::{CallToApprove, Verdict};

use crate::{Engine, Outcome, Refusal, Request};

/// What would be done.
#[derive(Debug)]
pub enum Preview {
    /// This plan.
    Ready {
        /// The plan.
        plan: Box<Plan>,
        /// As people read it.
        explain: String,
        /// Calls that would wait for a human.
        asks: Vec<CallToApprove>,
        /// Parts of the query that nothing here serves.
        unserved: Vec<String>,
    },
    /// None; this is what asking would come to.
    Stopped(Box<Outcome>),
}

impl Engine {
    /// Plans a query and calls nothing.
    pub async fn plan(&self, text: &str, request: Request) -> Preview {
        let query = self.query(text, &request);
        self.let_servers_start(&query, &request).await;
        let stop = |outcome: Outcome| Preview::Stopped(Box::new(outcome));
        let (plan, unserved) = match self.planned(&query, &self.router()) {
            Ok(planned) => planned,
            Err(decision) => return stop(self.stopped(&query, *decision)),
        };
        let explain = plan::explain(&plan);
        match self.0.parts.policy.judge(plan, &query, &request.approvals) {
            Verdict::Approved(approved) => {
                Preview::Ready { plan: Box::new(approved.plan().clone()), explain, asks: Vec::new(), unserved }
            }
            Verdict::Ask(plan, asked) => Preview::Ready { plan: Box::new(plan), explain, asks: asked.calls, unserved },
            Verdict::Denied(plan, fault) => stop(self.stopped(&query, Refusal::of(fault)).of_plan(plan)),
        }
    }
}
