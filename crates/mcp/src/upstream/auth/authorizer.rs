//! Gets and keeps permission to use one server.
//!
//! In: a challenge. Out: a token that meets it, or why there is none. Of
//! requests that are challenged together one gets the token for all.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::challenge::Challenge;
use super::client::Client;
use super::code::Visit;
use super::exchange::Exchange;
use super::metadata::{Issuer, of_issuer, of_resource};
use super::scopes::{Offer, chosen};
use super::settings::{Authorization, Grant, Secret};
use super::token::Token;
use super::wallet::Permission;

/// Permission to use one server.
pub(crate) struct Authorizer {
    settings: Authorization,
    server: Url,
    exchange: Exchange,
    bearer: ArcSwapOption<HeaderValue>,
    known: Mutex<Known>,
    turn: Semaphore,
}

/// What was learnt on the way to a token.
#[derive(Default)]
struct Known {
    client: Option<Client>,
    /// Every scope that was asked for.
    asked: BTreeSet<String>,
    /// What renews the token, and whose it is.
    refresh: Option<(String, Secret)>,
}

/// Where a token comes from.
struct Source {
    issuer: Issuer,
    client: Client,
    scope: String,
    resource: String,
}

impl Authorizer {
    /// For a server at this address.
    pub(crate) fn new(settings: Authorization, server: &str) -> Result<Self, String> {
        let server = Url::parse(server).map_err(|error| error.to_string())?;
        let exchange = Exchange::new(&server)?;
        let (bearer, known) = (ArcSwapOption::default(), Mutex::default());
        Ok(Self { settings, server, exchange, bearer, known, turn: Semaphore::new(1) })
    }

    /// The value of the header `Authorization`, once there is one.
    pub(crate) fn bearer(&self) -> Option<Arc<HeaderValue>> {
        self.bearer.load_full()
    }

