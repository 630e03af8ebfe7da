//! What `ask`, `run`, `call` and `demo` have in common: a request, its
//! progress, the questions that come back, and how it is told.

use std::io::{self, BufRead};

use engine::{Decision, InputRequired, Outcome, Suspension};
use store::{Store, Wall};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::resume;
use crate::args::Approved;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::render::progress::Progress;
use crate::render::{self, Asked};
use crate::session::Session;
use crate::shell::Shell;

/// The most bytes of an answer to a yes-or-no question that are read.
const MAX_REPLY_BYTES: u64 = 64;

/// What is asked of the engine.
pub(super) struct Inquiry {
    /// What it is made of.
    pub(super) input: Input,
    /// What was let through on the command line.
    pub(super) approved: Approved,
    /// How to ask it again.
    pub(super) asked: Asked,
}

/// What a request is made of.
pub(super) enum Input {
    /// The user's words.
    Words(String),
    /// A plan's text.
    Document(String),
}

impl Inquiry {
    /// A query in words, asked by a command that takes words.
    pub(super) fn words(command: &str, words: &str, approved: Approved) -> Self {
        let asked = Asked { command: vec![command.to_owned(), words.to_owned()], has_query: true };
        Self { input: Input::Words(words.to_owned()), approved, asked }
    }
}

/// Asks, shows progress, and tells what came of it.
pub(super) async fn inquire(
    shell: &mut Shell,
    session: &Session,
    interrupt: &Interrupt,
    inquiry: &Inquiry,
) -> Result<Exit, Failure> {
    let progress = Progress::start(shell.drawing());
    let request = session.request(&shell.global, &inquiry.approved, progress.events(), interrupt.cancel.clone());
    let outcome = match &inquiry.input {
        Input::Words(words) => session.engine.ask(words, request).await,
        Input::Document(document) => session.engine.run(document, request).await,
    };
    progress.finish();
    conclude(shell, session, &interrupt.cancel, outcome, &inquiry.asked).await
}

/// Puts the questions of an outcome to whoever sits at the terminal, goes on
/// as far as they let it, and tells what came of it.
pub(super) async fn conclude(
    shell: &mut Shell,
    session: &Session,
    cancel: &CancellationToken,
    mut outcome: Outcome,
    asked: &Asked,
) -> Result<Exit, Failure> {
    while shell.can_ask() {
        let (InputRequired::Approve { question, calls, explain }, Some(suspension)) = (
            match &outcome.decision {
                Decision::InputRequired(input) => input,
                Decision::Answered(_) | Decision::Refused(_) => break,
            },
            outcome.suspension.take(),
        ) else {
            break;
        };
        shell.tell(&render::approval_question(question, calls, explain, suspension.plan()))?;
        if !says_yes(shell, cancel).await? {
            shell.tell(if suspension.has_acted() { "Nothing more was done.\n" } else { "Nothing was done.\n" })?;
            session.engine.give_up(suspension).await;
            return Ok(Exit::of(&outcome));
        }
        outcome = resumed(shell, session, cancel, suspension).await;
    }
    keep_resume(session, &outcome).await;
    if shell.global.json {
        shell.say_json(&outcome)?;
    } else {
        shell.say(&render::outcome(&outcome, asked, &shell.global, shell.width()))?;
    }
    if matches!(outcome.decision, Decision::Refused(_)) && !shell.global.json {
        shell.tell(&render::server_remarks(&session.fleet.status()))?;
    }
    Ok(Exit::of(&outcome))
}

/// Keeps the text to go on with, so that a person needs only the question's
/// name. Should that fail, it is in the JSON.
async fn keep_resume(session: &Session, outcome: &Outcome) {
    let Some(engine::Resume { text, expires, approval: Some(approval) }) = &outcome.resume else { return };
    if session.state.directory.is_some() {
        let text = text.clone().into_bytes().into();
        let _ = session.state.store.keep(resume::kept_under(&approval.id), text, *expires, Wall::now()).await;
    }
}

async fn resumed(shell: &Shell, session: &Session, cancel: &CancellationToken, suspension: Suspension) -> Outcome {
    let hashes = suspension.hashes();
    let progress = Progress::start(shell.drawing());
    let request = session.request(&shell.global, &Approved::default(), progress.events(), cancel.clone());
    let outcome = session.engine.resume(suspension, &hashes, request).await;
    progress.finish();
    outcome
}

/// Whether the user typed `yes`; anything else, an interrupt included, is a
/// no. The line is read on a thread of its own, which nobody waits for when
/// the question is dropped.
async fn says_yes(shell: &mut Shell, cancel: &CancellationToken) -> io::Result<bool> {
    shell.tell("\nType `yes` to let it through, anything else to leave it: ")?;
    let (sender, reply) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::Read::take(io::stdin().lock(), MAX_REPLY_BYTES).read_line(&mut line);
        let _ = sender.send(read.is_ok_and(|_| line.trim().eq_ignore_ascii_case("yes")));
    });
    let said = cancel.run_until_cancelled(reply).await;
    shell.tell("\n")?;
    Ok(matches!(said, Some(Ok(true))))
}
