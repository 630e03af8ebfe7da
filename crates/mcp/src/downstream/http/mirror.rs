//! What a request shows in its headers, held against its body.
//!
//! Whoever is between may route, count or refuse by these headers alone;
//! what they showed must be what is done.

use std::borrow::Cow;

use hyper::HeaderMap;
use query::Principal;
use serde_json::Value;

use super::fields::{METHOD, NAME, single};
use crate::downstream::desk::Desk;
use crate::downstream::message::{Params, Request, text};
use crate::downstream::shelf::Shelf;

/// What does not agree, if anything.
pub(super) fn mismatch(desk: &Desk, who: &Principal, headers: &HeaderMap, request: &Request<'_>) -> Result<(), String> {
    method(headers, &request.method)?;
    let Some(name) = named(&request.method, &request.params) else { return Ok(()) };
    match single(headers, &NAME)? {
        None => return Err("the `mcp-name` header is missing".to_owned()),
        Some(shown) if plain(shown, &name) => {}
        Some(_) => return Err(OTHER_NAME.to_owned()),
    }
    if request.method == "tools/call" { arguments(&desk.shelf(who), headers, &name, &request.params) } else { Ok(()) }
}

/// What does not agree in a message of a session, whose headers need show
/// nothing: what they show all the same must be what is done.
pub(super) fn contradiction(headers: &HeaderMap, method: &str, params: &Params<'_>) -> Result<(), String> {
    if single(headers, &METHOD)?.is_some_and(|shown| shown != method) {
        return Err(OTHER_METHOD.to_owned());
    }
    let name = named(method, params).unwrap_or_default();
    if single(headers, &NAME)?.is_some_and(|shown| !plain(shown, &name)) {
        return Err(OTHER_NAME.to_owned());
    }
    Ok(())
}

/// Whether several messages in one have headers that can only show one.
pub(super) fn shows_one(headers: &HeaderMap) -> bool {
    headers.contains_key(METHOD) || headers.contains_key(NAME)
}

const OTHER_METHOD: &str = "the `mcp-method` header is not what the body says";
const OTHER_NAME: &str = "the `mcp-name` header is not what the body says";

/// What a message names, in methods whose headers show that.
fn named<'a>(method: &str, params: &Params<'a>) -> Option<Cow<'a, str>> {
    let member = match method {
        "tools/call" | "prompts/get" => params.name,
        "resources/read" | "resources/subscribe" | "resources/unsubscribe" => params.uri,
        "tasks/get" | "tasks/update" | "tasks/cancel" => params.task_id,
        _ => None,
    };
    member.and_then(text)
}

/// A message's method, held against the header that shows it.
pub(super) fn method(headers: &HeaderMap, method: &str) -> Result<(), String> {
    match single(headers, &METHOD)? {
        None => Err("the `mcp-method` header is missing".to_owned()),
        Some(shown) if shown == method => Ok(()),
        Some(_) => Err(OTHER_METHOD.to_owned()),
    }
}

fn arguments(shelf: &Shelf, headers: &HeaderMap, tool: &str, params: &Params<'_>) -> Result<(), String> {
    let Some(stand) = shelf.tool(tool).filter(|stand| !stand.shown.is_empty()) else { return Ok(()) };
    let arguments: Value =
        params.arguments.and_then(|given| serde_json::from_str(given.get()).ok()).unwrap_or_default();
    for argument in stand.shown.iter() {
        let header = argument.header.as_str();
        match (single(headers, header)?, argument.text_in(&arguments)) {
            (None, None) => {}
            (Some(shown), Some(given)) if plain(shown, &given) => {}
            (None, Some(_)) => return Err(format!("the `{header}` header is missing")),
            (Some(_), _) => return Err(format!("the `{header}` header is not what the body says")),
        }
    }
    Ok(())
}

/// Whether a header's value shows this text: as it is, or in Base64 between
/// marks. What is marked and is no Base64 shows nothing.
pub(super) fn plain(shown: &str, text: &str) -> bool {
    match shown.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(encoded) => decoded(encoded).is_some_and(|bytes| bytes == text.as_bytes()),
        None => shown == text,
    }
}

fn decoded(encoded: &str) -> Option<Vec<u8>> {
    if !encoded.len().is_multiple_of(4) {
        return None;
    }
    let digits = encoded.trim_end_matches('=');
    if encoded.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(encoded.len() / 4 * 3);
    for chunk in digits.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for &digit in chunk {
            bits = bits << 6 | sextet(digit)?;
        }
        bits <<= 6 * (4 - chunk.len());
        let whole = bits.to_be_bytes();
        let count = chunk.len() * 6 / 8;
        // What is left of the last digit is zero, or it was another's.
        if whole[1 + count..].iter().any(|&rest| rest != 0) {
            return None;
        }
        bytes.extend_from_slice(&whole[1..=count]);
    }
    Some(bytes)
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_the_text_or_its_base64() {
        let rows = [
            ("Hello", "Hello", true),
            ("hello", "Hello", false),
            ("=?base64?SGVsbG8=?=", "Hello", true),
            ("=?base64?SGVsbG8?=", "Hello", false),
            ("=?base64?SGVs!!!bG8=?=", "Hello", false),
            ("=?base64?SGVsbG9=?=", "Hello", false),
            ("SGVsbG8=", "SGVsbG8=", true),
            ("=?base64?SGVsbG8=", "=?base64?SGVsbG8=", true),
            ("=?base64?c8O4aw==?=", "søk", true),
            ("=?base64??=", "", true),
            ("=?base64?====?=", "", false),
            ("", "", true),
        ];
        for (shown, text, expected) in rows {
            assert_eq!(plain(shown, text), expected, "{shown} {text}");
        }
    }
}
