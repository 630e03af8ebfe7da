//! A reader that knows nothing and reads everything: what others are held
//! against.

use serde_json::Value;

/// What this reader says where it goes no further. Half a pair of surrogates
/// is JSON, and no text.
const BEYOND: [&str; 4] = [
    "recursion limit exceeded",
    "number out of range",
    "lone leading surrogate in hex escape",
    "unexpected end of hex escape",
];

/// What a text is.
pub(crate) enum Plain {
    /// This.
    Json(Value),
    /// Perhaps JSON, and deeper, with larger numbers or with odder texts than
    /// this reader takes.
    Beyond,
    /// No JSON.
    Noise,
}

impl Plain {
    /// Reads a text; what is no text in it is taken for some other.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        match serde_json::from_str(&String::from_utf8_lossy(bytes)) {
            Ok(value) => Self::Json(value),
            Err(error) if BEYOND.iter().any(|limit| error.to_string().starts_with(limit)) => Self::Beyond,
            Err(_) => Self::Noise,
        }
    }
}
