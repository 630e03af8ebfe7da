//! This door's part of [`crate::toil`].

use hyper::{HeaderMap, Uri};

use super::guard::{Guard, admit_body};
use super::mirror::method;
use super::server::{ENDPOINT, HttpConfig};

/// Who may come in.
pub(crate) struct Door {
    guard: Guard,
    uri: Uri,
}

impl Door {
    /// A door for this machine alone.
    pub(crate) fn new() -> Self {
        let guard = Guard::new(&HttpConfig::local(([127, 0, 0, 1], 0).into()));
        Self { guard, uri: Uri::from_static(ENDPOINT) }
    }

    /// Whether a head with these fields may come in and shows a call.
    pub(crate) fn head(&self, headers: &HeaderMap) -> bool {
        self.guard.admit(&self.uri, headers).is_ok()
            && admit_body(headers).is_ok()
            && method(headers, "tools/call").is_ok()
    }
}
