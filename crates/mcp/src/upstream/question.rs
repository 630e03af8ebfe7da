//! What a server may ask of a client.
//!
//! In: a method, its parameters and what the client can be asked. Out:
//! whether the question may be put, or why not. It puts no question itself.

use dispatch::Offers;
use serde_json::Value;
use serde_json::value::RawValue;

/// The longest question, in bytes of JSON: a client may be asked to sample
/// over a conversation with pictures in it.
const MAX_QUESTION_BYTES: usize = 4 * 1024 * 1024;

/// Words that name what a form may not ask for, in lower case, without
/// anything between them.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "bearertoken",
    "credential",
    "creditcard",
    "cardnumber",
    "cvv",
    "socialsecurity",
    "seedphrase",
    "recoverycode",
    "onetimecode",
    "pincode",
];

/// The JSON-RPC code for a question that the client cannot be asked.
pub(crate) const NOT_OFFERED: i64 = -32601;

/// The JSON-RPC code for a question that may not be put.
pub(crate) const NOT_ALLOWED: i64 = -32602;

/// Why a question is not put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// JSON-RPC's number for it.
    pub(crate) code: i64,
    /// In words, for the server.
    pub(crate) message: &'static str,
}

const fn no(code: i64, message: &'static str) -> Refusal {
    Refusal { code, message }
}

/// Whether a server's question may be put to a client with these offers.
///
/// # Errors
///
/// Why it may not.
pub(crate) fn vet(method: &str, params: Option<&RawValue>, offers: Offers) -> Result<(), Refusal> {
    if params.is_some_and(|params| params.get().len() > MAX_QUESTION_BYTES) {
        return Err(no(NOT_ALLOWED, "the question is too long"));
    }
    let absent = |message| no(NOT_OFFERED, message);
    match method {
        "sampling/createMessage" if offers.sampling => Ok(()),
        "sampling/createMessage" => Err(absent("the client does not offer sampling")),
        "roots/list" if offers.roots => Ok(()),
        "roots/list" => Err(absent("the client does not offer roots")),
        "elicitation/create" => vet_elicitation(params, offers),
        _ => Err(absent("this client does not offer that")),
    }
}

fn vet_elicitation(params: Option<&RawValue>, offers: Offers) -> Result<(), Refusal> {
    let params: Value = params.and_then(|params| serde_json::from_str(params.get()).ok()).unwrap_or_default();
    match params["mode"].as_str() {
        Some("url") if !offers.urls => Err(no(NOT_ALLOWED, "the client cannot be sent to an address")),
        Some("url") => match params["url"].as_str() {
            Some(url) if is_safe(url) => Ok(()),
            _ => Err(no(NOT_ALLOWED, "a client is sent to https addresses only")),
        },
        None | Some("form") if !offers.forms => Err(no(NOT_OFFERED, "the client cannot be shown a form")),
        None | Some("form") => {
            let asks_secret = params["requestedSchema"]["properties"].as_object().into_iter().flatten();
            if asks_secret.into_iter().any(|(name, property)| is_secret(name, property)) {
                return Err(no(NOT_ALLOWED, "a form may not ask for secrets"));
            }
            Ok(())
        }
        Some(_) => Err(no(NOT_ALLOWED, "there is no such mode of elicitation")),
    }
}

/// Whether an address is one a person may be sent to: encrypted, without
/// credentials or control characters in it.
fn is_safe(url: &str) -> bool {
    let clean = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    let parsed = reqwest::Url::parse(url).ok().filter(|_| clean);
    parsed.is_some_and(|url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none())
}

fn is_secret(name: &str, property: &Value) -> bool {
    let title = property["title"].as_str().unwrap_or_default();
    let names_one = [name, title].into_iter().any(|text| {
        let bare: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        SECRETS.iter().any(|secret| bare.contains(secret))
    });
    names_one || property["format"] == "password" || property["writeOnly"] == true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::upstream::handshake::raw;

    const ALL: Offers = Offers { sampling: true, forms: true, urls: true, roots: true, later: false };

    fn form(properties: Value) -> Value {
        json!({"message": "?", "requestedSchema": {"type": "object", "properties": properties}})
    }

    fn url(url: &str) -> Value {
        json!({"mode": "url", "message": "?", "elicitationId": "1", "url": url})
    }

    #[test]
    fn only_what_is_offered_and_harmless_is_put() {
        let rows = [
            ("sampling/createMessage", json!({}), None),
            ("roots/list", json!(null), None),
            ("tools/list", json!({}), Some("this client does not offer that")),
            ("elicitation/create", form(json!({"city": {"type": "string"}, "tokens": {"type": "integer"}})), None),
            ("elicitation/create", form(json!({"db_Password": {}})), Some("a form may not ask for secrets")),
            (
                "elicitation/create",
                form(json!({"k": {"title": "Your API key"}})),
                Some("a form may not ask for secrets"),
            ),
            ("elicitation/create", form(json!({"k": {"format": "password"}})), Some("a form may not ask for secrets")),
            ("elicitation/create", url("https://example.org/x?y"), None),
            ("elicitation/create", url("http://example.org"), Some("a client is sent to https addresses only")),
            ("elicitation/create", url("javascript:alert(1)"), Some("a client is sent to https addresses only")),
            ("elicitation/create", url("file:///etc/passwd"), Some("a client is sent to https addresses only")),
            ("elicitation/create", url("https://bank@evil.example"), Some("a client is sent to https addresses only")),
            ("elicitation/create", url("java\nscript:x"), Some("a client is sent to https addresses only")),
            ("elicitation/create", json!({"mode": "url"}), Some("a client is sent to https addresses only")),
            ("elicitation/create", json!({"mode": "hologram"}), Some("there is no such mode of elicitation")),
        ];
        for (method, params, expected) in rows {
            let refused = vet(method, Some(&raw(&params)), ALL).err().map(|refusal| refusal.message);
            assert_eq!(refused, expected, "{method} {params}");
            assert!(vet(method, Some(&raw(&params)), Offers::default()).is_err(), "offered nothing: {method}");
        }
        let endless = raw(&json!("x".repeat(MAX_QUESTION_BYTES)));
        assert!(vet("sampling/createMessage", Some(&endless), ALL).is_err());
    }
}
