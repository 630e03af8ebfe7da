//! The head of a request at the front door.
//!
//! Held against a few lines that know only what must never come in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mcp::reading::{admitted, body_admitted, shows, shows_method};

/// A host that is served beside this machine.
const HOST: &str = "desk.example";

/// An origin whose pages may call.
const ORIGIN: &str = "https://desk.example";

/// Lines: the target, a method, a name, and then header fields.
pub(crate) fn run(bytes: &[u8]) {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let mut text = || String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let (target, method, name) = (text(), text(), text());
    let fields: Vec<(&[u8], &[u8])> = lines.filter_map(field).collect();
    if admitted(&target, &fields, HOST, ORIGIN) == Some(true) {
        let hosts = of(&fields, "host");
        assert!(hosts.len() <= 1, "two hosts came in");
        let host = hosts.first().map(|host| String::from_utf8_lossy(host).to_ascii_lowercase());
        let target = authority(&target).to_ascii_lowercase();
        // A colon without a port behind it says nothing.
        let plain = |host: &str| host.trim_end_matches(':').to_owned();
        let same = |host: &String| target.is_empty() || plain(host) == plain(&target);
        assert!(host.as_ref().is_none_or(same), "{target} is not {host:?}");
        let host = host.unwrap_or(target);
        let name = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(&*host, |(name, _)| name);
        assert!(["localhost", "127.0.0.1", "[::1]", HOST].contains(&name), "{host} came in");
        let origins = of(&fields, "origin");
        assert!(origins.len() <= 1, "two origins came in");
        for origin in origins {
            let origin = String::from_utf8_lossy(origin).trim().to_ascii_lowercase();
            let own = origin.strip_prefix("http://").is_some_and(|page| !page.is_empty());
            assert!(own || origin.starts_with(ORIGIN), "a page of {origin} came in");
        }
    }
    if body_admitted(&fields) == Some(true) {
        let kinds = of(&fields, "content-type");
        assert_eq!(kinds.len(), 1, "the kind of the body is not certain");
        let kind = String::from_utf8_lossy(kinds[0]).trim().to_ascii_lowercase();
        assert!(kind.starts_with("application/json"), "a body of {kind} is read");
    }
    if shows_method(&fields, &method) == Some(true) {
        assert_eq!(of(&fields, "mcp-method"), [method.as_bytes()], "another method is shown");
    }
    let shown = shows(&name, &method);
    let encoded = name.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?="));
    let expected =
        encoded.map_or(name == method, |encoded| STANDARD.decode(encoded).is_ok_and(|is| is == method.as_bytes()));
    assert_eq!(shown, expected, "{name:?} shows {method:?}");
    assert!(shows(&format!("=?base64?{}?=", STANDARD.encode(&name)), &name), "{name:?} does not show itself");
}

/// What stands between the two slashes and the next one, or all of a target
/// that is nothing but a host.
fn authority(target: &str) -> &str {
    match target.split_once("://") {
        _ if target.starts_with(['/', '*', '?', '#']) => "",
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => target,
    }
}

fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    Some((line[..colon].trim_ascii(), line[colon + 1..].trim_ascii()))
}

fn of<'a>(fields: &[(&'a [u8], &'a [u8])], name: &str) -> Vec<&'a [u8]> {
    fields.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| *value).collect()
}
