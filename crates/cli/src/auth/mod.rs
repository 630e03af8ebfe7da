//! Permission to use servers that ask for it.
//!
//! In: what the configuration says of a server's authorization, and the state
//! that outlives a command. Out: what the connectors need to get permission,
//! to keep it and to renew it. It shows no token.

mod absent;
mod loopback;
mod wallet;

use std::sync::Arc;

use mcp::upstream::{Authorization, Browser, Grant, UpstreamConfig, Wallet};

use self::absent::Absent;
pub(crate) use self::loopback::Loopback;
pub(crate) use self::wallet::SealedWallet;
use crate::config::{Config, OAuth, OAuthGrant};
use crate::state::State;

/// The servers of a configuration, those that ask for permission with the
/// means to show what is kept, and to renew it. Nobody is brought anywhere.
pub(crate) fn equipped(config: &Config, state: &State) -> Vec<UpstreamConfig> {
    let equip = |server: &UpstreamConfig| {
        let mut server = server.clone();
        if let Some(oauth) = config.oauth.get(&server.id) {
            let wallet = SealedWallet::of(&server, state).map(|wallet| Arc::new(wallet) as Arc<dyn Wallet>);
            let absent = Arc::new(Absent::from(&server.id));
            server.authorization = Some(authorization(oauth, absent, String::new(), wallet));
        }
        server
    };
    config.servers.iter().map(equip).collect()
}

/// How permission is got, a person being brought there and back by `browser`.
pub(crate) fn authorization(
    oauth: &OAuth,
    browser: Arc<dyn Browser>,
    redirect_uri: String,
    wallet: Option<Arc<dyn Wallet>>,
) -> Authorization {
    let grant = match oauth.grant {
        OAuthGrant::Person => Grant::Person { browser, redirect_uri },
        OAuthGrant::Client => Grant::Client,
    };
    Authorization { grant, client: oauth.client.clone(), metadata_url: oauth.metadata_url.clone(), wallet }
}
