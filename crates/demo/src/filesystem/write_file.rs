//! `write_file`: a path and a text in, the file replaced. The one tool of this
//! server that changes anything.

use std::fs;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tree::{MAX_FILE_BYTES, Tree};
use crate::server::{Effect, Fault, Tool};

pub(super) struct WriteFile;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// File to write, relative to the project directory. Missing directories are created.
    #[schemars(length(min = 1))]
    path: String,
    /// The complete new text of the file.
    content: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Path relative to the project directory.
    path: String,
    /// Size of the new text in bytes.
    bytes_written: usize,
    /// Whether the file is new; otherwise its earlier text is gone.
    created: bool,
}

impl Tool<Tree> for WriteFile {
    const NAME: &'static str = "write_file";
    const TITLE: &'static str = "Write a file";
    const DESCRIPTION: &'static str = "Create a file or completely replace an existing one with \
        new text. The earlier contents are lost.";
    const EFFECT: Effect = Effect::Destructive { idempotent: true };
    type Input = Input;
    type Output = Output;

    fn call(tree: &Tree, input: Input) -> Result<Output, Fault> {
        let bytes_written = input.content.len();
        if bytes_written as u64 > MAX_FILE_BYTES {
            let message = format!("the text has {bytes_written} bytes; the limit is {MAX_FILE_BYTES}");
            return Err(Fault::new(message));
        }
        let file = tree.writable(&input.path)?;
        let created = !file.exists();
        fs::write(&file, input.content)
            .map_err(|error| Fault::new(format!("cannot write \"{}\": {error}", input.path)))?;
        Ok(Output { path: tree.name(&file), bytes_written, created })
    }
}
