//! Resources, prompts and completions, through the same gate as calls.

use std::sync::Arc;

use catalog::Fetch;
use dispatch::{CallFault, Replies};
use policy::{Approvals, Authority};
use serde_json::value::RawValue;

use crate::{Engine, Request};

impl Engine {
    /// Has something from a server that is no tool's work; the result's text
    /// as the server wrote it. `replies` answer what the server asked when the
    /// same was wanted before.
    ///
    /// # Errors
    ///
    /// What policy or the server says against it, or that it took too long;
    /// or what the server asks first, which `replies` answer when the same
    /// fetch is made again.
    pub async fn fetch(
        &self,
        fetch: Fetch,
        replies: Option<Replies>,
        request: Request,
    ) -> Result<Box<RawValue>, CallFault> {
        let authority = Authority { query: self.query("", &request), approvals: Approvals::none() };
        self.gate(&request.principal).fetch(fetch, &request.errand(&authority, Arc::new(|_| {}), replies)).await
    }
}
