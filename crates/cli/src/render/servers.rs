//! Servers in a table.

use mcp::upstream::{ReadyServer, ServerState, ServerStatus};

use super::clean;
use super::columns::{Cell, aligned};
use super::style::{BAD, CARE, FAINT, GOOD, STRONG, styled};
use super::times::took;

/// The most lines of a failed server's last words that are shown.
const MAX_LAST_WORDS_LINES: usize = 12;

/// How each server stands; beneath the table, why those that failed did, and
/// their last words.
pub(crate) fn server_table(servers: &[ServerStatus], width: usize) -> String {
    let heads = ["SERVER", "STATE", "OVER", "PROTOCOL", "TOOLS", "START", "CALLS ITSELF"];
    let mut rows = vec![heads.map(|head| Cell::styled(FAINT, head)).to_vec()];
    rows.extend(servers.iter().map(row));
    let mut text = aligned(&rows, width);
    for server in servers {
        text.push_str(&remarks(server));
    }
    text
}

fn row(server: &ServerStatus) -> Vec<Cell> {
    let name = Cell::styled(STRONG, server.id.as_str());
    let over = Cell::from(server.transport);
    match &server.state {
        ServerState::Ready(ready) => {
            let itself = [&ready.name, &ready.version].into_iter().flatten().map(|text| clean::cut(text, 40));
            vec![
                name,
                Cell::styled(GOOD, "ready"),
                over,
                Cell::from(format!("{} ({})", clean::line(&ready.protocol), ready.era)),
                Cell::from(tools(ready)),
                Cell::from(took(ready.took)),
                Cell::styled(FAINT, itself.collect::<Vec<_>>().join(" ")),
            ]
        }
        ServerState::Starting => vec![name, Cell::styled(CARE, "starting"), over],
        ServerState::Failed(_) => vec![name, Cell::styled(BAD, "failed"), over],
    }
}

/// How many tools it has here, and of how many where some are left out.
fn tools(ready: &ReadyServer) -> String {
    match ready.offered == ready.tools {
        true => ready.tools.to_string(),
        false => format!("{} of {}", ready.offered, ready.tools),
    }
}

fn remarks(server: &ServerStatus) -> String {
    let mut text = String::new();
    match &server.state {
        ServerState::Failed(fault) => {
            text.push_str(&format!("\n{}: {}\n", styled(BAD, server.id.as_str()), clean::line(&fault.message)));
            let words = clean::lines(server.last_words.trim_end());
            let lines: Vec<&str> = words.lines().collect();
            for line in &lines[lines.len().saturating_sub(MAX_LAST_WORDS_LINES)..] {
                text.push_str(&format!("  {}\n", styled(FAINT, format!("| {line}"))));
            }
        }
        ServerState::Ready(ready) => {
            for skipped in &ready.skipped {
                text.push_str(&format!("\n{}: left out: {}\n", styled(CARE, server.id.as_str()), clean::line(skipped)));
            }
            if ready.noise > 0 {
                let message = format!("wrote {} lines to its output that are no messages", ready.noise);
                text.push_str(&format!("\n{}: {message}\n", styled(CARE, server.id.as_str())));
            }
        }
        ServerState::Starting => {}
    }
    text
}

/// A note on the servers that are not up, for commands that list what there
/// is; empty when all are.
pub(crate) fn server_remarks(servers: &[ServerStatus]) -> String {
    let mut text = String::new();
    for server in servers {
        let why = match &server.state {
            ServerState::Ready(_) => continue,
            ServerState::Starting => "is still starting (a query waits `limits.start_grace` for it)".to_owned(),
            ServerState::Failed(fault) => clean::line(&fault.message),
        };
        text.push_str(&format!("{}: {why}\n", styled(CARE, server.id.as_str())));
    }
    text
}
