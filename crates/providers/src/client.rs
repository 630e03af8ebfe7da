//! The connections to one provider, kept open between requests.

use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};

use crate::{ProviderConfig, ProxyChoice};

/// How we introduce ourselves.
const USER_AGENT: &str = concat!("concertmaster/", env!("CARGO_PKG_VERSION"));

/// A client for one provider. Redirects are not followed: a key goes nowhere
/// but to the address that the operator named.
pub(crate) fn build(config: &ProviderConfig) -> Result<Client, String> {
    // Another part of the program may have chosen one already; that one does too.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder =
        Client::builder().user_agent(USER_AGENT).connect_timeout(config.connect_timeout).redirect(Policy::none());
    let builder = match &config.proxy {
        ProxyChoice::Environment => builder,
        ProxyChoice::Direct => builder.no_proxy(),
        ProxyChoice::At(url) => builder.proxy(Proxy::all(url).map_err(|error| reason(&error))?),
    };
    builder.build().map_err(|error| reason(&error))
}

/// What lies at the bottom of an error, without any address: that of a proxy
/// may hold a password.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let mut bottom: &dyn std::error::Error = error;
    while let Some(below) = bottom.source() {
        bottom = below;
    }
    if std::ptr::eq(bottom, std::ptr::from_ref(error) as *const dyn std::error::Error) {
        return if error.is_timeout() { "timed out".to_owned() } else { "the connection failed".to_owned() };
    }
    bottom.to_string()
}
