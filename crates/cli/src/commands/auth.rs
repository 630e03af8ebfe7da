//! `auth`: permission to use servers that ask for it.

use std::sync::Arc;
use std::time::Duration;

use catalog::ToolSource;
use mcp::upstream::{Fleet, Permission, ServerState, UpstreamConfig, Wallet};
use query::Fault;
use serde_json::{Value, json};
use store::Wall;

use crate::args::{Auth, AuthVerb};
use crate::auth::{Loopback, SealedWallet, authorization};
use crate::config::{self, Loaded, OAuth};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::render::{CARE, FAINT, GOOD, clean_line, styled};
use crate::shell::Shell;
use crate::state::State;

/// How long a person may take in their browser.
const VISIT: Duration = Duration::from_secs(600);

/// How long taking leave of the server may take.
const DRAIN: Duration = Duration::from_secs(1);

/// Gives permission, forgets it, or shows what is kept.
pub(super) async fn run(shell: &mut Shell, auth: Auth) -> Result<Exit, Failure> {
    if shell.global.demo {
        return Err(Failure::Usage("the demo's servers ask for no permission".to_owned()));
    }
    let loaded = config::load(shell.global.config.as_deref())?;
    let state = State::open(&loaded.config.state, &loaded.path)?;
    match auth.verb.unwrap_or(AuthVerb::Status) {
        AuthVerb::Login { server, no_browser } => login(shell, &loaded, &state, &server, !no_browser).await,
        AuthVerb::Status => status(shell, &loaded, &state),
        AuthVerb::Logout { server } => logout(shell, &loaded, &state, &server),
    }
}

/// A wallet that is filled and not looked into: a person who logs in wants
/// something new.
struct Empty(SealedWallet);

impl Wallet for Empty {
    fn kept(&self) -> Option<Permission> {
        None
    }

    fn keep(&self, permission: &Permission) -> Result<(), Fault> {
        self.0.keep(permission)
    }
}

async fn login(shell: &mut Shell, loaded: &Loaded, state: &State, name: &str, opens: bool) -> Result<Exit, Failure> {
    let (server, oauth) = found(loaded, name)?;
    let wallet = kept_of(server, state)?;
    let before = wallet.kept().map(|kept| kept.text());
    let browser = Loopback::listen(oauth.redirect_port, opens).await;
    let browser = Arc::new(browser.map_err(|why| Failure::machine("wait for your browser", why))?);
    let redirect_uri = browser.redirect_uri();
    let mut server = server.clone();
    // The first half of it is for the first request, and that is the one that waits.
    server.start_timeout = VISIT * 2;
    let filled = SealedWallet::of(&server, state).map(|wallet| Arc::new(Empty(wallet)) as Arc<dyn Wallet>);
    server.authorization = Some(authorization(oauth, browser, redirect_uri, filled));
    let interrupt = Interrupt::listen();
    let fleet = Fleet::start(vec![server]);
    let settled = interrupt.cancel.run_until_cancelled(ToolSource::settled(&*fleet)).await;
    let standing = fleet.status().into_iter().next().map(|status| status.state);
    fleet.stop(DRAIN).await;
    let kept = wallet.kept().filter(|kept| Some(kept.text()) != before);
    let exit = match (settled, standing, &kept) {
        (None, ..) => Exit::Interrupted,
        (Some(()), Some(ServerState::Failed(fault)), _) => {
            shell.tell(&format!("{}\n", clean_line(&fault.message)))?;
            Exit::Upstream
        }
        (Some(()), _, Some(kept)) if shell.global.json => {
            shell.say_json(&json!({ "server": name, "permission": shown(kept) }))?;
            Exit::Answered
        }
        (Some(()), _, Some(kept)) => {
            shell.say(&format!("{}\n", line(name, Some(kept))))?;
            Exit::Answered
        }
        (Some(()), _, None) => {
            shell.say(&format!("server `{}` asked for no permission\n", clean_line(name)))?;
            Exit::Answered
        }
    };
    Ok(interrupt.over(exit))
}

