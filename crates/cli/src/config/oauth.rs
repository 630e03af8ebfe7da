//! `[servers.NAME.oauth]`: how permission to use a server is got.

use mcp::upstream::{RegisteredClient, Secret};

use super::checked::{Checked, Table};
use super::fault::{FaultCode, Findings};
use super::settings::{OAuth, OAuthGrant};

/// What the table of a server says; `None` when it has no such table, or one
/// that makes no sense.
pub(crate) fn read(table: &Table, title: &str, findings: &mut Findings) -> Option<OAuth> {
    let oauth = table.table("oauth")?;
    let at = table.written("oauth").cloned().unwrap_or_default();
    let grant = if oauth.choice("grant") == Some("client") { OAuthGrant::Client } else { OAuthGrant::Person };
    let id = oauth.text("client_id");
    let before = findings.faults.len();
    if id.is_none() && oauth.written("client_id").is_none() {
        for (key, given) in [("client_secret", oauth.written("client_secret")), ("issuer", oauth.written("issuer"))] {
            if let Some(at) = given {
                let message = format!("`{title}.oauth.{key}` says something of a client that has no `client_id`");
                findings.fault_with_help(FaultCode::Contradiction, at, message, "say its `client_id` as well");
            }
        }
        if grant == OAuthGrant::Client && oauth.written("client_metadata").is_none() {
            let message = format!("`{title}.oauth` leaves out who the client is to whom permission is given");
            findings.fault_with_help(FaultCode::Missing, &at, message, "give it a `client_id` and a `client_secret`");
        }
    }
    if let Some(header) = table.under("headers").iter().find(|entry| is_authorization(&entry.name)) {
        let message = format!("`{title}` has `oauth` and a header `{}` of its own", header.name);
        findings.fault_with_help(FaultCode::Contradiction, &header.at, message, "keep one of them");
    }
    if let Some(entry) = oauth.entry("client_metadata")
        && matches!(&entry.value, Checked::Text(url) if !url.starts_with("https://"))
    {
        let message = format!("`{title}.oauth.client_metadata` is no HTTPS address");
        findings.fault(FaultCode::BadValue, &entry.span, message);
    }
    let client = id.map(|id| RegisteredClient {
        id: id.to_owned(),
        secret: oauth.text("client_secret").map(Secret::new),
        issuer: oauth.text("issuer").map(str::to_owned),
    });
    let port = oauth.count("redirect_port").and_then(|port| u16::try_from(port).ok());
    let metadata_url = oauth.text("client_metadata").map(str::to_owned);
    (findings.faults.len() == before).then_some(OAuth { grant, client, metadata_url, redirect_port: port })
}

fn is_authorization(header: &str) -> bool {
    header.eq_ignore_ascii_case("authorization")
}
