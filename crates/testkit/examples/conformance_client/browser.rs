//! A browser with nobody before it: it agrees to everything.

use futures::future::BoxFuture;
use mcp::upstream::Browser;
use query::{Blame, Fault};
use reqwest::Client;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;

/// Goes to an address and notes where it is sent.
pub(crate) struct NobodysBrowser;

impl Browser for NobodysBrowser {
    fn visit(&self, url: String) -> BoxFuture<'_, Result<String, Fault>> {
        Box::pin(async move {
            let fault = |message: String| Fault::lasting(Blame::Upstream, "no_permission", message);
            let client = Client::builder().redirect(Policy::none()).build();
            let client = client.map_err(|error| fault(error.to_string()))?;
            let response = client.get(url).send().await.map_err(|error| fault(error.to_string()))?;
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            location.map(str::to_owned).ok_or_else(|| fault("nobody was sent back".to_owned()))
        })
    }
}
