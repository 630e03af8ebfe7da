//! Who gives permission to use a server, as the server and the authorization
//! server say.
//!
//! In: a server's address and its challenge. Out: metadata that agrees with
//! where it was found. Every address in it is checked before it is used.

use reqwest::Url;
use serde::Deserialize;

use super::exchange::Exchange;

/// What a server says of its authorization (RFC 9728).
#[derive(Debug, Deserialize)]
pub(crate) struct Resource {
    /// What permission is for.
    pub(crate) resource: String,
    /// Who gives it.
    #[serde(default)]
    pub(crate) authorization_servers: Vec<String>,
    /// The scopes it knows.
    #[serde(default)]
    pub(crate) scopes_supported: Option<Vec<String>>,
}

/// What an authorization server says of itself (RFC 8414, OpenID Connect).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Issuer {
    /// Its name.
    pub(crate) issuer: String,
    #[serde(default)]
    pub(crate) authorization_endpoint: Option<String>,
    pub(crate) token_endpoint: String,
    #[serde(default)]
    pub(crate) registration_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) scopes_supported: Vec<String>,
    #[serde(default)]
    pub(crate) code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) client_id_metadata_document_supported: bool,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// The server's word on its authorization; `None` when it gives none, as
/// servers of the first revision with authorization do.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) async fn of_resource(
    exchange: &Exchange,
    server: &Url,
    named: Option<&str>,
) -> Result<Option<Resource>, String> {
    let places = match named {
        Some(named) => {
            let place = Url::parse(named).ok().filter(|place| place.origin() == server.origin());
            vec![place.ok_or("it names metadata that is not its own")?]
        }
        None => resource_places(server),
    };
    let Some(resource) = first::<Resource>(exchange, &places).await? else { return Ok(None) };
    if !covers(&resource.resource, server) {
        return Err("its metadata is for another server".to_owned());
    }
    Ok(Some(resource))
}

/// An authorization server's word on itself.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) async fn of_issuer(exchange: &Exchange, issuer: &str) -> Result<Issuer, String> {
    let url = exchange.checked(issuer)?;
    let found = first::<Issuer>(exchange, &issuer_places(&url)).await?;
    let found = found.ok_or("its authorization server says nothing of itself")?;
    // Two servers that could speak for each other are one server.
    if found.issuer != issuer && found.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err("its authorization server gives itself another name".to_owned());
    }
    for endpoint in
        [Some(&found.token_endpoint), found.authorization_endpoint.as_ref(), found.registration_endpoint.as_ref()]
    {
        endpoint.map(|endpoint| exchange.checked(endpoint)).transpose()?;
    }
    Ok(found)
}

async fn first<T: for<'de> Deserialize<'de>>(exchange: &Exchange, places: &[Url]) -> Result<Option<T>, String> {
    for place in places {
        if let Some(body) = exchange.get(place).await? {
            let read = serde_json::from_slice(&body);
            return read.map(Some).map_err(|_| format!("what is at `{}` is no metadata", place.path()));
        }
    }
    Ok(None)
}

/// Where a server's metadata may be, most telling first.
fn resource_places(server: &Url) -> Vec<Url> {
    const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
    let path = server.path().trim_end_matches('/');
    let mut places = Vec::new();
    if !path.is_empty() {
        places.push(at(server, &format!("{WELL_KNOWN}{path}")));
    }
    places.push(at(server, WELL_KNOWN));
    places
}

/// Where an authorization server's metadata may be, most telling first.
fn issuer_places(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut places = vec![
        at(issuer, &format!("/.well-known/oauth-authorization-server{path}")),
        at(issuer, &format!("/.well-known/openid-configuration{path}")),
    ];
    if !path.is_empty() {
        places.push(at(issuer, &format!("{path}/.well-known/openid-configuration")));
    }
    places
}

fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Whether metadata for this resource is metadata for this server.
fn covers(resource: &str, server: &Url) -> bool {
    let Ok(resource) = Url::parse(resource) else { return false };
    let path = resource.path().trim_end_matches('/');
    let below = server.path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    resource.origin() == server.origin() && below
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(places: Vec<Url>) -> Vec<String> {
        places.iter().map(|place| place.path().to_owned()).collect()
    }

    #[test]
    fn metadata_is_looked_for_in_the_right_places() {
        let url = |url| Url::parse(url).unwrap();
        let resource = "/.well-known/oauth-protected-resource";
        assert_eq!(paths(resource_places(&url("https://a/mcp/?q"))), [format!("{resource}/mcp"), resource.to_owned()]);
        assert_eq!(paths(resource_places(&url("https://a"))), [resource]);
        let issuer = ["/.well-known/oauth-authorization-server/t", "/.well-known/openid-configuration/t"];
        let expected = [issuer[0], issuer[1], "/t/.well-known/openid-configuration"];
        assert_eq!(paths(issuer_places(&url("https://a/t"))), expected);
        assert_eq!(paths(issuer_places(&url("https://a/"))).len(), 2);
    }

    #[test]
    fn metadata_is_for_its_own_server_only() {
        let rows = [
            ("https://a/mcp", true),
            ("https://a/", true),
            ("https://a", true),
            ("https://a/mcp/", true),
            ("https://a/mc", false),
            ("https://a/other", false),
            ("https://b/mcp", false),
            ("http://a/mcp", false),
            ("nonsense", false),
        ];
        for (resource, expected) in rows {
            assert_eq!(covers(resource, &Url::parse("https://a/mcp").unwrap()), expected, "{resource}");
        }
    }
}
