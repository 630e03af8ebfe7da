//! `resume`: goes on with what asked something.

use std::io::Read;

use engine::{Answer, MAX_RESUME_BYTES};
use query::Principal;
use store::{ApprovalId, Key, Store, Wall};

use super::inquiry::conclude;
use super::{call_arguments, with_session};
use crate::args::{Approved, Resume};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::Asked;
use crate::render::progress::Progress;
use crate::session::Session;
use crate::shell::Shell;

/// Goes on, if the question was answered: beside this command, or with it.
pub(super) async fn run(shell: &mut Shell, resume: Resume) -> Result<Exit, Failure> {
    let answer = match (resume.choose, resume.values.as_slice()) {
        (Some(0), _) => return Err(Failure::Usage("the first choice is 1".to_owned())),
        (Some(choice), _) => Answer::Choose(choice - 1),
        (None, []) => Answer::GoOn,
        (None, values) => {
            Answer::Fill(call_arguments::parse(values, None).map_err(|faults| Failure::Usage(faults.join("\n")))?)
        }
    };
    let typed = if resume.text == "-" { from_input()? } else { resume.text };
    with_session(shell, async |shell, session, interrupt| {
        let text = match ApprovalId::read(&typed) {
            Some(id) => kept_text(session, &id).await?,
            None => typed.clone(),
        };
        session.settle(shell, interrupt).await;
        let progress = Progress::start(shell.drawing());
        let request = session.request(&shell.global, &Approved::default(), progress.events(), interrupt.cancel.clone());
        let outcome = session.engine.resume_sealed(&text, answer, request).await;
        progress.finish();
        let asked = Asked { command: vec!["resume".to_owned(), typed.clone()], has_query: false };
        conclude(shell, session, &interrupt.cancel, outcome, &asked).await
    })
    .await
}

/// Where the text to go on with is kept for the person who was told only the
/// question's name.
pub(super) fn kept_under(id: &ApprovalId) -> Key {
    Key::of(["resume", Principal::local().as_str(), id.as_str()])
}

async fn kept_text(session: &Session, id: &ApprovalId) -> Result<String, Failure> {
    let kept = session.state.store.kept(kept_under(id), Wall::now()).await;
    let kept = kept.map_err(|why| Failure::machine("read the state", why))?;
    let text = kept.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    text.ok_or_else(|| Failure::Usage(format!("nothing of yours waits under `{id}`, or its time has passed")))
}

fn from_input() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MAX_RESUME_BYTES).read_to_string(&mut text);
    read.map_err(|why| Failure::Usage(format!("standard input cannot be read: {why}")))?;
    Ok(text.trim().to_owned())
}
