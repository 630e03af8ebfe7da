//! What must not be written down, and its taking out.

use serde_json::Value;

use crate::Key;

/// The shortest secret that is looked for, in bytes. Shorter ones, such as
/// the placeholders that local servers take, are words like any other.
const MIN_SECRET_BYTES: usize = 8;

/// Secrets to be taken out.
pub(super) struct Secrets(Vec<Key>);

impl Secrets {
    pub(super) fn new(secrets: impl IntoIterator<Item = Key>) -> Self {
        Self(secrets.into_iter().filter(|secret| secret.len() >= MIN_SECRET_BYTES).collect())
    }

    /// The value with every secret in any of its texts and names taken out.
    pub(super) fn out_of(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.out_of_text(text)),
            Value::Array(items) => items.into_iter().map(|item| self.out_of(item)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (self.out_of_text(name), self.out_of(value))).collect()
            }
            plain => plain,
        }
    }

    fn out_of_text(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| secret.redact(&text))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::key::REDACTED;

    #[test]
    fn secrets_go_wherever_they_stand() {
        let secrets = Secrets::new([Key::new("sk-12345678").unwrap(), Key::new("EMPTY").unwrap()]);
        let value = json!({"a": ["x sk-12345678 y", 1, null], "sk-12345678": "EMPTY"});
        let clean = json!({"a": [format!("x {REDACTED} y"), 1, null], REDACTED: "EMPTY"});
        assert_eq!(secrets.out_of(value), clean);
    }
}
