//! Queries within queries.

use std::sync::Arc;

use catalog::Effect;
use dispatch::{Digest, Nested, NestedQuery};
use futures::future::BoxFuture;
use plan::{Integrity, Need, Observation, OperatorFault, Output};
use policy::Approvals;
use query::{Blame, Fault, Query};
use route::Router;
use serde_json::json;

use crate::book::Book;
use crate::digest::digested;
use crate::{Decision, Engine, InputRequired, Outcome, Request, Suspension};

/// Answers the nested queries of one request.
pub(crate) struct Nesting {
    pub(crate) engine: Engine,
    pub(crate) request: Request,
    pub(crate) book: Book,
}

impl Nested for Nesting {
    fn ask(&self, nested: NestedQuery) -> BoxFuture<'_, Observation> {
        Box::pin(self.answer(nested))
    }

    fn digest(&self, digest: Digest) -> BoxFuture<'_, Observation> {
        Box::pin(async move {
            match self.engine.meter(&digest.parent, &self.book, &self.request) {
                Some(meter) => digested(&meter, &digest).await,
                None => Observation::Failed(OperatorFault::NeedsModel.into()),
            }
        })
    }
}

impl Nesting {
    /// A nested query spends its parent's budget, keeps its parent's
    /// deadline and sees no more than the tools it was given; with untrusted
    /// words in its text, only those of them that read.
    async fn answer(&self, nested: NestedQuery) -> Observation {
        let NestedQuery { parent, text, label, tools, cancel, .. } = nested;
        let catalog = self.engine.catalog_of(&self.request.principal);
        let reads_only = label.integrity == Integrity::Untrusted;
        // Its words are known to whoever may be told what they were made of.
        let allowed = |tool: &catalog::Tool| {
            tools.contains(&tool.reference)
                && (!reads_only || tool.effect <= Effect::Read)
                && label.readers.include(&tool.reference.server)
        };
        let router = Router::build(Arc::new(catalog.narrowed(allowed)));
        let query = Query { id: self.engine.0.naming.next(), text: text.into(), depth: parent.depth + 1, ..parent };
        // What a human approved was shown with the parent's plan; a nested
        // plan is not known yet at that time, so nothing of it is approved.
        let request =
            Request { approvals: Approvals::none(), events: Arc::new(|_| {}), cancel, ..self.request.clone() };
        observed(Box::pin(self.engine.journey(query, &router, self.book.clone(), &request)).await)
    }
}

/// A nested query that did something and then asks can neither be resumed nor
/// asked again without doing it twice: what became of it is not known.
fn observed(outcome: Outcome) -> Observation {
    let acted = outcome.suspension.as_ref().is_some_and(Suspension::has_acted);
    match outcome.decision {
        Decision::InputRequired(input) if acted => {
            let message = format!("the nested query did a part of its work and then had to ask: {}", input.question());
            Observation::Indeterminate(Fault::lasting(Blame::Caller, "nested_asks", message))
        }
        Decision::Answered(answer) => Observation::Output(Output::computed(json!({ "answer": answer.text }))),
        Decision::Refused(refusal) => {
            let first = refusal.faults.into_iter().next();
            Observation::Failed(first.unwrap_or_else(|| Fault::lasting(Blame::Caller, "out_of_scope", refusal.message)))
        }
        Decision::InputRequired(input) => {
            Observation::NeedsInput(Need::Answer { message: input.question().to_owned(), schema: None })
        }
    }
}

impl InputRequired {
    /// The question in words.
    pub fn question(&self) -> &str {
        match self {
            Self::Clarify { question, .. } | Self::Approve { question, .. } | Self::Argument { question, .. } => {
                question
            }
        }
    }
}
