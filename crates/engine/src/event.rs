//! What happens to a query on its way.

use catalog::ToolRef;
use dispatch::StepEvent;
use plan::{Account, StepId};
use query::QueryId;
use synthesize::Statement;

use crate::ModelCall;

/// One fact about a query. Progress, logs and traces are renderings of these.
#[derive(Clone, Debug)]
pub enum Event {
    /// It was taken in, and these servers are still starting.
    Waiting {
        /// The query.
        query: QueryId,
        /// The servers waited for.
        servers: Vec<String>,
    },
    /// It was planned, or could not be; this is how.
    Drafted {
        /// The query.
        query: QueryId,
        /// How.
        account: Account,
    },
    /// A language model was asked.
    ModelCalled {
        /// The query.
        query: QueryId,
        /// What for, and what it took.
        call: ModelCall,
    },
    /// A model wrote a further statement of the answer, and it is sound. If
    /// the answer that comes in the end does not begin with it, that one
    /// stands.
    AnswerDelta {
        /// The query.
        query: QueryId,
        /// The statement.
        statement: Statement,
    },
    /// There is a plan.
    Planned {
        /// The query.
        query: QueryId,
        /// The steps: each with the tool it calls, if it calls one, and why.
        steps: Vec<(StepId, Option<ToolRef>, String)>,
        /// The plan as people read it.
        explain: String,
    },
    /// A step moved.
    Step {
        /// The query.
        query: QueryId,
        /// The step.
        id: StepId,
        /// How.
        event: StepEvent,
    },
}
