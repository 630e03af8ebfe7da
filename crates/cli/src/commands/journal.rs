//! `journal`: what was done, and what may have been.

use serde_json::json;
use store::{Effect, Fate, Store, Wall};

use crate::args::Journal;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{BAD, CARE, FAINT, GOOD, clean_line, styled};
use crate::shell::Shell;
use crate::state::State;

/// Lists the effects of unknown outcome, or all of them. No server is started.
pub(super) async fn run(shell: &mut Shell, journal: Journal) -> Result<Exit, Failure> {
    if shell.global.demo && !shell.global.demo_waits() {
        return Err(Failure::Usage("the demo keeps no journal, unless with --demo-with waiting".to_owned()));
    }
    let state = State::of_command(&shell.global)?;
    let effects = state.store.effects(Wall::now()).await.map_err(|why| Failure::machine("read the journal", why))?;
    let shown: Vec<&Effect> =
        effects.iter().filter(|effect| journal.all || effect.fate == Fate::Indeterminate).collect();
    if shell.global.json {
        shell.say_json(&json!({ "effects": shown }))?;
        return Ok(Exit::Answered);
    }
    let text = match shown.as_slice() {
        [] if journal.all => "nothing but reading was done\n".to_owned(),
        [] => "nothing of unknown outcome\n".to_owned(),
        effects => effects.iter().map(|effect| line(effect)).collect(),
    };
    shell.say(&text)?;
    Ok(Exit::Answered)
}

fn line(effect: &Effect) -> String {
    let fate = match effect.fate {
        Fate::UnderWay => styled(CARE, "under way"),
        Fate::Done => styled(GOOD, "done"),
        Fate::NotSent => styled(FAINT, "not sent"),
        Fate::Indeterminate => styled(BAD, "indeterminate"),
    };
    let intent = &effect.intent;
    let whom = styled(FAINT, format!("for {}, query {}", clean_line(intent.principal.as_str()), intent.query));
    format!("{}  {fate}  {}  {whom}\n", intent.at, clean_line(&intent.tool))
}
