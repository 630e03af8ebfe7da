//! Resources, prompts and completions, through the same gate as calls.

use std::sync::Arc;

use catalog::Fetch;
use dispatch::CallFault;
use policy::{Approvals, Authority};
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
        let authority = Authority { query: self.query("", &request), approvals: Approvals::none() };
        let errand = request.errand(&authority, Arc::new(|_| {}), None);
        self.gate().fetch(fetch, &errand).await.map_err(|CallFault { fault, .. }| fault)
    }
}
