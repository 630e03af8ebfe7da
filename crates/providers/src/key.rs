//! The key that opens a provider, from wherever the operator keeps it.
//!
//! In comes the name of a place, out goes a [`Key`]. A key is never printed,
//! and of a place that holds one only the place is.

use std::fmt;
use std::io::Read;
use std::path::PathBuf;

use reqwest::header::HeaderValue;

/// The longest key, in bytes; a longer one is refused.
pub const MAX_KEY_BYTES: usize = 16 * 1024;

/// A secret. It has no way to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// Where a key is kept.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum KeySource {
    /// In the vendor's usual environment variable, for the vendor's own
    /// address; nowhere for any other.
    #[default]
    Usual,
    /// There is none.
    None,
    /// In this environment variable.
    Variable(String),
    /// In this file, blanks around it aside.
    File(PathBuf),
    /// In the configuration itself, or wherever that refers to.
    Given(Key),
}

impl Key {
    /// A key as it is; the error says why it can be none.
    pub fn new(secret: &str) -> Result<Self, String> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err("it is empty".to_owned());
        }
        if secret.len() > MAX_KEY_BYTES {
            return Err(format!("it is longer than {MAX_KEY_BYTES} bytes"));
        }
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it contains characters that no key has".to_owned());
        }
        Ok(Self(secret.to_owned()))
    }

    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The key as a header's value after a scheme such as `Bearer `, marked
    /// such that it is not printed either.
    pub(crate) fn header(&self, scheme: &str) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("{scheme}{}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The text with every occurrence of the key taken out.
    pub(crate) fn redact(&self, text: &str) -> String {
        redact(text, &self.0)
    }
}

/// The text with every occurrence of a secret taken out.
pub(crate) fn redact(text: &str, secret: &str) -> String {
    if secret.is_empty() { text.to_owned() } else { text.replace(secret, REDACTED) }
}

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "‹redacted›";

impl KeySource {
    /// The key, where there is to be one. `usual` is the variable of the
    /// vendor whose own address is asked.
    pub(crate) fn read(
        &self,
        usual: Option<&str>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Key>, String> {
        let of_variable = |name: &str| {
            let secret = variable(name).ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
            Key::new(&secret).map_err(|why| format!("the key in the environment variable `{name}` is unusable: {why}"))
        };
        match self {
            Self::None => Ok(None),
            Self::Usual => usual.map(of_variable).transpose(),
            Self::Variable(name) => of_variable(name).map(Some),
            Self::File(path) => {
                let unusable = |why: String| format!("the key file `{}` is unusable: {why}", path.display());
                let file = std::fs::File::open(path).map_err(|error| unusable(error.to_string()))?;
                let mut text = String::new();
                file.take(MAX_KEY_BYTES as u64 + 1)
                    .read_to_string(&mut text)
                    .map_err(|error| unusable(error.to_string()))?;
                Key::new(&text).map(Some).map_err(unusable)
            }
            Self::Given(key) => Ok(Some(key.clone())),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usual => f.write_str("Usual"),
            Self::None => f.write_str("None"),
            Self::Variable(name) => f.debug_tuple("Variable").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Given(_) => f.write_str("Given"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_where_they_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        std::fs::write(&file, "sk-file\n").unwrap();
        let variable = |name: &str| match name {
            "USUAL" => Some("sk-usual".to_owned()),
            "OTHER" => Some(" sk-other ".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let named = |name: &str| KeySource::Variable(name.to_owned());
        let rows = [
            (KeySource::Usual, Some("USUAL"), Ok(Some("sk-usual"))),
            (KeySource::Usual, None, Ok(None)),
            (KeySource::None, Some("USUAL"), Ok(None)),
            (named("OTHER"), Some("USUAL"), Ok(Some("sk-other"))),
            (named("GONE"), None, Err("the environment variable `GONE` is not set")),
            (named("EMPTY"), None, Err("the key in the environment variable `EMPTY` is unusable: it is empty")),
            (KeySource::File(file), None, Ok(Some("sk-file"))),
            (KeySource::Given(Key::new("sk-given").unwrap()), None, Ok(Some("sk-given"))),
        ];
        for (source, usual, expected) in rows {
            let found = source.read(usual, &variable);
            let found = found.as_ref().map(|key| key.as_ref().map(|key| key.0.as_str())).map_err(String::as_str);
            assert_eq!(found, expected, "{source:?}");
        }
        assert!(KeySource::File("no/such/file".into()).read(None, &variable).unwrap_err().contains("no/such/file"));
    }

    #[test]
    fn keys_are_not_printed() {
        let key = Key::new("sk-123").unwrap();
        let header = key.header("Bearer ").unwrap();
        let shown = format!("{key:?} {:?} {header:?}", KeySource::Given(key.clone()));
        assert!(!shown.contains("123"), "{shown}");
        assert_eq!(key.redact("bad sk-123, sk-123!"), "bad ‹redacted›, ‹redacted›!");
        assert!(Key::new("a\nb").is_err());
    }
}
