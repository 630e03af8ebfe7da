//! Who may come in at all: decided from the head of a request, on every route
//! and for every method, before anything is read of it.
//!
//! A page in a browser on this machine reaches this server, too, and so does
//! a name that somebody else's DNS points here. Neither may call.

use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, ORIGIN};
use hyper::http::uri::Authority;
use hyper::{HeaderMap, StatusCode, Uri};

use super::fields::single;
use super::server::HttpConfig;

/// Names of this machine.
const OURS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How nearly all clients say what they accept.
const USUAL: &str = "application/json, text/event-stream";

/// Whom to let in.
pub(super) struct Guard {
    hosts: Vec<(String, Option<u16>)>,
    origins: Vec<Origin>,
}

/// Where a page comes from.
#[derive(Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// Why somebody is turned away, and with which status.
pub(super) type Turned = (StatusCode, &'static str);

impl Guard {
    pub(super) fn new(config: &HttpConfig) -> Self {
        let ours = OURS.into_iter().map(|host| (host.to_owned(), None));
        // Whoever connected to the address may call it by that.
        let address = config.address.ip();
        let own = (!address.is_unspecified()).then(|| (address.to_string(), None));
        let named = config.allowed_hosts.iter().filter_map(|host| authority(host)).chain(own);
        let origins = config.allowed_origins.iter().filter_map(|origin| Origin::read(origin)).collect();
        Self { hosts: ours.chain(named).collect(), origins }
    }

    /// Whether the request may come in.
    pub(super) fn admit(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Turned> {
        let named = uri.authority().map(|named| authority(named.as_str()));
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            // No page's, to this machine by its own name: nearly all are that.
            (Some(host), None) if is_sole(uri, headers) && is_plainly_ours(host) => return Ok(()),
            // Of two names for one host a proxy may have looked at the other.
            (Some(host), None) => {
                let host = host.to_str().ok().and_then(authority);
                host.filter(|host| named.as_ref().is_none_or(|named| named.as_ref() == Some(host)))
            }
            (None, _) => named.flatten(),
            (Some(_), Some(_)) => None,
        };
        let Some(host) = host else { return Err((StatusCode::BAD_REQUEST, "one Host header is needed")) };
        if !self.hosts.iter().any(|(name, port)| *name == host.0 && (port.is_none() || *port == host.1)) {
            return Err((StatusCode::FORBIDDEN, "this host is not served here"));
        }
        let refused = Err((StatusCode::FORBIDDEN, "pages of this origin may not call"));
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return Ok(()),
            (Some(origin), None) => origin.to_str().ok().and_then(Origin::read),
            (Some(_), Some(_)) => None,
        };
        let Some(origin) = origin else { return refused };
        // A page of this very server: the name it was reached by was checked.
        let own = origin.scheme == "http" && origin.host == host.0 && origin.port == Some(host.1.unwrap_or(80));
        if own || self.origins.contains(&origin) { Ok(()) } else { refused }
    }
}

impl Origin {
    fn read(text: &str) -> Option<Self> {
        let uri: Uri = text.trim().parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let usual = match scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        let (host, port) = authority(uri.authority()?.as_str())?;
        Some(Self { host, port: port.or(usual), scheme })
    }
}

/// Whether the host is named once, and no page asks.
fn is_sole(uri: &Uri, headers: &HeaderMap) -> bool {
    uri.authority().is_none() && !headers.contains_key(ORIGIN)
}

/// Whether a host is this machine's own name, with a port or without, and
/// that can be told at sight.
fn is_plainly_ours(host: &HeaderValue) -> bool {
    let is_port = |port: &[u8]| (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    let rest = OURS[..2].iter().find_map(|own| host.as_bytes().strip_prefix(own.as_bytes()));
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix(b":").is_some_and(is_port))
}

fn authority(text: &str) -> Option<(String, Option<u16>)> {
    let authority: Authority = text.trim().parse().ok()?;
    // What is before an `@` is no host, nor is what follows a bracket, and
    // nothing honest puts it there.
    let rest = authority.as_str().strip_prefix(authority.host())?;
    let port = authority.port_u16();
    let whole = match rest.strip_prefix(':') {
        None => rest.is_empty(),
        Some(digits) => digits.is_empty() || digits.bytes().all(|byte| byte.is_ascii_digit()) && port.is_some(),
    };
    whole.then(|| (normal(authority.host()), port))
}

fn normal(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

/// Whether a request with a body says that it is JSON and takes either kind
/// of answer.
pub(super) fn admit_body(headers: &HeaderMap) -> Result<(), Turned> {
    let kind = single(headers, &CONTENT_TYPE).ok().flatten().unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type is to be application/json"));
    }
    let as_usual = |value: &HeaderValue| value == USUAL;
    if headers.get(ACCEPT).is_some_and(as_usual)
        || accepts(headers, "application/json") && accepts(headers, "text/event-stream")
    {
        return Ok(());
    }
    Err((StatusCode::NOT_ACCEPTABLE, "Accept is to name application/json and text/event-stream"))
}

/// Whether a client that wants a stream says so.
pub(super) fn admit_stream(headers: &HeaderMap) -> Result<(), Turned> {
    if accepts(headers, "text/event-stream") {
        return Ok(());
    }
    Err((StatusCode::NOT_ACCEPTABLE, "Accept is to name text/event-stream"))
}

fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let fits = |entry: &str| {
        let mut parts = entry.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let family = kind.split('/').next().unwrap_or_default();
        let named = range.eq_ignore_ascii_case(kind)
            || range == "*/*"
            || range.strip_suffix("/*").is_some_and(|range| range.eq_ignore_ascii_case(family));
        named && !parts.any(|part| matches!(part, "q=0" | "q=0." | "q=0.0" | "q=0.00" | "q=0.000"))
    };
    let values = headers.get_all(ACCEPT).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(host: &str, origin: Option<&str>) -> u16 {
        let config = HttpConfig {
            allowed_hosts: vec!["desk.example".into(), "other.example:8443".into()],
            allowed_origins: vec!["https://desk.example".into()],
            ..HttpConfig::local(([127, 0, 0, 1], 0).into())
        };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        Guard::new(&config)
            .admit(&Uri::from_static("/mcp"), &headers)
            .map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn hosts_and_origins() {
        let rows = [
            ("localhost", None, 200),
            ("LOCALHOST:9000", None, 200),
            ("127.0.0.1:9000", None, 200),
            ("[::1]:9000", None, 200),
            ("desk.example:1", None, 200),
            ("other.example:8443", None, 200),
            ("other.example:80", None, 403),
            ("evil.example", None, 403),
            ("evil.localhost", None, 403),
            ("127.0.0.1.evil.example", None, 403),
            ("localhost@evil.example", None, 400),
            ("[::1].evil.example", None, 400),
            ("[::1]9000", None, 400),
            ("localhost:", None, 200),
            ("", None, 400),
            ("localhost:9000", Some("http://localhost:9000"), 200),
            ("localhost:9000", Some("http://localhost:9001"), 403),
            ("localhost:9000", Some("https://localhost:9000"), 403),
            ("localhost:9000", Some("http://127.0.0.1:9000"), 403),
            ("localhost", Some("http://localhost"), 200),
            ("localhost:9000", Some("https://desk.example"), 200),
            ("localhost:9000", Some("https://desk.example:443"), 200),
            ("localhost:9000", Some("http://desk.example"), 403),
            ("localhost:9000", Some("https://desk.example.evil"), 403),
            ("[::1]:9000", Some("http://[::1]:9000"), 200),
            ("[::1]:9000", Some("http://[::1]:9000.evil.example"), 403),
            ("localhost:9000", Some("http://a@localhost:9000"), 403),
            ("localhost:9000", Some("null"), 403),
            ("localhost:9000", Some("file:///x"), 403),
        ];
        for (host, origin, expected) in rows {
            assert_eq!(admitted(host, origin), expected, "{host} {origin:?}");
        }
    }

    #[test]
    fn what_is_said_twice_is_said_once() {
        type Fields<'a> = &'a [(&'static str, &'static str)];
        let rows: [(&str, Fields<'_>, bool); 8] = [
            ("/mcp", &[("host", "localhost")], true),
            ("http://localhost/mcp", &[("host", "localhost")], true),
            ("http://localhost/mcp", &[], true),
            ("http://localhost/mcp", &[("host", "desk.example")], false),
            ("http://evil.example/mcp", &[("host", "localhost")], false),
            ("http://a@localhost/mcp", &[("host", "localhost")], false),
            ("/mcp", &[("host", "localhost"), ("host", "localhost")], false),
            ("/mcp", &[("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://localhost")], false),
        ];
        for (target, fields, expected) in rows {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.append(*name, value.parse().unwrap());
            }
            let guard = Guard::new(&HttpConfig::local(([127, 0, 0, 1], 0).into()));
            assert_eq!(guard.admit(&target.parse().unwrap(), &headers).is_ok(), expected, "{target} {fields:?}");
        }
        let rows: [(Fields<'_>, u16); 2] = [
            (&[("content-type", "application/json")], 200),
            (&[("content-type", "application/json"), ("content-type", "application/json")], 415),
        ];
        for (fields, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, "*/*".parse().unwrap());
            for (name, value) in fields {
                headers.append(*name, value.parse().unwrap());
            }
            let status = admit_body(&headers).map_or_else(|(status, _)| status.as_u16(), |()| 200);
            assert_eq!(status, expected, "{fields:?}");
        }
    }

    #[test]
    fn kinds_of_bodies_and_answers() {
        let rows = [
            ("application/json", "application/json, text/event-stream", 200),
            ("Application/JSON; charset=utf-8", "text/event-stream;q=0.5, application/json", 200),
            ("application/json", "*/*", 200),
            ("application/json", "application/*, text/*", 200),
            ("application/json", "application/json", 406),
            ("application/json", "text/event-stream", 406),
            ("application/json", "application/json, text/event-stream;q=0", 406),
            ("application/json", "", 406),
            ("text/plain", "*/*", 415),
            ("application/x-www-form-urlencoded", "*/*", 415),
            ("application/jsonp", "*/*", 415),
            ("", "*/*", 415),
        ];
        for (kind, accept, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            headers.insert(ACCEPT, accept.parse().unwrap());
            let status = admit_body(&headers).map_or_else(|(status, _)| status.as_u16(), |()| 200);
            assert_eq!(status, expected, "{kind} {accept}");
        }
    }
}
