//! Asking a model for a plan.

use std::time::Duration;

use model::{Model, OutputSchema, Prompt, Purpose, Request};
use query::{Blame, Fault};
use serde_json::Value;

use super::reply::Reply;
use super::shortlist::Shortlist;
use super::{Task, prompt, schema};

/// How long a model may take over a plan or a part of one. Whoever carries
/// the request holds it to the query's own deadline as well.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest plan a model may write, in tokens.
const MAX_PLAN_TOKENS: u32 = 4_096;

/// One planning request.
pub(super) async fn for_plan(task: &Task<'_>, shortlist: &Shortlist, model: &dyn Model) -> Result<Reply, Fault> {
    let schema = schema::plan(&shortlist.names(), task.depth)?;
    let document = for_json(model, Purpose::Plan, prompt::planning(task, shortlist), schema, MAX_PLAN_TOKENS).await?;
    Reply::read(document)
}

/// One request for JSON of a shape.
pub(super) async fn for_json(
    model: &dyn Model,
    purpose: Purpose,
    prompt: Prompt,
    schema: OutputSchema,
    tokens: u32,
) -> Result<Value, Fault> {
    let request = Request::new(purpose, prompt, PATIENCE).shaped(schema).at_most(tokens);
    let completion = model.complete(request).await.map_err(Fault::from)?;
    completion
        .content
        .json()
        .cloned()
        .ok_or_else(|| Fault::lasting(Blame::Model, "model_not_json", "the model was asked for JSON and wrote a text"))
}
