//! What happens to a query on its way.

use catalog::ToolRef;
use dispatch::StepEvent;
use plan::StepId;
use query::QueryId;

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
