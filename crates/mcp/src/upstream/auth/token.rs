//! What an authorization server gave.

use reqwest::header::HeaderValue;
use serde::Deserialize;

use super::settings::Secret;

/// An access token, and what renews it.
#[derive(Debug)]
pub(crate) struct Token {
    /// The value of the header `Authorization`.
    pub(crate) bearer: HeaderValue,
    /// What renews it without asking anybody.
    pub(crate) refresh: Option<Secret>,
    /// For how long the access token holds, in seconds, where it is said.
    pub(crate) lasts: Option<u64>,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    refresh_token: Option<String>,
    /// Some write it as a text; then it is not known.
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
}

impl Token {
    /// Reads the answer to a token request; `Err` says what is wrong with it.
    pub(crate) fn read(body: &[u8]) -> Result<Self, &'static str> {
        let given: Given = serde_json::from_slice(body).map_err(|_| "its answer holds no access token")?;
        if given.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err("it gave a token of a kind that cannot be used");
        }
        let bearer = HeaderValue::try_from(format!("Bearer {}", given.access_token));
        let mut bearer = bearer.map_err(|_| "its access token is none")?;
        bearer.set_sensitive(true);
        let lasts = given.expires_in.as_ref().and_then(serde_json::Value::as_u64);
        Ok(Self { bearer, refresh: given.refresh_token.map(Secret::new), lasts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_taken_and_none_is_shown() {
        let rows = [
            (r#"{"access_token":"a","token_type":"bearer","refresh_token":"r"}"#, true),
            (r#"{"access_token":"a"}"#, true),
            (r#"{"access_token":"a","token_type":"mac"}"#, false),
            (r#"{"access_token":"a\nb","token_type":"Bearer"}"#, false),
            (r#"{"token_type":"Bearer"}"#, false),
        ];
        for (body, good) in rows {
            assert_eq!(Token::read(body.as_bytes()).is_ok(), good, "{body}");
        }
        let shown = format!("{:?}", Token::read(br#"{"access_token":"sesame","refresh_token":"open"}"#));
        assert!(!shown.contains("sesame") && !shown.contains("open"), "{shown}");
    }
}
