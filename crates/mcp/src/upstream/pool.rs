//! The clients for HTTP servers.
//!
//! In: addresses. Out: the ways there. The straight way is for servers spoken
//! to in the clear and without a proxy: it costs a fraction of the other,
//! which knows encryption, proxies and redirects.

use std::sync::OnceLock;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, StatusCode, Url};

use super::straight::Straight;

/// How long one attempt to reach a server may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Redirects followed for one request.
const MAX_REDIRECTS: usize = 5;

/// The client for all HTTP servers, made when the first one needs it, and the
/// straight ways past it.
#[derive(Default)]
pub(crate) struct HttpPool {
    roundabout: OnceLock<Result<Client, String>>,
}

impl HttpPool {
    /// The client that knows every way; `Err` says why there can be none.
    pub(crate) fn client(&self) -> Result<Client, String> {
        self.roundabout.get_or_init(build).clone()
    }

    /// The straight way to an address; `None` where there is none.
    pub(crate) fn straight(&self, url: &Url) -> Option<Straight> {
        let clear = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
        let direct = clear && Matcher::from_system().intercept(&url.as_str().parse().ok()?).is_none();
        direct.then(|| Straight::to(url)).flatten()
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
    let same_origin = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if keeps_body(attempt.status()) && same_origin && attempt.previous().len() <= MAX_REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Whether a redirect is for the same request.
pub(crate) fn keeps_body(status: StatusCode) -> bool {
    matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT)
}
