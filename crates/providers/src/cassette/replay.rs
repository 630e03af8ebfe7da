//! Answering from a recording.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use model::{About, Completion, Content, Model, ModelFault, Pending, Purpose, Request, Spent, Trouble};

use super::difference;
use super::entry::{Asked, Entry};
use super::secrets::Secrets;
use crate::Key;

/// The largest recording that is replayed, in bytes.
pub const MAX_RECORDING_BYTES: u64 = 64 * 1024 * 1024;

/// The model that a replayed request is said to have asked.
const REPLAYED: &str = "recording";

/// Why a recording cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingError {
    file: PathBuf,
    why: String,
}

impl RecordingError {
    pub(super) fn unusable(file: &Path, why: &dyn std::fmt::Display) -> Self {
        Self { file: file.to_owned(), why: why.to_string() }
    }
}

impl std::fmt::Display for RecordingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the recording `{}` cannot be used: {}", self.file.display(), self.why)
    }
}

impl std::error::Error for RecordingError {}

/// A model that knows nothing but a recording. Equal requests get their
/// answers in the order in which they were recorded; asked once more, the
/// last again. A request that was not recorded is a fault that says where it
/// differs from the nearest one.
pub struct Replayer {
    entries: Vec<Entry>,
    by_key: HashMap<String, Vec<usize>>,
    asked: Mutex<HashMap<String, usize>>,
    secrets: Secrets,
}

impl Replayer {
    /// Replays a file. `secrets` are those that were taken out of it.
    pub fn new(file: &Path, secrets: impl IntoIterator<Item = Key>) -> Result<Self, RecordingError> {
        let unusable = |why: &dyn std::fmt::Display| RecordingError::unusable(file, why);
        let text = read(file).map_err(|why| unusable(&why))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let entries: Vec<Entry> = lines
            .map(|(at, line)| Entry::parse(line).map_err(|why| unusable(&format!("line {}: {why}", at + 1))))
            .collect::<Result<_, _>>()?;
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_key.entry(entry.key.clone()).or_default().push(at);
        }
        Ok(Self { entries, by_key, asked: Mutex::default(), secrets: Secrets::new(secrets) })
    }

    #[expect(clippy::result_large_err, reason = "it is the port's own type")]
    fn answer(&self, request: &Request) -> Result<Completion, ModelFault> {
        let asked = Asked::new(request, &self.secrets);
        let Some(recorded) = self.by_key.get(&asked.key) else {
            return Err(ModelFault {
                trouble: Trouble::NotRecorded { difference: difference::nearest(&asked, &self.entries) },
                purpose: request.purpose,
                model: Arc::from(REPLAYED),
                spent: Spent::default(),
            });
        };
        let mut counts = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(asked.key).or_default();
        let at = recorded[(*count).min(recorded.len() - 1)];
        *count += 1;
        drop(counts);
        let answer = self.entries[at].answer();
        if let (Ok(Completion { content: Content::Text(text), .. }), Some(deltas)) = (&answer, &request.deltas) {
            deltas(text);
        }
        answer
    }
}

impl Model for Replayer {
    fn complete(&self, request: Request) -> Pending<'_, Result<Completion, ModelFault>> {
        Box::pin(async move { self.answer(&request) })
    }

    fn about(&self, _: Purpose) -> About {
        About { model: Arc::from(REPLAYED), rates: None }
    }
}

fn read(file: &Path) -> Result<String, String> {
    let opened = File::open(file).map_err(|error| error.to_string())?;
    let mut text = String::new();
    opened.take(MAX_RECORDING_BYTES + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MAX_RECORDING_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_RECORDING_BYTES / 1024 / 1024));
    }
    Ok(text)
}
