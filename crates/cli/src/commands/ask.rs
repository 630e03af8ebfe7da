//! `ask`: from words to an answer.

use super::inquiry::{Inquiry, inquire};
use super::with_session;
use crate::args::Ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Answers a query.
pub(super) async fn run(shell: &mut Shell, ask: Ask) -> Result<Exit, Failure> {
    let inquiry = Inquiry::words("ask", &ask.words.join(" "), ask.approved);
    with_session(shell, async |shell, session, interrupt| inquire(shell, session, interrupt, &inquiry).await).await
}
