//! A plan shown before anything is called.

use plan::Plan;
use policy::{CallToApprove, Verdict};

use crate::book::Book;
use crate::{Engine, Outcome, Refusal, Request, Usage};

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
        /// What planning it took.
        usage: Usage,
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
        let book = Book::default();
        let (plan, unserved) = match self.planned(&query, &self.router(&request.principal), &book, &request).await {
            Ok(planned) => planned,
            Err(decision) => return stop(self.stopped(&query, &book, *decision)),
        };
        let explain = plan::explain(&plan) + &self.standbys(&request.principal, &plan);
        let usage = Usage::so_far(&query, &book, self.taken(&query));
        match self.0.parts.policy.judge(plan, &query, &request.approvals) {
            Verdict::Approved(approved) => {
                let plan = Box::new(approved.plan().clone());
                Preview::Ready { plan, explain, asks: Vec::new(), unserved, usage }
            }
            Verdict::Ask(plan, asked) => {
                Preview::Ready { plan: Box::new(plan), explain, asks: asked.calls, unserved, usage }
            }
            Verdict::Denied(plan, fault) => stop(self.stopped(&query, &book, Refusal::of(fault)).of_plan(plan)),
        }
    }
}