fn status(shell: &mut Shell, loaded: &Loaded, state: &State) -> Result<Exit, Failure> {
    let servers = loaded.config.servers.iter().filter(|server| loaded.config.oauth.contains_key(&server.id));
    let kept: Vec<(String, Option<Permission>)> = servers
        .map(|server| (server.id.to_string(), SealedWallet::of(server, state).and_then(|wallet| wallet.kept())))
        .collect();
    if shell.global.json {
        let shown = |(name, kept): &(String, Option<Permission>)| json!({"server": name, "permission": kept.as_ref().map(shown)});
        shell.say_json(&json!({ "servers": kept.iter().map(shown).collect::<Vec<_>>() }))?;
        return Ok(Exit::Answered);
    }
    if kept.is_empty() {
        shell.say("no server has a table `oauth` in the configuration\n")?;
    }
    for (name, kept) in &kept {
        shell.say(&format!("{}\n", line(name, kept.as_ref())))?;
    }
    Ok(Exit::Answered)
}

fn logout(shell: &mut Shell, loaded: &Loaded, state: &State, name: &str) -> Result<Exit, Failure> {
    let (server, _) = found(loaded, name)?;
    let forgotten = kept_of(server, state)?.forget().map_err(|why| Failure::machine("forget the permission", why))?;
    if shell.global.json {
        shell.say_json(&json!({ "server": name, "forgotten": forgotten }))?;
        return Ok(Exit::Answered);
    }
    let done = if forgotten { "forgotten" } else { "there was nothing to forget" };
    shell.say(&format!("{}: {done}\n", clean_line(name)))?;
    Ok(Exit::Answered)
}

fn found<'a>(loaded: &'a Loaded, name: &str) -> Result<(&'a UpstreamConfig, &'a OAuth), Failure> {
    let server = loaded.config.servers.iter().find(|server| server.id.as_str() == name);
    let Some(server) = server else {
        return Err(Failure::Usage(format!("there is no server `{}` in the configuration", clean_line(name))));
    };
    let oauth = loaded.config.oauth.get(&server.id);
    let oauth = oauth.ok_or_else(|| {
        Failure::Usage(format!("server `{name}` has no table `[servers.{name}.oauth]` in the configuration"))
    })?;
    Ok((server, oauth))
}

fn kept_of(server: &UpstreamConfig, state: &State) -> Result<SealedWallet, Failure> {
    SealedWallet::of(server, state).ok_or_else(|| {
        Failure::machine("keep a permission", "there is no state directory; name one in `[state]` with `directory`")
    })
}

fn shown(kept: &Permission) -> Value {
    json!({
        "issuer": kept.issuer(),
        "scopes": kept.scopes(),
        "renewable": kept.is_renewable(),
        "given": Wall::from_millis(kept.given().saturating_mul(1000)).to_string(),
        "expires": kept.expires().map(|at| Wall::from_millis(at.saturating_mul(1000)).to_string()),
    })
}

fn line(name: &str, kept: Option<&Permission>) -> String {
    let name = clean_line(name);
    let Some(kept) = kept else {
        return format!("{name}  {}  concertmaster auth login {name}", styled(CARE, "no permission"));
    };
    let mut about = format!("from {}", clean_line(kept.issuer()));
    if !kept.scopes().is_empty() {
        about += &format!(", for {}", clean_line(&kept.scopes().join(" ")));
    }
    match (kept.is_renewable(), kept.expires()) {
        (true, _) => about += ", renewed without asking",
        (false, Some(at)) => about += &format!(", until {}", Wall::from_millis(at.saturating_mul(1000))),
        (false, None) => {}
    }
    format!("{name}  {}  {}", styled(GOOD, "permitted"), styled(FAINT, about))
}
