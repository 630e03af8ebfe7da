//! One thing asked of a model.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{OutputSchema, Prompt, Purpose};

/// Receives pieces of a text as the model writes them, in order. Called from
/// the task that awaits the completion; it must not block.
pub type Deltas = Arc<dyn Fn(&str) + Send + Sync>;

/// One thing asked of a model.
///
/// ```
/// use std::time::Duration;
/// use concertmaster_model::{Prompt, Purpose, Request};
///
/// let prompt = Prompt::new().system("Be brief.").user("Say hello.");
/// let request = Request::new(Purpose::Synthesize, prompt, Duration::from_secs(20)).at_most(50);
/// assert!(request.schema.is_none());
/// ```
#[derive(Clone)]
pub struct Request {
    /// What for; it decides which model is asked.
    pub purpose: Purpose,
    /// What the model is told.
    pub prompt: Prompt,
    /// The shape the completion must have; text where there is none.
    pub schema: Option<OutputSchema>,
    /// The longest completion, in tokens.
    pub max_output_tokens: u32,
    /// How freely to choose words, from 0; the provider's default where there
    /// is none. Left out for models that refuse to be told.
    pub temperature: Option<f64>,
    /// Makes a completion repeatable where the provider can.
    pub seed: Option<u64>,
    /// How long all of it may take, retries included.
    pub timeout: Duration,
    /// Where a text goes while it is written. With a schema nothing is sent.
    pub deltas: Option<Deltas>,
}

impl Request {
    /// The longest completion unless said otherwise, in tokens.
    pub const DEFAULT_MAX_OUTPUT_TOKENS: u32 = 4_096;

    /// A request for text, at temperature 0.
    pub fn new(purpose: Purpose, prompt: Prompt, timeout: Duration) -> Self {
        Self {
            purpose,
            prompt,
            schema: None,
            max_output_tokens: Self::DEFAULT_MAX_OUTPUT_TOKENS,
            temperature: Some(0.0),
            seed: None,
            timeout,
            deltas: None,
        }
    }

    /// The same with a shape for its completion.
    #[must_use]
    pub fn shaped(mut self, schema: OutputSchema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// The same with a longest completion, in tokens.
    #[must_use]
    pub fn at_most(mut self, tokens: u32) -> Self {
        self.max_output_tokens = tokens;
        self
    }

    /// The same with its text sent on while it is written.
    #[must_use]
    pub fn streaming(mut self, deltas: Deltas) -> Self {
        self.deltas = Some(deltas);
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("purpose", &self.purpose)
            .field("prompt", &self.prompt)
            .field("schema", &self.schema.as_ref().map(OutputSchema::name))
            .field("max_output_tokens", &self.max_output_tokens)
            .field("timeout", &self.timeout)
            .field("streaming", &self.deltas.is_some())
            .finish_non_exhaustive()
    }
}
