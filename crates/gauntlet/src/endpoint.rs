//! What a provider's endpoint sends back, whole and piece by piece.

use model::OutputSchema;
use providers::{Kind, Sent, read_reply};
use serde_json::json;

/// The first byte picks the vendor and how the reply comes; the rest is its
/// body.
pub(crate) fn run(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let kind = Kind::ALL[usize::from(first % 4)];
    let sent = [Sent::Whole, Sent::Events, Sent::Lines][usize::from(first / 4 % 3)];
    let schema = OutputSchema::loose("answer", json!({"type": "object", "required": ["a"]})).expect("it has a name");
    let shaped = read_reply(kind, sent, body, Some(&schema));
    if let Ok(content) = &shaped {
        assert!(content.json().is_some_and(|value| value.get("a").is_some()), "{content:?}");
    }
    if let Ok(content) = read_reply(kind, sent, body, None) {
        assert!(content.text().is_some(), "{content:?}");
    }
}
