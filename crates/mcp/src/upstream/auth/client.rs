//! Who we are to an authorization server.
//!
//! In: what the operator says, and what the authorization server takes. Out:
//! a client id, and how to prove it. What one authorization server knows is
//! never shown to another.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::exchange::{Exchange, encoded};
use super::metadata::Issuer;
use super::settings::{Authorization, Grant, Secret};

/// The ways to show a secret, as authorization servers name them.
const BASIC: &str = "client_secret_basic";
const POST: &str = "client_secret_post";

/// Who we are to one authorization server.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The authorization server that knows us so.
    pub(crate) issuer: String,
    pub(crate) id: String,
    proof: Proof,
}

/// How we prove it.
#[derive(Clone, Debug)]
enum Proof {
    None,
    Basic(Secret),
    Post(Secret),
}

/// Who we registered as, and how we prove it.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct KeptClient {
    id: String,
    /// `client_secret_basic` or `client_secret_post`, and the secret; `None`
    /// where we have nothing to prove it with.
    #[serde(default)]
    proof: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    token_endpoint_auth_method: Option<String>,
}

impl Client {
    /// Who we are to this authorization server: whom the operator names, or
    /// what can be read at an address of ours, or whoever we register as.
    ///
    /// # Errors
    ///
    /// Why it can know us in no way.
    pub(crate) async fn known_to(
        issuer: &Issuer,
        settings: &Authorization,
        exchange: &Exchange,
    ) -> Result<Self, String> {
        let same = |named: &String| named.trim_end_matches('/') == issuer.issuer.trim_end_matches('/');
        if let Some(client) = settings.client.as_ref().filter(|client| client.issuer.as_ref().is_none_or(same)) {
            let proof = Proof::among(issuer, None, client.secret.clone());
            return Ok(Self { issuer: issuer.issuer.clone(), id: client.id.clone(), proof });
        }
        if let (true, Some(url)) = (issuer.client_id_metadata_document_supported, &settings.metadata_url) {
            return Ok(Self { issuer: issuer.issuer.clone(), id: url.clone(), proof: Proof::None });
        }
        let Some(endpoint) = &issuer.registration_endpoint else {
            return Err("its authorization server does not know us, and takes no registration".to_owned());
        };
        let Grant::Person { redirect_uri, .. } = &settings.grant else {
            return Err("its authorization server does not know this client".to_owned());
        };
        let document = json!({
            "client_name": "concertmaster",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "application_type": "native",
            "token_endpoint_auth_method": Proof::preferred(issuer),
        });
        let reply = exchange.post_json(&exchange.checked(endpoint)?, &document).await?;
        let refused = || "its authorization server refused to register us".to_owned();
        let registered = Some(reply).filter(|reply| reply.status.is_success());
        let registered = registered.and_then(|reply| serde_json::from_slice::<Registered>(&reply.body).ok());
        let Registered { client_id, client_secret, token_endpoint_auth_method } = registered.ok_or_else(refused)?;
        let proof = Proof::among(issuer, token_endpoint_auth_method.as_deref(), client_secret.map(Secret::new));
        Ok(Self { issuer: issuer.issuer.clone(), id: client_id, proof })
    }

    /// The same, to be kept.
    pub(crate) fn kept(&self) -> KeptClient {
        let proof = match &self.proof {
            Proof::None => None,
            Proof::Basic(secret) => Some((BASIC.to_owned(), secret.reveal().to_owned())),
            Proof::Post(secret) => Some((POST.to_owned(), secret.reveal().to_owned())),
        };
        KeptClient { id: self.id.clone(), proof }
    }

    /// As it was kept.
    pub(crate) fn of_kept(issuer: &str, kept: KeptClient) -> Self {
        let proof = match kept.proof {
            None => Proof::None,
            Some((method, secret)) if method == POST => Proof::Post(Secret::new(secret)),
            Some((_, secret)) => Proof::Basic(Secret::new(secret)),
        };
        Self { issuer: issuer.to_owned(), id: kept.id, proof }
    }

    /// Adds the proof to a token request: a header, or members of its form.
    pub(crate) fn prove<'a>(&'a self, form: &mut Vec<(&'a str, &'a str)>) -> Option<HeaderValue> {
        match &self.proof {
            Proof::None => form.push(("client_id", &self.id)),
            Proof::Post(secret) => form.extend([("client_id", self.id.as_str()), ("client_secret", secret.reveal())]),
            Proof::Basic(secret) => {
                let part = |text: &str| encoded(&[("", text)]).trim_start_matches('=').to_owned();
                let pair = format!("{}:{}", part(&self.id), part(secret.reveal()));
                let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair))).ok()?;
                value.set_sensitive(true);
                return Some(value);
            }
        }
        None
    }
}

impl Proof {
    /// What to register with.
    fn preferred(issuer: &Issuer) -> &'static str {
        let methods = issuer.token_endpoint_auth_methods_supported.as_deref();
        let takes = |method: &str| methods.is_some_and(|methods| methods.iter().any(|known| known == method));
        let known = ["none", POST, BASIC];
        known.into_iter().find(|method| takes(method)).unwrap_or(BASIC)
    }

    /// How to use a secret, if there is one.
    fn among(issuer: &Issuer, agreed: Option<&str>, secret: Option<Secret>) -> Self {
        let Some(secret) = secret else { return Self::None };
        let methods = issuer.token_endpoint_auth_methods_supported.as_deref();
        let takes = |method: &str| methods.is_some_and(|methods| methods.iter().any(|known| known == method));
        match agreed {
            Some("none") => Self::None,
            Some(POST) => Self::Post(secret),
            Some(BASIC) => Self::Basic(secret),
            _ if methods.is_none() || takes(BASIC) => Self::Basic(secret),
            _ if takes(POST) => Self::Post(secret),
            _ => Self::None,
        }
    }
}
