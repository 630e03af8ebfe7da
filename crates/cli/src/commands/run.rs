//! `run`: a plan that somebody wrote.

use std::io::Read;
use std::path::Path;

use super::inquiry::{Input, Inquiry, inquire};
use super::with_session;
use crate::args;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::Asked;
use crate::shell::Shell;

/// Runs a plan from a file, or from standard input.
pub(super) async fn run(shell: &mut Shell, run: args::Run) -> Result<Exit, Failure> {
    let document = read(&run.plan)?;
    let name = run.plan.to_string_lossy().into_owned();
    let asked = Asked { command: vec!["run".to_owned(), name], has_query: false };
    let inquiry = Inquiry { input: Input::Document(document), approved: run.approved, asked };
    with_session(shell, async |shell, session, interrupt| inquire(shell, session, interrupt, &inquiry).await).await
}

fn read(path: &Path) -> Result<String, Failure> {
    let unreadable = |why: &dyn std::fmt::Display| Failure::Usage(format!("{} cannot be read: {why}", path.display()));
    let limit = plan::MAX_DOCUMENT_BYTES as u64;
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_string(&mut text))
    };
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(unreadable(&"there is no such file")),
        Err(error) => Err(unreadable(&error)),
        Ok(bytes) if bytes as u64 > limit => Err(unreadable(&format_args!("it is longer than {} KiB", limit / 1024))),
        Ok(_) => Ok(text),
    }
}
