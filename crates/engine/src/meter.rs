//! The model as one query sees it: within the query's deadline and its number
//! of model calls, everything noted down and told.

use std::sync::Arc;
use std::time::Duration;

use dispatch::Clock;
use model::{About, Completion, Model, ModelFault, Pending, Purpose, Request, Spent, Trouble};
use query::{Deadline, QueryId};

use crate::book::{Book, ModelCall};
use crate::{Event, Events};

/// The share of the time left that a request may take whose answer something
/// else still waits for: what comes after it needs as much.
const SHARE: u32 = 2;

/// A model that counts.
pub(crate) struct Meter {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) book: Book,
    pub(crate) most: u32,
    pub(crate) query: QueryId,
    pub(crate) deadline: Deadline,
    pub(crate) clock: Clock,
    pub(crate) events: Events,
}

impl Model for Meter {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        Box::pin(self.metered(request))
    }

    fn about(&self, purpose: Purpose) -> About {
        self.model.about(purpose)
    }
}

impl Meter {
    async fn metered(&self, mut request: Request) -> Result<Completion, ModelFault> {
        let purpose = request.purpose;
        let name = self.model.about(purpose).model;
        let unasked = |trouble| ModelFault { trouble, purpose, model: Arc::clone(&name), spent: Spent::default() };
        request.timeout = request.timeout.min(self.time_for(purpose));
        if request.timeout.is_zero() {
            return Err(unasked(Trouble::TimedOut { limit: Duration::ZERO }));
        }
        if !self.book.begin(self.most) {
            return Err(unasked(Trouble::OverBudget { limit_calls: self.most }));
        }
        let (limit, begun) = (request.timeout, self.clock.now());
        // The model holds itself to the timeout; one that does not is left.
        let ended = match tokio::time::timeout(limit, self.model.complete(request)).await {
            Ok(ended) => ended,
            Err(_) => {
                let spent = Spent { latency: self.clock.now().since(begun), attempts: 1, ..Spent::default() };
                Err(ModelFault { spent, ..unasked(Trouble::TimedOut { limit }) })
            }
        };
        let call = match &ended {
            Ok(completion) => ModelCall::of(purpose, Arc::clone(&completion.model), &completion.spent, None),
            Err(fault) => ModelCall::of(purpose, Arc::clone(&fault.model), &fault.spent, Some(fault)),
        };
        self.book.note(call.clone());
        (self.events)(Event::ModelCalled { query: self.query.clone(), call });
        ended
    }

    fn time_for(&self, purpose: Purpose) -> Duration {
        let left = self.deadline.left(self.clock.now());
        match purpose {
            Purpose::Synthesize => left,
            Purpose::Route | Purpose::Plan | Purpose::Extract => left / SHARE,
        }
    }
}
