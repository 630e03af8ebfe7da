//! `approvals`: what waits for a human's word, and saying it.

use std::fmt::Write as _;

use serde_json::json;
use store::{Approval, ApprovalId, Fate, Standing, Store, Undecided, Voice, Wall, Word};

use crate::args::{Approvals, Verb};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{BAD, CARE, FAINT, GOOD, STRONG, clean_line, kept_question, styled};
use crate::shell::Shell;
use crate::state::State;

/// What the store could not do.
const READ: &str = "read the approvals";

/// Lists what waits, shows one, or says yes or no to it. No server is started.
pub(super) async fn run(shell: &mut Shell, approvals: Approvals) -> Result<Exit, Failure> {
    if shell.global.demo && !shell.global.demo_waits() {
        return Err(Failure::Usage(
            "the demo keeps nothing: approve with --approve HASH, or have it wait with --demo-with waiting".to_owned(),
        ));
    }
    let state = State::of_command(&shell.global)?;
    match approvals.verb.unwrap_or(Verb::List { all: false }) {
        Verb::List { all } => list(shell, &state, all).await,
        Verb::Show { id } => show(shell, &state, &id).await,
        Verb::Approve { id } => decide(shell, &state, id, Word::Approve).await,
        Verb::Deny { id } => decide(shell, &state, id, Word::Deny).await,
    }
}

async fn list(shell: &mut Shell, state: &State, all: bool) -> Result<Exit, Failure> {
    let now = Wall::now();
    let approvals = approvals(state, now).await?;
    let shown: Vec<&Approval> = approvals.iter().filter(|one| all || one.standing == Standing::Waiting).collect();
    let effects = state.store.effects(now).await.map_err(|why| Failure::machine("read the journal", why))?;
    let unknown = effects.iter().filter(|effect| effect.fate == Fate::Indeterminate).count();
    if shell.global.json {
        shell.say_json(&json!({ "approvals": shown, "indeterminate": unknown }))?;
        return Ok(Exit::Answered);
    }
    let mut text = String::new();
    for approval in &shown {
        let calls = approval.ask.shown["calls"].as_array().into_iter().flatten();
        let tools: Vec<String> = calls.filter_map(|call| call["tool"].as_str().map(tool_name)).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{}  {}  {}  {}",
            styled(STRONG, &approval.ask.id),
            standing(&approval.standing),
            tools.join(", "),
            styled(
                FAINT,
                format!("for {}, until {}", clean_line(approval.ask.principal.as_str()), approval.ask.expires)
            ),
        );
    }
    if shown.is_empty() {
        text.push_str("nothing waits for your word\n");
    }
    if unknown > 0 {
        let _ = writeln!(text, "{}", styled(CARE, format!("{unknown} of unknown outcome: concertmaster journal")));
    }
    shell.say(&text)?;
    Ok(Exit::Answered)
}

async fn show(shell: &mut Shell, state: &State, id: &str) -> Result<Exit, Failure> {
    let approval = found(state, id).await?;
    if shell.global.json {
        shell.say_json(&approval)?;
    } else {
        let text = kept_question(&approval.ask.shown);
        let about = format!("for {}, until {}", clean_line(approval.ask.principal.as_str()), approval.ask.expires);
        let standing = standing(&approval.standing);
        shell.say(&format!("{text}\n{standing}  {}\n", styled(FAINT, about)))?;
    }
    Ok(Exit::Answered)
}

async fn decide(shell: &mut Shell, state: &State, id: String, word: Word) -> Result<Exit, Failure> {
    let before = found(state, &id).await?;
    let voice = Voice { who: "the operator, at the command line".to_owned(), in_band: false };
    let decided = state.store.decide(before.ask.id.clone(), word, voice, Wall::now()).await;
    match decided {
        Ok(approval) if shell.global.json => shell.say_json(&approval)?,
        Ok(approval) => {
            let done = match word {
                Word::Approve => format!("{}: whoever waits goes on, once", styled(GOOD, "approved")),
                Word::Deny => format!("{}: it is not done", styled(BAD, "denied")),
            };
            shell.say(&format!("{}\n{done}\n", kept_question(&approval.ask.shown)))?;
        }
        Err(Undecided::Store(why)) => return Err(Failure::machine("keep your word", why)),
        Err(why) => return Err(Failure::Usage(why.to_string())),
    }
    Ok(Exit::Answered)
}

async fn approvals(state: &State, now: Wall) -> Result<Vec<Approval>, Failure> {
    state.store.approvals(None, now).await.map_err(|why| Failure::machine(READ, why))
}

/// The approval of that name, or the only one whose name begins so.
async fn found(state: &State, typed: &str) -> Result<Approval, Failure> {
    let all = approvals(state, Wall::now()).await?;
    let exact = ApprovalId::read(typed);
    let begins = typed.trim().to_ascii_lowercase();
    let fits = |one: &&Approval| match &exact {
        Some(id) => one.ask.id == *id,
        None => !begins.is_empty() && one.ask.id.as_str().starts_with(&begins),
    };
    let mut fitting = all.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only.clone()),
        (Some(_), Some(_)) => Err(Failure::Usage(format!("several approvals begin with `{begins}`"))),
        (None, _) => Err(Failure::Usage(format!("there is no approval `{}`", clean_line(typed)))),
    }
}

fn tool_name(text: &str) -> String {
    clean_line(text)
}

fn standing(standing: &Standing) -> String {
    match standing {
        Standing::Waiting => styled(CARE, "waiting"),
        Standing::Approved { .. } => styled(GOOD, "approved"),
        Standing::Denied { .. } => styled(BAD, "denied"),
        Standing::Redeemed { .. } => styled(FAINT, "used"),
        Standing::Expired => styled(FAINT, "expired"),
    }
}
