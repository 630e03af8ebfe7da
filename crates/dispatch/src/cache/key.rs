//! What makes two requests one.

use catalog::{Fingerprint, ServerId, canonical_json};
use plan::BoundCall;
use query::Principal;

/// Names one request: who asks, which server, and exactly what. Requests of
/// two principals never have one key, nor do calls of a tool whose definition
/// changed in between.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheKey {
    principal: Principal,
    server: ServerId,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum What {
    /// A tool by its definition, name included, and its arguments as canonical
    /// JSON. A spelling that canonical JSON does not tell from another, such
    /// as that of a large number, is kept beside it.
    Call { definition: Fingerprint, arguments: String, spelling: Option<String> },
    /// A resource by its URI.
    Resource(String),
}

impl CacheKey {
    /// The key of a call.
    pub fn of_call(principal: &Principal, call: &BoundCall) -> Self {
        let arguments = canonical_json(&call.arguments);
        let spelled = call.written.as_ref().filter(|_| has_long_number(&arguments));
        let spelling = spelled.map(|text| text.get().to_owned());
        let what = What::Call { definition: call.tool.fingerprint, arguments, spelling };
        Self { principal: principal.clone(), server: call.tool.reference.server.clone(), what }
    }

    /// The key of a resource's contents.
    pub fn of_resource(principal: &Principal, server: &ServerId, uri: &str) -> Self {
        Self { principal: principal.clone(), server: server.clone(), what: What::Resource(uri.to_owned()) }
    }

    /// The server it is asked of.
    pub fn server(&self) -> &ServerId {
        &self.server
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let what = match &self.what {
            What::Call { arguments, spelling, .. } => arguments.len() + spelling.as_ref().map_or(0, String::len),
            What::Resource(uri) => uri.len(),
        };
        size_of::<Self>() + self.principal.as_str().len() + self.server.as_str().len() + what
    }
}

/// Digits in a row beyond which two numbers may be read as one: a double
/// keeps 15.
const EXACT_DIGITS: usize = 15;

/// Whether the text has a number that may have been rounded when it was read.
fn has_long_number(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|byte| {
        digits = match byte {
            b'0'..=b'9' => digits + 1,
            b'.' | b'e' | b'E' | b'+' | b'-' if digits > 0 => digits,
            _ => 0,
        };
        digits > EXACT_DIGITS || byte == b'e' && digits > 0
    })
}
