//! Requests to authorization servers.
//!
//! In: addresses that somebody else named. Out: bodies of bounded length, in
//! bounded time. It follows no redirect, and goes nowhere that is not
//! encrypted, unless the server itself is on this machine.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};

use crate::upstream::response::Response;

/// How long one request may take.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(15);

/// The longest body taken, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// Requests for one server's authorization.
pub(crate) struct Exchange {
    client: Client,
    /// Whether addresses on this machine will do, unencrypted.
    local: bool,
}

/// What a token or registration request came to.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

impl Exchange {
    /// For a server at this address.
    pub(crate) fn new(server: &Url) -> Result<Self, String> {
        // Another part of the program may have chosen one already; that one does too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder().redirect(Policy::none()).timeout(EXCHANGE_TIMEOUT);
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { client, local: is_local(server) })
    }

    /// An address that may be gone to.
    pub(crate) fn checked(&self, address: &str) -> Result<Url, String> {
        let url = Url::parse(address).map_err(|_| "its authorization names an address that is none".to_owned())?;
        let encrypted = url.scheme() == "https";
        if encrypted || self.local && url.scheme() == "http" && is_local(&url) {
            Ok(url)
        } else {
            Err("its authorization goes by an address that is not encrypted".to_owned())
        }
    }

    /// A document; `None` when there is none.
    pub(crate) async fn get(&self, url: &Url) -> Result<Option<Vec<u8>>, String> {
        let reply = self.send(self.client.get(url.clone()).header(ACCEPT, "application/json")).await?;
        match reply.status {
            status if status.is_success() => Ok(Some(reply.body)),
            status if status.is_client_error() => Ok(None),
            status => Err(format!("`{}` answered with HTTP status {}", url.path(), status.as_u16())),
        }
    }

    /// Posts a form.
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        authorization: Option<HeaderValue>,
    ) -> Result<Reply, String> {
        let mut request = self.client.post(url.clone()).header(ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let body = encoded(form);
        self.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
    }

    /// Posts a document.
    pub(crate) async fn post_json(&self, url: &Url, document: &serde_json::Value) -> Result<Reply, String> {
        let request = self.client.post(url.clone()).header(ACCEPT, "application/json");
        self.send(request.header(CONTENT_TYPE, "application/json").body(document.to_string())).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, String> {
        let response = request.send().await.map_err(|error| {
            let what = if error.is_timeout() { "did not answer in time" } else { "cannot be reached" };
            format!("its authorization server {what}")
        })?;
        let mut response = Response::Roundabout(response);
        let status = response.status();
        let body = response.bounded(MAX_BODY_BYTES).await;
        let broken = |_| "its authorization server broke off its answer".to_owned();
        Ok(Reply { status, body: body.map_err(broken)?.to_vec() })
    }
}

/// Names and values as a form's text, which is also a query's.
pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    let mut url = EMPTY.clone();
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}

/// The one way to the encoder that needs no further dependency.
static EMPTY: std::sync::LazyLock<Url> = std::sync::LazyLock::new(|| {
    // A constant that parses.
    #[allow(clippy::unwrap_used, reason = "the text is a constant address")]
    Url::parse("http://localhost/").unwrap()
});

fn is_local(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_addresses_are_gone_to_unless_all_is_on_this_machine() {
        let rows = [
            ("https://mcp.example/", "https://as.example/token", true),
            ("https://mcp.example/", "http://as.example/token", false),
            ("https://mcp.example/", "http://127.0.0.1/token", false),
            ("https://mcp.example/", "http://localhost:80/token", false),
            ("http://127.0.0.1:9/mcp", "http://localhost:8/token", true),
            ("http://127.0.0.1:9/mcp", "http://169.254.169.254/latest", false),
            ("http://127.0.0.1:9/mcp", "file:///etc/passwd", false),
            ("http://127.0.0.1:9/mcp", "nonsense", false),
        ];
        for (server, address, expected) in rows {
            let exchange = Exchange::new(&Url::parse(server).unwrap()).unwrap();
            assert_eq!(exchange.checked(address).is_ok(), expected, "{server} {address}");
        }
        assert_eq!(encoded(&[("a b", "c&d"), ("e", "ø")]), "a+b=c%26d&e=%C3%B8");
    }
}
