//! What the operator says of a server's authorization.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use query::Fault;

use super::wallet::Wallet;

/// How to get permission to use a server.
#[derive(Clone)]
pub struct Authorization {
    /// Who gives it.
    pub grant: Grant,
    /// Who we are to the authorization server, where it knows us already.
    pub client: Option<RegisteredClient>,
    /// An HTTPS address at which an authorization server can read who we are
    /// (a client id metadata document).
    pub metadata_url: Option<String>,
    /// Where what is given is kept for later; `None`: it ends with this
    /// process.
    pub wallet: Option<Arc<dyn Wallet>>,
}

/// Who gives permission.
#[derive(Clone)]
pub enum Grant {
    /// A person, at the authorization server.
    Person {
        /// Brings them there and back.
        browser: Arc<dyn Browser>,
        /// Where they come back to.
        redirect_uri: String,
    },
    /// The authorization server itself, to a client that it knows.
    Client,
}

/// Brings a person to an authorization server and back.
pub trait Browser: Send + Sync {
    /// Whether anybody is there to be brought anywhere; looked at before an
    /// authorization server is troubled.
    ///
    /// # Errors
    ///
    /// What a person is to do instead.
    fn attended(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// Opens an address and waits for the person to come back; the address
    /// they came back to, with its query. The caller bounds the wait.
    fn visit(&self, url: String) -> BoxFuture<'_, Result<String, Fault>>;
}

/// A client that an authorization server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredClient {
    /// Its id.
    pub id: String,
    /// Its secret, where it has one.
    pub secret: Option<Secret>,
    /// The authorization server that knows it; it is not shown to any other.
    /// `None`: whichever the server names.
    pub issuer: Option<String>,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whom it is meant.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { grant, client, metadata_url, wallet } = self;
        let mut shown = f.debug_struct("Authorization");
        shown.field("grant", grant).field("client", client).field("metadata_url", metadata_url);
        shown.field("is_kept", &wallet.is_some()).finish()
    }
}

impl PartialEq for Authorization {
    fn eq(&self, other: &Self) -> bool {
        let same_wallet = match (&self.wallet, &other.wallet) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            _ => false,
        };
        let named = |of: &Self| (of.grant.clone(), of.client.clone(), of.metadata_url.clone());
        same_wallet && named(self) == named(other)
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { redirect_uri, .. } => f.debug_struct("Person").field("redirect_uri", redirect_uri).finish(),
            Self::Client => f.write_str("Client"),
        }
    }
}

impl PartialEq for Grant {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Client, Self::Client) => true,
            (Self::Person { browser, redirect_uri }, Self::Person { browser: theirs, redirect_uri: their_uri }) => {
                Arc::ptr_eq(browser, theirs) && redirect_uri == their_uri
            }
            _ => false,
        }
    }
}
