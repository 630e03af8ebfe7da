//! `check`: the configuration and every server, all faults at once.

use mcp::upstream::{ServerState, ServerStatus};
use serde_json::json;
use store::{Fate, Store, Wall};

use super::conduct;
use super::strays::strays;
use crate::args::Check;
use crate::config::{self, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::render::{BAD, CARE, GOOD, counted, server_table, styled};
use crate::session::Session;
use crate::shell::Shell;

/// Checks everything that can be checked without calling a tool.
pub(super) async fn run(shell: &mut Shell, check: Check) -> Result<Exit, Failure> {
    if check.schema {
        shell.say_json(&config::schema())?;
        return Ok(Exit::Answered);
    }
    let interrupt = Interrupt::listen();
    let session = Session::open_in_spite(shell)?;
    conduct(shell, session, interrupt, async |shell, session, interrupt| {
        session.settle(shell, interrupt).await;
        let servers = session.fleet.status();
        let (catalog, offerings) = (session.engine.catalog(), session.fleet.offerings());
        let strays = strays(&session.config.servers, &session.config.reaches, &catalog, &offerings);
        let unknown = unknown_outcomes(session).await?;
        tell(shell, session, &servers, &strays, unknown)?;
        let all_ready = servers.iter().all(|server| matches!(server.state, ServerState::Ready(_)));
        let in_order = strays.is_empty() && session.report.faults.is_empty();
        Ok(match (in_order, all_ready) {
            (false, _) => Exit::Usage,
            (true, false) => Exit::Upstream,
            (true, true) => Exit::Answered,
        })
    })
    .await
}

/// How many effects there are on record whose outcome nobody knows.
async fn unknown_outcomes(session: &Session) -> Result<usize, Failure> {
    let effects = session.state.store.effects(Wall::now()).await;
    let effects = effects.map_err(|why| Failure::machine("read the journal", why))?;
    Ok(effects.iter().filter(|effect| effect.fate == Fate::Indeterminate).count())
}

fn tell(
    shell: &mut Shell,
    session: &Session,
    servers: &[ServerStatus],
    strays: &[String],
    unknown: usize,
) -> Result<(), Failure> {
    let Report { faults, notes } = &session.report;
    if shell.global.json {
        let state = json!({ "directory": session.state.directory, "indeterminate": unknown });
        let document =
            json!({ "faults": faults, "labels": strays, "notes": notes, "servers": servers, "state": state });
        shell.say_json(&document)?;
        return Ok(());
    }
    let file = session.path.as_ref().map_or_else(|| "the demo".to_owned(), |path| path.display().to_string());
    let mut text = match faults.len() {
        0 => format!("{} {file} is in order\n", styled(GOOD, "ok")),
        count => format!("{file} has {}:\n\n{}\n", counted(count, "fault"), session.report),
    };
    for note in notes {
        text.push_str(&format!("{} {}\n", styled(CARE, "note"), note.brief()));
    }
    for stray in strays {
        text.push_str(&format!("{} {stray}\n", styled(BAD, "fault")));
    }
    if unknown > 0 {
        let what = counted(unknown, "effect");
        text.push_str(&format!("{} {what} of unknown outcome: `journal` lists them\n", styled(CARE, "note")));
    }
    if !servers.is_empty() {
        text.push_str(&format!("\n{}", server_table(servers, shell.width())));
    }
    shell.say(&text)?;
    Ok(())
}
