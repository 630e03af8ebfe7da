//! The header fields that count.

use hyper::HeaderMap;
use hyper::header::HeaderName;

pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
pub(super) const REVISION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(super) const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The one value of a field, where there is one; what is wrong with it where
/// there are several, or it is no text. Two readers could take different ones.
pub(super) fn single(
    headers: &HeaderMap,
    name: impl hyper::header::AsHeaderName + Copy + std::fmt::Display,
) -> Result<Option<&str>, String> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(format!("there is more than one `{name}` header"));
    }
    value.to_str().map(Some).map_err(|_| format!("the `{name}` header is no plain text"))
}
