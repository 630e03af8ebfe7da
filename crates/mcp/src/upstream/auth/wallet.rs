//! What was given to us, kept for later.
//!
//! In: tokens, and who we are to whoever gave them. Out: the same, as a text
//! for whoever keeps it. It knows no file and no key.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use query::Fault;
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};

use super::client::{Client, KeptClient};
use super::settings::Secret;

/// Keeps a permission for later, also for other processes: what one of them
/// renews, the others find here.
pub trait Wallet: Send + Sync {
    /// What was kept last; `None` when there is nothing, or nothing that can
    /// be read. May block.
    fn kept(&self) -> Option<Permission>;

    /// Keeps a permission in place of what was kept. May block.
    ///
    /// # Errors
    ///
    /// Why it cannot be kept; it is good for this process all the same.
    fn keep(&self, permission: &Permission) -> Result<(), Fault>;
}

/// Permission to use one server: never shown, and kept sealed.
#[derive(Clone, Deserialize, Serialize)]
pub struct Permission {
    /// The authorization server that gave it.
    issuer: String,
    /// Who we registered as there; `None` when the operator says who we are.
    #[serde(default)]
    client: Option<KeptClient>,
    /// The access token.
    access: String,
    /// What renews it.
    #[serde(default)]
    refresh: Option<String>,
    /// What it is for.
    scopes: Vec<String>,
    /// When it was given, and when it ends, in seconds since 1970.
    given: u64,
    #[serde(default)]
    expires: Option<u64>,
}

impl Permission {
    /// What was given at this moment.
    pub(crate) fn of(
        issuer: &str,
        client: Option<&Client>,
        bearer: &HeaderValue,
        refresh: Option<&Secret>,
        (scopes, lasts): (Vec<String>, Option<u64>),
    ) -> Option<Self> {
        let access = bearer.to_str().ok()?.strip_prefix("Bearer ")?.to_owned();
        let given = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let expires = lasts.map(|lasts| given.saturating_add(lasts));
        let refresh = refresh.map(|refresh| refresh.reveal().to_owned());
        let client = client.map(Client::kept);
        Some(Self { issuer: issuer.to_owned(), client, access, refresh, scopes, given, expires })
    }

    /// A permission from its text.
    pub fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// Its text. It is a secret.
    pub fn text(&self) -> Vec<u8> {
        // Texts and numbers can always be written as JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The authorization server that gave it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What it is for, as the authorization server names it.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether it can be renewed without asking anybody.
    pub fn is_renewable(&self) -> bool {
        self.refresh.is_some()
    }

    /// When it was given, in seconds since 1970.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// When its access token ends, in seconds since 1970, where the
    /// authorization server said so.
    pub fn expires(&self) -> Option<u64> {
        self.expires
    }

    /// The value of the header `Authorization`.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", self.access)).ok()?;
        bearer.set_sensitive(true);
        Some(bearer)
    }

    /// What renews it, and whose it is.
    pub(crate) fn refresh(&self) -> Option<(String, Secret)> {
        self.refresh.clone().map(|refresh| (self.issuer.clone(), Secret::new(refresh)))
    }

    /// Who we registered as.
    pub(crate) fn client(&self) -> Option<Client> {
        self.client.clone().map(|client| Client::of_kept(&self.issuer, client))
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permission").field("issuer", &self.issuer).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_the_same_again_and_never_shown() {
        let mut bearer = HeaderValue::from_static("Bearer sesame");
        bearer.set_sensitive(true);
        let given = (vec!["read".to_owned()], Some(60));
        let permission =
            Permission::of("https://as.example", None, &bearer, Some(&Secret::new("again")), given).unwrap();
        let again = Permission::read(&permission.text()).unwrap();
        assert_eq!(again.bearer().unwrap(), "Bearer sesame");
        assert_eq!(again.expires(), Some(again.given() + 60));
        assert!(again.is_renewable() && again.client().is_none());
        let shown = format!("{again:?} {:?}", again.bearer());
        assert!(!shown.contains("sesame") && !shown.contains("again\""), "{shown}");
        assert!(Permission::read(b"{}").is_none());
    }
}
