//! A client's own call, handed through: the arguments leave as the client
//! wrote them, and the result comes back as the server wrote it.

use std::sync::Arc;

use dispatch::{Asks, Replies};
use plan::Output;
use query::{Blame, Fault};
use serde_json::Map;
use serde_json::value::RawValue;

use crate::{Called, Engine, Outcome, Request};

/// One call as a client wrote it.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The tool, as `server.tool` or by its public name.
    pub tool: Arc<str>,
    /// The arguments: an object's text.
    pub arguments: Box<RawValue>,
    /// The client's answers to what the server asked when this call was made
    /// before.
    pub replies: Option<Replies>,
}

/// What became of it.
#[derive(Debug)]
pub enum Passed {
    /// The server answered; the result may say that the tool failed.
    Result(Output),
    /// The server asks something first, and holds nothing meanwhile: the same
    /// call is made again with the [`Replies`].
    Asks(Box<Asks>),
    /// It waits for a human, or was refused.
    Stopped(Box<Outcome>),
    /// There is no result.
    Failed(Fault),
}

impl Engine {
    /// Makes one call for a client, through the same gate as every other.
    pub async fn pass(&self, pass: Pass, request: Request) -> Passed {
        let Ok(arguments) = serde_json::from_str::<Map<_, _>>(pass.arguments.get()) else {
            let message = format!("the arguments of `{}` are no JSON object that can be read", pass.tool);
            return Passed::Failed(Fault::lasting(Blame::Caller, "arguments_invalid", message));
        };
        match self.call(&pass.tool, arguments, request).await {
            Called::Result(output) => Passed::Result(output),
            Called::Stopped(outcome) => Passed::Stopped(outcome),
        }
    }
}
