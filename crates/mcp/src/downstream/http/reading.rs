//! What this door reads of a request's head, for [`crate::reading`].

use hyper::{HeaderMap, Uri};

use super::guard::{Guard, admit_body};
use super::mirror::{method, plain};
use super::server::HttpConfig;

/// Whether a request may come in.
pub(crate) fn admitted(uri: &Uri, headers: &HeaderMap, host: &str, origin: &str) -> bool {
    let config = HttpConfig {
        allowed_hosts: vec![host.to_owned()],
        allowed_origins: vec![origin.to_owned()],
        ..HttpConfig::local(([127, 0, 0, 1], 0).into())
    };
    Guard::new(&config).admit(uri, headers).is_ok()
}

/// Whether its body would be read.
pub(crate) fn body_admitted(headers: &HeaderMap) -> bool {
    admit_body(headers).is_ok()
}

/// Whether its headers show this method.
pub(crate) fn shows_method(headers: &HeaderMap, named: &str) -> bool {
    method(headers, named).is_ok()
}

/// Whether a header's value shows this text.
pub(crate) fn shows(value: &str, text: &str) -> bool {
    plain(value, text)
}
