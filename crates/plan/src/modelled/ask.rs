//! Asking a model for a plan.

use std::time::Duration;

use model::{Content, Model, ModelFault, OutputSchema, Prompt, Purpose, Request, Slot, Trouble};
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

/// The longest reply of its own that a model is shown, in estimated tokens.
const MAX_REPLY_TOKENS: u32 = 4_000;

/// The longest account of what is wrong with it, in estimated tokens.
const MAX_WRONG_TOKENS: u32 = 500;

/// A planning request, and how it went.
pub(super) struct Asked {
    /// What the model came to; the fault is that of the first request.
    pub(super) reply: Result<Reply, Fault>,
    /// How often it was asked once more.
    pub(super) rounds: u32,
}

/// One planning request; where what comes back cannot be read at all, one
/// more that names what is wrong with it.
pub(super) async fn for_plan(task: &Task<'_>, shortlist: &Shortlist, model: &dyn Model) -> Asked {
    let prompt = prompt::planning(task, shortlist);
    let schema = match schema::plan(&shortlist.names(), task.depth) {
        Ok(schema) => schema,
        Err(fault) => return Asked { reply: Err(fault), rounds: 0 },
    };
    let first = match once(prompt.clone(), schema.clone(), model).await {
        Ok(reply) => return Asked { reply: Ok(reply), rounds: 0 },
        Err(unread) => *unread,
    };
    let Unread { fault, again: Some(wrote) } = first else { return Asked { reply: Err(first.fault), rounds: 0 } };
    let prompt = prompt
        .user("You were asked this before and wrote:")
        .slot(Slot::new("earlier reply", wrote.text).cut_to(MAX_REPLY_TOKENS))
        .user("It cannot be read:")
        .slot(Slot::new("fault", wrote.why).cut_to(MAX_WRONG_TOKENS))
        .user("Write the whole plan once more, as one JSON value of the shape asked for.");
    // Whatever comes of the second try, the first says what is wrong.
    let reply = once(prompt, schema, model).await.map_err(|_| fault);
    Asked { reply, rounds: 1 }
}

/// A reply that is no proposal.
struct Unread {
    fault: Fault,
    /// Where asking again may help: what came instead.
    again: Option<Wrote>,
}

/// What a model wrote, and what is wrong with it.
struct Wrote {
    text: String,
    why: String,
}

async fn once(prompt: Prompt, schema: OutputSchema, model: &dyn Model) -> Result<Reply, Box<Unread>> {
    let completion = model.complete(request(Purpose::Plan, prompt, schema, MAX_PLAN_TOKENS)).await;
    let document = completion.map_err(Unread::of).and_then(|completion| match completion.content {
        Content::Json(document) => Ok(document),
        Content::Text(text) => {
            let again = Some(Wrote { text, why: "it is not JSON".to_owned() });
            Err(Box::new(Unread { fault: not_json(), again }))
        }
    })?;
    Reply::read(document.clone()).map_err(|fault| {
        let again = Some(Wrote { text: document.to_string(), why: fault.message.clone() });
        Box::new(Unread { fault, again })
    })
}

impl Unread {
    fn of(failed: ModelFault) -> Box<Self> {
        let fault = Fault::from(&failed);
        let again = match failed.trouble {
            Trouble::NotJson { why, reply } => Some(Wrote { text: reply, why }),
            Trouble::OffSchema { faults, reply } => Some(Wrote { text: reply.to_string(), why: faults.join("\n") }),
            _ => None,
        };
        Box::new(Self { fault, again })
    }
}

/// One request for JSON of a shape.
pub(super) async fn for_json(
    model: &dyn Model,
    purpose: Purpose,
    prompt: Prompt,
    schema: OutputSchema,
    tokens: u32,
) -> Result<Value, Fault> {
    let completion = model.complete(request(purpose, prompt, schema, tokens)).await.map_err(Fault::from)?;
    completion.content.json().cloned().ok_or_else(not_json)
}

fn request(purpose: Purpose, prompt: Prompt, schema: OutputSchema, tokens: u32) -> Request {
    Request::new(purpose, prompt, PATIENCE).shaped(schema).at_most(tokens)
}

fn not_json() -> Fault {
    Fault::lasting(Blame::Model, "model_not_json", "the model was asked for JSON and wrote a text")
}
