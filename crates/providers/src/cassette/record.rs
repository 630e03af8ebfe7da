//! Writing down what a model is asked and what it answers.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use model::{About, Completion, Model, ModelFault, Pending, Purpose, Request, Trouble};

use super::entry::{Asked, Entry};
use super::replay::RecordingError;
use super::secrets::Secrets;
use crate::Key;

/// A model whose requests and answers are appended to a file. An answer that
/// cannot be written down is an error: a recording with gaps replays nothing.
pub struct Recorder<M> {
    inner: M,
    file: Mutex<File>,
    secrets: Secrets,
}

impl<M: Model> Recorder<M> {
    /// Records `inner` at the end of `file`, which is made where there is
    /// none, readable by nobody else. Of whatever is written, `secrets` are
    /// taken out.
    pub fn new(inner: M, file: &Path, secrets: impl IntoIterator<Item = Key>) -> Result<Self, RecordingError> {
        let opened = open(file).map_err(|error| RecordingError::unusable(file, &error))?;
        Ok(Self { inner, file: Mutex::new(opened), secrets: Secrets::new(secrets) })
    }

    async fn record(&self, request: Request) -> Result<Completion, ModelFault> {
        let purpose = request.purpose;
        let asked = Asked::new(&request, &self.secrets);
        let answer = self.inner.complete(request).await;
        let written = Entry::new(asked, &answer).line(&self.secrets).and_then(|line| self.append(&line));
        written.map_err(|why| ModelFault {
            trouble: Trouble::Recording { why },
            purpose,
            model: self.inner.about(purpose).model,
            spent: match &answer {
                Ok(done) => done.spent,
                Err(fault) => fault.spent,
            },
        })?;
        answer
    }

    /// One write for each line, so that lines of other processes that append
    /// to the same file do not end up within it.
    fn append(&self, line: &str) -> Result<(), String> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).map_err(|error| error.to_string())
    }
}

impl<M: Model> Model for Recorder<M> {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        Box::pin(self.record(request))
    }

    fn about(&self, purpose: Purpose) -> About {
        self.inner.about(purpose)
    }
}

fn open(file: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}
