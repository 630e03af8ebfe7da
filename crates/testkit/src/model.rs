//! A language model by script: what it is asked is kept, what it says is
//! given. JSON that does not conform to the schema asked for becomes the fault
//! that a provider's client would make of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{
    About, Completion, Content, Finish, Model, ModelFault, Pending, Purpose, Rates, Request, Spent, Trouble, Usage,
    estimate_tokens,
};
use serde_json::Value;

/// What the model does with a request.
#[derive(Clone, Debug)]
pub enum Says {
    /// Answers with JSON.
    Json(Value),
    /// Answers with text, in two pieces to whoever listens.
    Text(String),
    /// Brings nothing.
    Fails(Trouble),
    /// Is silent until it is given up.
    Nothing,
}

type Script = Box<dyn Fn(&Request) -> Says + Send + Sync>;

/// A model by script.
pub struct ScriptedModel {
    script: Script,
    asked: Mutex<Vec<Request>>,
}

/// What the scripted model charges, per million tokens.
const RATES: Rates = Rates { input: 1.0, output: 4.0, cached_input: None, cache_write: None };

impl ScriptedModel {
    /// A model that looks at each request.
    pub fn answering(script: impl Fn(&Request) -> Says + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), asked: Mutex::default() }
    }

    /// A model that says these in turn, for each purpose by itself, and cannot
    /// be reached once it has said them.
    pub fn in_turn(says: impl IntoIterator<Item = (Purpose, Says)>) -> Self {
        let left: Mutex<VecDeque<(Purpose, Says)>> = Mutex::new(says.into_iter().collect());
        Self::answering(move |request| {
            let mut left = lock(&left);
            let next = left.iter().position(|(purpose, _)| *purpose == request.purpose);
            let said = next.and_then(|at| left.remove(at)).map(|(_, says)| says);
            said.unwrap_or_else(|| Says::Fails(Trouble::Unreachable { why: "the script has ended".to_owned() }))
        })
    }

    /// Everything it was asked, in order.
    pub fn asked(&self) -> Vec<Request> {
        lock(&self.asked).clone()
    }

    /// What it was asked for, in order.
    pub fn purposes(&self) -> Vec<Purpose> {
        lock(&self.asked).iter().map(|request| request.purpose).collect()
    }
}

impl Model for ScriptedModel {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        let says = (self.script)(&request);
        lock(&self.asked).push(request.clone());
        Box::pin(said(request, says))
    }

    fn about(&self, _: Purpose) -> About {
        About { model: name(), rates: Some(RATES) }
    }
}

fn name() -> Arc<str> {
    "scripted".into()
}

async fn said(request: Request, says: Says) -> Result<Completion, ModelFault> {
    let content = match says {
        Says::Json(value) => Ok(Content::Json(value)),
        Says::Text(text) => Ok(Content::Text(text)),
        Says::Fails(trouble) => Err(trouble),
        Says::Nothing => std::future::pending().await,
    };
    let written = match &content {
        Ok(Content::Text(text)) => estimate_tokens(text),
        Ok(Content::Json(value)) => estimate_tokens(&value.to_string()),
        Err(_) => 0,
    };
    let usage =
        Usage { tokens_in: request.prompt.estimated_tokens().into(), tokens_out: written.into(), ..Usage::default() };
    let spent = Spent { usage, cost: Some(RATES.cost(&usage)), latency: Duration::from_millis(1), attempts: 1 };
    match content.and_then(|content| conforming(&request, content)) {
        Ok(content) => Ok(Completion { content, finish: Finish::Stop, model: name(), spent }),
        Err(trouble) => Err(ModelFault { trouble, purpose: request.purpose, model: name(), spent }),
    }
}

fn conforming(request: &Request, content: Content) -> Result<Content, Trouble> {
    match (&request.schema, &content) {
        (Some(schema), Content::Json(value)) => {
            let faults = match jsonschema::validator_for(schema.schema()) {
                Ok(validator) => validator.iter_errors(value).map(|fault| fault.to_string()).collect(),
                Err(fault) => vec![fault.to_string()],
            };
            if faults.is_empty() { Ok(content) } else { Err(Trouble::OffSchema { faults, reply: value.clone() }) }
        }
        (Some(_), Content::Text(text)) => Err(Trouble::NotJson { why: "it is a text".to_owned(), reply: text.clone() }),
        (None, Content::Text(text)) => {
            if let Some(deltas) = &request.deltas {
                let half = (0..=text.len() / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
                let (first, second) = text.split_at(half);
                deltas(first);
                deltas(second);
            }
            Ok(content)
        }
        (None, Content::Json(value)) => Ok(Content::Text(value.to_string())),
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
