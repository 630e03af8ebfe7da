//! One line of a recording.

use std::sync::Arc;

use model::{Completion, Content, Finish, ModelFault, Purpose, Request, Spent, Trouble, Usage, canonical};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::secrets::Secrets;

/// The version of the line's form.
const VERSION: u32 = 1;

/// Characters of a hash that identify a request.
const KEY_CHARS: usize = 32;

/// What was asked and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    version: u32,
    /// The hash of the request.
    pub(super) key: String,
    pub(super) purpose: Purpose,
    /// The request in its canonical form, secrets taken out.
    pub(super) request: Value,
    /// The model that was asked or that answered.
    model: Arc<str>,
    usage: Usage,
    cost: Option<f64>,
    outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Completed { content: Content, finish: Finish },
    Failed(Trouble),
}

/// What identifies a request, and the form of it that is written down.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) key: String,
    pub(super) purpose: Purpose,
    pub(super) request: Value,
}

impl Asked {
    pub(super) fn new(request: &Request, secrets: &Secrets) -> Self {
        let canonical = secrets.out_of(canonical(request));
        let hash = blake3::hash(canonical.to_string().as_bytes()).to_hex();
        Self { key: hash[..KEY_CHARS].to_owned(), purpose: request.purpose, request: canonical }
    }
}

impl Entry {
    pub(super) fn new(asked: Asked, answer: &Result<Completion, ModelFault>) -> Self {
        let (model, spent, outcome) = match answer {
            Ok(done) => {
                let outcome = Outcome::Completed { content: done.content.clone(), finish: done.finish };
                (&done.model, &done.spent, outcome)
            }
            Err(fault) => (&fault.model, &fault.spent, Outcome::Failed(fault.trouble.clone())),
        };
        let Asked { key, purpose, request } = asked;
        let (usage, cost) = (spent.usage, spent.cost);
        Self { version: VERSION, key, purpose, request, model: Arc::clone(model), usage, cost, outcome }
    }

    /// A line's entry; the error says what is wrong with the line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let entry: Self = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if entry.version == VERSION {
            Ok(entry)
        } else {
            Err(format!("it has version {}, and {VERSION} is understood", entry.version))
        }
    }

    /// The line, secrets taken out.
    pub(super) fn line(&self, secrets: &Secrets) -> Result<String, String> {
        let value = serde_json::to_value(self).map_err(|error| error.to_string())?;
        Ok(format!("{}\n", secrets.out_of(value)))
    }

    /// What came of it: as it was recorded, but at once and unsent.
    #[expect(clippy::result_large_err, reason = "it is the port's own type")]
    pub(super) fn answer(&self) -> Result<Completion, ModelFault> {
        let spent = Spent { usage: self.usage, cost: self.cost, ..Spent::default() };
        let model = Arc::clone(&self.model);
        match &self.outcome {
            Outcome::Completed { content, finish } => {
                Ok(Completion { content: content.clone(), finish: *finish, model, spent })
            }
            Outcome::Failed(trouble) => {
                Err(ModelFault { trouble: trouble.clone(), purpose: self.purpose, model, spent })
            }
        }
    }
}
