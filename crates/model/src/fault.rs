//! Why a model brought no completion.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use query::{Blame, Fault, Recovery};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Purpose, Spent};

/// A request that came to nothing, and what it took all the same.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.told())]
pub struct ModelFault {
    /// What went wrong.
    pub trouble: Trouble,
    /// What the model was asked for.
    pub purpose: Purpose,
    /// The model that was asked, as configured.
    pub model: Arc<str>,
    /// What it took.
    pub spent: Spent,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trouble {
    /// The provider does not take the key (401, 403).
    Unauthorised {
        /// The provider's words.
        said: String,
    },
    /// The account has no credit or quota left; waiting does not bring it.
    OutOfCredit {
        /// The provider's words.
        said: String,
    },
    /// There is no such model or endpoint (404).
    NotFound {
        /// The provider's words.
        said: String,
    },
    /// The request is not to the provider's liking (any other 4xx).
    Rejected {
        /// HTTP status.
        status: u16,
        /// The provider's words.
        said: String,
    },
    /// Too many requests (429), and no time left to wait.
    RateLimited {
        /// How long to wait, where the provider says.
        retry_after: Option<Duration>,
    },
    /// The provider failed (5xx), and no retry mended it.
    Overloaded {
        /// HTTP status.
        status: u16,
        /// How long to wait, where the provider says.
        retry_after: Option<Duration>,
    },
    /// No connection, or it broke.
    Unreachable {
        /// What happened to it.
        why: String,
    },
    /// No completion in time.
    TimedOut {
        /// The time it had.
        limit: Duration,
    },
    /// The reply exceeds what is read.
    TooLong {
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// The reply is not what the provider's protocol says it should be.
    Garbled {
        /// What is wrong with it.
        why: String,
    },
    /// JSON was asked for, and other text came.
    NotJson {
        /// Where it goes wrong.
        why: String,
        /// What came; not for logs.
        reply: String,
    },
    /// The JSON that came does not conform to the schema.
    OffSchema {
        /// What is wrong, each with its place.
        faults: Vec<String>,
        /// What came; not for logs.
        reply: Value,
    },
    /// The schema that was asked for is itself not valid; nothing was sent.
    BadSchema {
        /// What is wrong with it.
        why: String,
    },
    /// The model, or a filter before it, will not answer.
    Refused {
        /// Its words, where there are any.
        said: String,
    },
    /// JSON was asked for, and the limit came before its end.
    Truncated {
        /// The limit, in tokens.
        limit_tokens: u32,
    },
    /// The query has made as many model calls as it may; this one was not
    /// made.
    OverBudget {
        /// The most one query may make.
        limit_calls: u32,
    },
    /// A recording is replayed, and this request is not in it.
    NotRecorded {
        /// The nearest recorded request, and where this one differs.
        difference: String,
    },
    /// A recording cannot be read or written.
    Recording {
        /// Why not.
        why: String,
    },
}

impl Trouble {
    /// The stable code, as [`Fault::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorised { .. } => "model_unauthorised",
            Self::OutOfCredit { .. } => "model_out_of_credit",
            Self::NotFound { .. } => "model_not_found",
            Self::Rejected { .. } => "model_rejected",
            Self::RateLimited { .. } => "model_rate_limited",
            Self::Overloaded { .. } => "model_overloaded",
            Self::Unreachable { .. } => "model_unreachable",
            Self::TimedOut { .. } => "model_timed_out",
            Self::TooLong { .. } => "model_reply_too_long",
            Self::Garbled { .. } => "model_garbled",
            Self::NotJson { .. } => "model_not_json",
            Self::OffSchema { .. } => "model_off_schema",
            Self::BadSchema { .. } => "model_bad_schema",
            Self::Refused { .. } => "model_refused",
            Self::Truncated { .. } => "model_truncated",
            Self::OverBudget { .. } => "model_over_budget",
            Self::NotRecorded { .. } => "model_not_recorded",
            Self::Recording { .. } => "model_recording",
        }
    }

