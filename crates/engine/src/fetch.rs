//! Resources, prompts and completions, through the same gate as calls.

use std::sync::Arc;

use catalog::Fetch;
use dispatch::{CallContext, CallFault};
use query::Fault;
use serde_json::value::RawValue;

use crate::{Engine, Request};

impl Engine {
    /// Has something from a server that is no tool's work; the result's text
    /// as the server wrote it.
    ///
    /// # Errors
    ///
    /// What policy or the server says against it, or that it took too long.
    pub async fn fetch(&self, fetch: Fetch, request: Request) -> Result<Box<RawValue>, Fault> {
        let query = self.query("", &request);
        let parts = &self.0.parts;
        let timeout = parts.settings.limits.of(&fetch.server).call_timeout.min(self.left(&query));
        let permit = parts.policy.permit_fetch(fetch, &query, &self.catalog())?;
        let context = CallContext {
            timeout,
            cancel: request.cancel.clone(),
            progress: Arc::new(|_| {}),
            counterpart: request.counterpart.clone(),
            replies: None,
        };
        parts.client.fetch(permit, context).await.map_err(|CallFault { fault, .. }| fault)
    }
}
