//! The connections to HTTP servers, kept open between calls.
//!
//! In: requests for connections. Out: one client for each way there is. The
//! straight way is for servers spoken to in the clear and without a proxy: it
//! costs a fraction of the other, which knows encryption, proxies and
//! redirects.

use std::sync::OnceLock;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client as Straight;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, StatusCode, Url};

/// How long one attempt to reach a server may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that nobody uses is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// Redirects followed for one request.
const MAX_REDIRECTS: usize = 5;

/// A client for the straight way.
pub(crate) type StraightClient = Straight<HttpConnector, Full<Bytes>>;

/// The clients for all HTTP servers, each made when the first one needs it.
#[derive(Default)]
pub(crate) struct HttpPool {
    roundabout: OnceLock<Result<Client, String>>,
    straight: OnceLock<StraightClient>,
}

impl HttpPool {
    /// The client that knows every way; `Err` says why there can be none.
    pub(crate) fn client(&self) -> Result<Client, String> {
        self.roundabout.get_or_init(build).clone()
    }

    /// The client for the straight way to an address; `None` where there is
    /// no such way.
    pub(crate) fn straight(&self, url: &Url) -> Option<StraightClient> {
        let uri = url.as_str().parse().ok()?;
        let clear = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
        let direct = clear && Matcher::from_system().intercept(&uri).is_none();
        direct.then(|| self.straight.get_or_init(build_straight).clone())
    }
}

fn build_straight() -> StraightClient {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let mut builder = Straight::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_TIMEOUT);
    builder.build(connector)
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