    /// Who can mend it: the operator where key, credit, name or recording is
    /// at fault, the upstream whose schema is not valid, else the model.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Unauthorised { .. }
            | Self::OutOfCredit { .. }
            | Self::NotFound { .. }
            | Self::OverBudget { .. }
            | Self::NotRecorded { .. }
            | Self::Recording { .. } => Blame::Operator,
            Self::BadSchema { .. } => Blame::Upstream,
            _ => Blame::Model,
        }
    }

    /// Whether the same request may succeed later.
    pub fn recovery(&self) -> Recovery {
        match self {
            Self::RateLimited { retry_after } | Self::Overloaded { retry_after, .. } => {
                retry_after.map_or(Recovery::Later, Recovery::After)
            }
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Garbled { .. }
            | Self::NotJson { .. }
            | Self::OffSchema { .. } => Recovery::Later,
            _ => Recovery::Never,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthorised { said } => write!(f, "the provider does not take the key{}", quoted(said)),
            Self::OutOfCredit { said } => write!(f, "the account has no credit left{}", quoted(said)),
            Self::NotFound { said } => write!(f, "the provider knows no such model or address{}", quoted(said)),
            Self::Rejected { status, said } => {
                write!(f, "the provider rejects the request (HTTP {status}){}", quoted(said))
            }
            Self::RateLimited { retry_after } => write!(f, "the provider limits the rate{}", later(*retry_after)),
            Self::Overloaded { status, retry_after } => {
                write!(f, "the provider failed (HTTP {status}){}", later(*retry_after))
            }
            Self::Unreachable { why } => write!(f, "the provider cannot be reached: {why}"),
            Self::TimedOut { limit } => write!(f, "no answer within {} ms", limit.as_millis()),
            Self::TooLong { limit_bytes } => write!(f, "the reply is longer than {limit_bytes} bytes"),
            Self::Garbled { why } => write!(f, "the reply is not the provider's format: {why}"),
            Self::NotJson { why, .. } => write!(f, "the answer is not JSON: {why}"),
            Self::OffSchema { faults, .. } => write!(f, "the answer does not fit its schema: {}", faults.join("; ")),
            Self::BadSchema { why } => write!(f, "the schema asked for is not valid: {why}"),
            Self::Refused { said } => write!(f, "the model refuses{}", quoted(said)),
            Self::Truncated { limit_tokens } => {
                write!(f, "the answer was cut off at {limit_tokens} tokens, before its JSON ended")
            }
            Self::OverBudget { limit_calls } => write!(f, "the query's budget of {limit_calls} model calls is spent"),
            Self::NotRecorded { difference } => write!(f, "the recording has no such request: {difference}"),
            Self::Recording { why } => write!(f, "the recording cannot be used: {why}"),
        }
    }
}

fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

fn later(wait: Option<Duration>) -> String {
    wait.map(|wait| format!("; it asks to wait {} ms", wait.as_millis())).unwrap_or_default()
}

impl ModelFault {
    fn told(&self) -> String {
        format!("model `{}` ({}): {}", self.model, self.purpose, self.trouble)
    }
}

impl From<&ModelFault> for Fault {
    fn from(fault: &ModelFault) -> Self {
        let trouble = &fault.trouble;
        Self {
            code: trouble.code().to_owned(),
            blame: trouble.blame(),
            recovery: trouble.recovery(),
            message: fault.to_string(),
            refusal: None,
        }
    }
}

impl From<ModelFault> for Fault {
    fn from(fault: ModelFault) -> Self {
        Self::from(&fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_whose_they_are_and_whether_waiting_helps() {
        let wait = Duration::from_secs(7);
        let rows = [
            (
                Trouble::Unauthorised { said: "bad key".into() },
                Blame::Operator,
                Recovery::Never,
                "the provider does not take the key: bad key",
            ),
            (
                Trouble::RateLimited { retry_after: Some(wait) },
                Blame::Model,
                Recovery::After(wait),
                "the provider limits the rate; it asks to wait 7000 ms",
            ),
            (
                Trouble::Overloaded { status: 529, retry_after: None },
                Blame::Model,
                Recovery::Later,
                "the provider failed (HTTP 529)",
            ),
            (Trouble::Refused { said: String::new() }, Blame::Model, Recovery::Never, "the model refuses"),
            (
                Trouble::NotJson { why: "line 1".into(), reply: "secret".into() },
                Blame::Model,
                Recovery::Later,
                "the answer is not JSON: line 1",
            ),
        ];
        for (trouble, blame, recovery, message) in rows {
            let fault = ModelFault { trouble, purpose: Purpose::Plan, model: "m1".into(), spent: Spent::default() };
            let told = Fault::from(&fault);
            assert_eq!((told.blame, told.recovery), (blame, recovery), "{fault}");
            assert_eq!(told.message, format!("model `m1` (plan): {message}"));
            assert_eq!(told.code, fault.trouble.code());
        }
    }
}