    /// Gets a token that meets a challenge to a request that carried `used`;
    /// `false` when there is none that was not tried.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(crate) async fn meet(&self, challenge: &Challenge, used: Option<&HeaderValue>) -> Result<bool, String> {
        let _turn = self.turn.acquire().await;
        // Somebody else may have got a new one meanwhile.
        if self.bearer.load().as_deref() != used {
            return Ok(true);
        }
        if self.adopted().await && self.bearer.load().as_deref() != used {
            return Ok(true);
        }
        if let Grant::Person { browser, .. } = &self.settings.grant
            && self.known().refresh.is_none()
        {
            browser.attended().map_err(|fault| fault.message)?;
        }
        let wants_more = challenge.error.as_deref() == Some("insufficient_scope");
        let (source, grows) = self.source(challenge).await?;
        if wants_more && !grows {
            return Ok(false);
        }
        let renewed = if wants_more { None } else { self.renewed(&source).await };
        let token = match (renewed, &self.settings.grant) {
            (Some(token), _) => token,
            (None, Grant::Client) => self.granted(&source, &[("grant_type", "client_credentials")]).await?,
            (None, Grant::Person { browser, redirect_uri }) => {
                let visit = Visit::new()?;
                let Source { issuer, client, scope, resource } = &source;
                let address = visit.address(issuer, client, redirect_uri, scope, resource)?;
                // It names no other kind of thing to open.
                let address = self.exchange.checked(&address)?.to_string();
                let back = browser.visit(address).await.map_err(|fault| fault.message)?;
                let code = visit.code(&back, issuer)?;
                let form = [
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("redirect_uri", redirect_uri),
                    ("code_verifier", &visit.verifier),
                ];
                self.granted(&source, &form).await?
            }
        };
        self.keep(&source, &token).await;
        let mut known = self.known();
        known.refresh = token.refresh.map(|refresh| (source.issuer.issuer.clone(), refresh));
        known.client = Some(source.client);
        drop(known);
        self.bearer.store(Some(Arc::new(token.bearer)));
        Ok(true)
    }

    /// Takes over what is kept, unless it is what there is already; whether
    /// something was taken over. A person, or another process, may have got it
    /// meanwhile.
    async fn adopted(&self) -> bool {
        let Some(wallet) = self.settings.wallet.clone() else { return false };
        let kept = spawn_blocking(move || wallet.kept()).await.ok().flatten();
        let Some((kept, bearer)) = kept.and_then(|kept| kept.bearer().map(|bearer| (kept, bearer))) else {
            return false;
        };
        if self.bearer.load().as_deref() == Some(&bearer) {
            return false;
        }
        let mut known = self.known();
        known.refresh = kept.refresh();
        known.client = kept.client();
        known.asked.extend(kept.scopes().iter().cloned());
        drop(known);
        self.bearer.store(Some(Arc::new(bearer)));
        true
    }

    /// Keeps what was given.
    async fn keep(&self, source: &Source, token: &Token) {
        let Some(wallet) = self.settings.wallet.clone() else { return };
        // Whom the operator names stands in the configuration.
        let client = self.settings.client.is_none().then_some(&source.client);
        let scopes = source.scope.split_whitespace().map(str::to_owned).collect();
        let issuer = &source.issuer.issuer;
        let given = (scopes, token.lasts);
        let permission = Permission::of(issuer, client, &token.bearer, token.refresh.as_ref(), given);
        if let Some(permission) = permission {
            // What cannot be kept is good for this process all the same.
            let _ = spawn_blocking(move || wallet.keep(&permission)).await;
        }
    }

    /// Where to get a token, and whether it would be for more than any
    /// before.
    async fn source(&self, challenge: &Challenge) -> Result<(Source, bool), String> {
        let named = challenge.resource_metadata.as_deref();
        let resource = of_resource(&self.exchange, &self.server, named).await?;
        let issuers = resource.as_ref().map_or(&[][..], |resource| &resource.authorization_servers);
        // A server of the first revision with authorization gives it itself.
        let own = self.server.origin().ascii_serialization();
        let issuer = of_issuer(&self.exchange, issuers.first().unwrap_or(&own)).await?;
        let known_client = self.known().client.clone().filter(|client| client.issuer == issuer.issuer);
        let client = match known_client {
            Some(client) => client,
            None => Client::known_to(&issuer, &self.settings, &self.exchange).await?,
        };
        let offer = Offer {
            challenged: challenge.scope.as_deref(),
            by_resource: resource.as_ref().and_then(|resource| resource.scopes_supported.as_deref()),
            by_issuer: &issuer.scopes_supported,
        };
        let mut known = self.known();
        let scopes = chosen(&known.asked, offer);
        let grows = scopes.len() > known.asked.len();
        known.asked.clone_from(&scopes);
        drop(known);
        let scope = scopes.into_iter().collect::<Vec<_>>().join(" ");
        let resource = resource.map_or_else(|| self.server.to_string(), |resource| resource.resource);
        Ok((Source { issuer, client, scope, resource }, grows))
    }

    /// A token without asking anybody; `None` when that is not possible.
    async fn renewed(&self, source: &Source) -> Option<Token> {
        let (issuer, refresh) = self.known().refresh.take()?;
        if issuer != source.issuer.issuer {
            return None;
        }
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.reveal())];
        let mut token = self.granted(source, &form).await.ok()?;
        // It goes on to hold where no other is given.
        token.refresh = token.refresh.or(Some(refresh));
        Some(token)
    }

    async fn granted(&self, source: &Source, grant: &[(&str, &str)]) -> Result<Token, String> {
        let mut form: Vec<(&str, &str)> = grant.to_vec();
        form.push(("resource", &source.resource));
        if !source.scope.is_empty() && grant.first() == Some(&("grant_type", "client_credentials")) {
            form.push(("scope", &source.scope));
        }
        let proof = source.client.prove(&mut form);
        let endpoint = self.exchange.checked(&source.issuer.token_endpoint)?;
        let reply = self.exchange.post_form(&endpoint, &form, proof).await?;
        if !reply.status.is_success() {
            return Err(format!("its authorization server gave no token (HTTP status {})", reply.status.as_u16()));
        }
        Token::read(&reply.body).map_err(str::to_owned)
    }

    /// Every change is made whole before the lock is let go.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
