//! Reading on in a result that was cut to size.

use catalog::ServerId;
use dispatch::Page;
use query::Fault;

use crate::{Engine, Request};

impl Engine {
    /// A further part of a result of the request's principal, from an item or
    /// byte on.
    ///
    /// # Errors
    ///
    /// `unknown_handle` and `out_of_range`, as [`dispatch::Shelf::read`].
    pub fn read_on(&self, handle: &str, from: usize, request: &Request) -> Result<Page, Fault> {
        let most = self.0.parts.settings.limits.caps.result_bytes;
        self.0.standing.shelf().read(&request.principal, handle, from, most, self.0.clock.now())
    }

    /// Forgets what a server answered earlier: it said that something
    /// changed.
    pub fn forget(&self, server: &ServerId) {
        self.0.standing.forget(server);
    }
}
