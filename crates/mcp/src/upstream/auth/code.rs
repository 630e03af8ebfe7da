//! Permission from a person: one visit to the authorization server, bound to
//! us by a state and a secret that only we know.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use super::client::Client;
use super::metadata::Issuer;

/// Random bytes in a state and in a verifier.
const RANDOM_BYTES: usize = 32;

/// One visit.
pub(crate) struct Visit {
    state: String,
    /// What proves that the code is redeemed by whoever asked for it.
    pub(crate) verifier: String,
}

impl Visit {
    /// A visit that nobody can guess.
    pub(crate) fn new() -> Result<Self, String> {
        Ok(Self { state: random()?, verifier: random()? })
    }

    /// Where the person is brought. `scope` is separated by spaces.
    pub(crate) fn address(
        &self,
        issuer: &Issuer,
        client: &Client,
        redirect_uri: &str,
        scope: &str,
        resource: &str,
    ) -> Result<String, String> {
        let endpoint = issuer.authorization_endpoint.as_deref();
        let endpoint = endpoint.ok_or("its authorization server has no place to bring a person to")?;
        let methods = issuer.code_challenge_methods_supported.as_deref().unwrap_or_default();
        if !methods.iter().any(|method| method == "S256") {
            return Err("its authorization server cannot bind a code to us (no S256)".to_owned());
        }
        let mut url = Url::parse(endpoint).map_err(|_| "its authorization endpoint is no address".to_owned())?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier.as_bytes()));
        let mut query = url.query_pairs_mut();
        query.extend_pairs([
            ("response_type", "code"),
            ("client_id", &client.id),
            ("redirect_uri", redirect_uri),
            ("state", &self.state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", resource),
        ]);
        if !scope.is_empty() {
            query.append_pair("scope", scope);
        }
        drop(query);
        Ok(url.into())
    }

    /// The code that the person brought back.
    ///
    /// # Errors
    ///
    /// Why what they brought back cannot be trusted, or that they were
    /// refused.
    pub(crate) fn code(&self, back: &str, issuer: &Issuer) -> Result<String, String> {
        let url = Url::parse(back).map_err(|_| "the person came back to no address".to_owned())?;
        let one = |name: &str| {
            let mut values = url.query_pairs().filter(|(known, _)| known == name).map(|(_, value)| value.into_owned());
            let first = values.next();
            if values.next().is_some() { Err(format!("the answer names `{name}` twice")) } else { Ok(first) }
        };
        if one("state")?.as_deref() != Some(self.state.as_str()) {
            return Err("the answer is to another question".to_owned());
        }
        match one("iss")? {
            Some(iss) if iss != issuer.issuer => {
                return Err("the answer comes from another authorization server".to_owned());
            }
            None if issuer.authorization_response_iss_parameter_supported => {
                return Err("the answer does not say which authorization server it comes from".to_owned());
            }
            _ => {}
        }
        if one("error")?.is_some() {
            return Err("permission was refused".to_owned());
        }
        one("code")?.ok_or_else(|| "the answer holds no code".to_owned())
    }
}

fn random() -> Result<String, String> {
    let mut bytes = [0; RANDOM_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| "this machine has no random numbers".to_owned())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn issuer(advertises: bool) -> Issuer {
        serde_json::from_value(json!({
            "issuer": "https://as.example",
            "token_endpoint": "https://as.example/token",
            "authorization_response_iss_parameter_supported": advertises,
        }))
        .unwrap()
    }

    #[test]
    fn an_answer_must_be_to_our_question_and_from_whom_we_asked() {
        let visit = Visit { state: "s".into(), verifier: "v".into() };
        let rows = [
            ("state=s&code=c", false, true),
            ("state=s&code=c&iss=https%3A%2F%2Fas.example", true, true),
            ("state=s&code=c&iss=https%3A%2F%2Fas.example", false, true),
            ("state=s&code=c", true, false),
            ("state=s&code=c&iss=https%3A%2F%2Fas.example%2F", true, false),
            ("state=s&code=c&iss=https%3A%2F%2Fevil.example", false, false),
            ("state=t&code=c", false, false),
            ("code=c", false, false),
            ("state=s&state=s&code=c", false, false),
            ("state=s&error=access_denied", false, false),
            ("state=s", false, false),
        ];
        for (query, advertises, good) in rows {
            let code = visit.code(&format!("http://localhost/cb?{query}"), &issuer(advertises));
            assert_eq!(code.is_ok(), good, "{query} {advertises}: {code:?}");
        }
        assert_ne!(random().unwrap(), random().unwrap());
    }
}
