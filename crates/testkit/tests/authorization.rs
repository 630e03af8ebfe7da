//! Servers that ask for permission, and what they must not get by asking.

#![allow(clippy::unwrap_used, reason = "a test whose helper unwraps in vain fails, as it should")]

mod support;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use catalog::ServerId;
use futures::future::BoxFuture;
use mcp::upstream::{
    Authorization, Browser, Grant, Permission, RegisteredClient, Secret, Transport, UpstreamConfig, Wallet,
};
use query::{Blame, Fault};
use serde_json::{Value, json};
use support::*;

const DRAIN: Duration = Duration::from_secs(1);

/// A server and its authorization server at one address.
#[derive(Default)]
struct Keeper {
    address: Mutex<String>,
    /// Where it says its metadata is; at its own address when empty.
    metadata: Mutex<String>,
    /// The token that it takes.
    good: Mutex<String>,
    /// What came with every token request, and with every other.
    grants: Mutex<Vec<String>>,
    seen: Mutex<Vec<String>>,
}

async fn serve(keeper: &Arc<Keeper>) -> SocketAddr {
    let router = Router::new().fallback(answer).with_state(Arc::clone(keeper));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    *keeper.address.lock().unwrap() = format!("http://{address}");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn answer(State(keeper): State<Arc<Keeper>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let own = keeper.address.lock().unwrap().clone();
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let text = String::from_utf8_lossy(&body).into_owned();
    keeper.seen.lock().unwrap().push(format!("{} {bearer} {text}", uri.path()));
    match uri.path() {
        "/.well-known/oauth-protected-resource/mcp" => {
            document(&json!({"resource": format!("{own}/mcp"), "authorization_servers": [own]}))
        }
        "/.well-known/oauth-authorization-server" => document(&json!({
            "issuer": own,
            "authorization_endpoint": format!("{own}/authorize"),
            "token_endpoint": format!("{own}/token"),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        })),
        "/token" => {
            let turn = keeper.grants.lock().unwrap().len() + 1;
            keeper.grants.lock().unwrap().push(text);
            let token = format!("token-{turn}");
            *keeper.good.lock().unwrap() = format!("Bearer {token}");
            let given =
                json!({"access_token": token, "token_type": "Bearer", "refresh_token": format!("again-{turn}")});
            document(&given)
        }
        "/mcp" if bearer.is_empty() || bearer != *keeper.good.lock().unwrap() => {
            let named = keeper.metadata.lock().unwrap().clone();
            let named = if named.is_empty() { String::new() } else { format!(r#" resource_metadata="{named}""#) };
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, format!("Bearer{named}"))]).into_response()
        }
        "/mcp" => spoken(&body),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn document(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// What the server says to whom it serves.
fn spoken(body: &[u8]) -> Response {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let result = match message["method"].as_str() {
        Some("server/discover") => json!({"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}),
        Some("tools/list") => json!({"tools": [{"name": "get_it", "inputSchema": {"type": "object"}}]}),
        _ => json!({"content": [{"type": "text", "text": "it"}]}),
    };
    document(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}))
}

/// Agrees at once, and counts how often it was asked to.
#[derive(Default)]
struct Agreeing(AtomicUsize);

impl Browser for Agreeing {
    fn visit(&self, url: String) -> BoxFuture<'_, Result<String, Fault>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let state = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap_or_default().to_owned();
        Box::pin(async move { Ok(format!("http://localhost:1/back?code=c&state={state}")) })
    }
}

fn upstream(address: SocketAddr, browser: &Arc<Agreeing>, issuer: Option<String>) -> UpstreamConfig {
    let mut config = UpstreamConfig::new(ServerId::new("s"), Transport::http(format!("http://{address}/mcp")));
    let grant = Grant::Person { browser: Arc::clone(browser) as _, redirect_uri: "http://localhost:1/back".into() };
    let client = Some(RegisteredClient { id: "us".into(), secret: Some(Secret::new("sesame")), issuer });
    config.authorization = Some(Authorization { grant, client, metadata_url: None, wallet: None });
    config.start_timeout = Duration::from_secs(5);
    trusted(config)
}

#[tokio::test]
async fn permission_is_got_once_and_renewed_without_asking() {
    let (keeper, browser) = (Arc::new(Keeper::default()), Arc::new(Agreeing::default()));
    let address = serve(&keeper).await;
    let config = upstream(address, &browser, None);
    assert!(!format!("{config:?}").contains("sesame"), "a secret is shown");
    let fleet = fleet(vec![config]).await;
    assert_eq!(text(&call(&fleet, "s.get_it", json!({})).await.unwrap()), "it");
    *keeper.good.lock().unwrap() = "Bearer another".to_owned();
    // Many are challenged together; one of them renews the token for all.
    let calls = (0..8).map(|_| call(&fleet, "s.get_it", json!({})));
    for ended in futures::future::join_all(calls).await {
        assert_eq!(text(&ended.unwrap()), "it");
    }
    let grants = keeper.grants.lock().unwrap().clone();
    assert_eq!((grants.len(), browser.0.load(Ordering::SeqCst)), (2, 1), "{grants:?}");
    assert!(grants[0].contains("grant_type=authorization_code") && grants[0].contains("code_verifier="), "{grants:?}");
    assert!(grants[1].contains("grant_type=refresh_token&refresh_token=again-1"), "{grants:?}");
    assert!(
        grants.iter().all(|grant| grant.contains("client_secret=sesame") && grant.contains("resource=")),
        "{grants:?}"
    );
    fleet.stop(DRAIN).await;
}

/// Keeps what is put into it, for whoever shares it.
#[derive(Default)]
struct Pocket(Mutex<Option<Vec<u8>>>);

impl Wallet for Pocket {
    fn kept(&self) -> Option<Permission> {
        self.0.lock().unwrap().as_deref().and_then(Permission::read)
    }

    fn keep(&self, permission: &Permission) -> Result<(), Fault> {
        *self.0.lock().unwrap() = Some(permission.text());
        Ok(())
    }
}

/// Nobody to be asked.
struct Nobody;

impl Browser for Nobody {
    fn attended(&self) -> Result<(), Fault> {
        Err(Fault::lasting(Blame::Operator, "no_permission", "nobody is there"))
    }

    fn visit(&self, _: String) -> BoxFuture<'_, Result<String, Fault>> {
        Box::pin(async { Err(Fault::lasting(Blame::Operator, "no_permission", "nobody is there")) })
    }
}

#[tokio::test]
async fn what_one_got_others_find() {
    let (keeper, browser, pocket) =
        (Arc::new(Keeper::default()), Arc::new(Agreeing::default()), Arc::new(Pocket::default()));
    let address = serve(&keeper).await;
    let with = |browser: Arc<dyn Browser>| {
        let mut config = upstream(address, &Arc::default(), None);
        if let Some(authorization) = &mut config.authorization {
            authorization.grant = Grant::Person { browser, redirect_uri: "http://localhost:1/back".into() };
            authorization.wallet = Some(Arc::clone(&pocket) as _);
        }
        config
    };
    let waiting = fleet(vec![with(Arc::new(Nobody))]).await;
    assert!(failure_of(&waiting, "s").ends_with("nobody is there"));
    let troubled = keeper.seen.lock().unwrap().iter().filter(|seen| seen.starts_with("/.well-known")).count();
    assert_eq!(troubled, 0, "whoever gives permission is not asked for nobody");

    let asking = fleet(vec![with(Arc::clone(&browser) as _)]).await;
    assert_eq!(text(&call(&asking, "s.get_it", json!({})).await.unwrap()), "it");
    waiting.retry(&ServerId::new("s"));
    until("what the other got is found", || !tools_of(&waiting, "s").is_empty()).await;
    // What one of them renews, the other finds as well.
    *keeper.good.lock().unwrap() = "Bearer another".to_owned();
    for fleet in [&asking, &waiting, &asking] {
        assert_eq!(text(&call(fleet, "s.get_it", json!({})).await.unwrap()), "it");
    }
    assert_eq!((keeper.grants.lock().unwrap().len(), browser.0.load(Ordering::SeqCst)), (2, 1));
    waiting.stop(DRAIN).await;
    asking.stop(DRAIN).await;
}

#[tokio::test]
async fn a_secret_is_shown_to_the_authorization_server_that_knows_it_only() {
    let (keeper, browser) = (Arc::new(Keeper::default()), Arc::new(Agreeing::default()));
    let address = serve(&keeper).await;
    let fleet = fleet(vec![upstream(address, &browser, Some("https://as.example".into()))]).await;
    let expected = "server_unauthorized: server `s` gave us no permission before it introduced itself: \
                    its authorization server does not know us, and takes no registration";
    assert_eq!(failure_of(&fleet, "s"), expected);
    assert_eq!((keeper.grants.lock().unwrap().len(), browser.0.load(Ordering::SeqCst)), (0, 0));
    assert!(keeper.seen.lock().unwrap().iter().all(|seen| !seen.contains("sesame")));
    fleet.stop(DRAIN).await;
}

#[tokio::test]
async fn a_server_speaks_for_itself_only() {
    let (keeper, other, browser) =
        (Arc::new(Keeper::default()), Arc::new(Keeper::default()), Arc::new(Agreeing::default()));
    let (address, elsewhere) = (serve(&keeper).await, serve(&other).await);
    *keeper.metadata.lock().unwrap() = format!("http://{elsewhere}/.well-known/oauth-protected-resource/mcp");
    let fleet = fleet(vec![upstream(address, &browser, None)]).await;
    let expected = "server_unauthorized: server `s` gave us no permission before it introduced itself: \
                    it names metadata that is not its own";
    assert_eq!(failure_of(&fleet, "s"), expected);
    assert_eq!((other.seen.lock().unwrap().len(), browser.0.load(Ordering::SeqCst)), (0, 0), "nobody else was asked");
    fleet.stop(DRAIN).await;
}
