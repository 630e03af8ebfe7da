//! Requests that are turned down: JSON-RPC's errors, and the HTTP status that
//! goes with each.

use query::Fault;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::revision::Revision;

/// The bytes are no JSON.
pub(crate) const PARSE_ERROR: i64 = -32700;
/// The JSON is no request.
pub(crate) const INVALID_REQUEST: i64 = -32600;
/// Nothing of that name is offered.
pub(crate) const METHOD_NOT_FOUND: i64 = -32601;
/// The parameters are not as the method wants them.
pub(crate) const INVALID_PARAMS: i64 = -32602;
/// It failed on our side.
pub(crate) const INTERNAL_ERROR: i64 = -32603;
/// What the headers show is not what the body says.
pub(crate) const HEADER_MISMATCH: i64 = -32020;
/// It takes an ability that the client did not declare.
pub(crate) const MISSING_CAPABILITY: i64 = -32021;
/// The revision is not spoken.
pub(crate) const UNSUPPORTED_REVISION: i64 = -32022;

/// Why a request is turned down.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Refusal {
    /// JSON-RPC's or MCP's number for it.
    pub(crate) code: i64,
    /// In words.
    pub(crate) message: String,
    /// More, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Box<RawValue>>,
}

impl Refusal {
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    #[must_use]
    pub(crate) fn with(self, data: &Value) -> Self {
        Self { data: serde_json::value::to_raw_value(data).ok(), ..self }
    }

    pub(crate) fn params(message: impl Into<String>) -> Self {
        Self::new(INVALID_PARAMS, message)
    }

    pub(crate) fn no_method(method: &str) -> Self {
        let shown = crate::excerpt::excerpt(method);
        Self::new(METHOD_NOT_FOUND, format!("there is no method `{shown}` here"))
    }

    pub(crate) fn revision(wanted: &str) -> Self {
        let supported = [Revision::Stateless.name()];
        Self::new(UNSUPPORTED_REVISION, format!("revision `{}` is not spoken here", crate::excerpt::excerpt(wanted)))
            .with(&json!({"supported": supported, "requested": wanted}))
    }

    /// A fault of ours or of policy's; a server's own refusal in its own
    /// words and numbers.
    pub(crate) fn of_fault(fault: &Fault) -> Self {
        if let Some(said) = &fault.refusal {
            let data = said.data.clone().and_then(|data| RawValue::from_string(data).ok());
            return Self { code: said.code, message: said.message.clone(), data };
        }
        let code = if fault.blame == query::Blame::Caller { INVALID_PARAMS } else { INTERNAL_ERROR };
        Self::new(code, fault.message.clone()).with(&json!({"error": fault}))
    }

    /// The status of an HTTP answer that carries nothing but this.
    pub(crate) fn status(&self, revision: Revision) -> u16 {
        if !revision.is_stateless() {
            return 200;
        }
        match self.code {
            METHOD_NOT_FOUND => 404,
            PARSE_ERROR | INVALID_REQUEST | HEADER_MISMATCH | MISSING_CAPABILITY | UNSUPPORTED_REVISION => 400,
            _ => 200,
        }
    }
}
