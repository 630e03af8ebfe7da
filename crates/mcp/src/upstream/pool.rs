//! The connections to HTTP servers, kept open between calls.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, StatusCode};

/// How long one attempt to reach a server may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Redirects followed for one request.
const MAX_REDIRECTS: usize = 5;

/// One client for all HTTP servers, made when the first one needs it.
#[derive(Default)]
pub(crate) struct HttpPool(OnceLock<Result<Client, String>>);

impl HttpPool {
    /// The client; `Err` says why there can be none.
    pub(crate) fn client(&self) -> Result<Client, String> {
        self.0.get_or_init(build).clone()
    }
}

fn build() -> Result<Client, String> {
    // Another part of the program may have chosen one already; that one does too.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(Policy::custom(follow));
    builder.build().map_err(|error| error.to_string())
}

/// Redirects are the server's word: they are followed only where they keep
/// the body and stay with the origin that the operator named.
fn follow(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let keeps_body = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let same_origin = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if keeps_body && same_origin && attempt.previous().len() <= MAX_REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}
