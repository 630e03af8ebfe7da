//! `read_file`: a path in, the text out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tree::Tree;
use crate::server::{Effect, Fault, Tool};

pub(super) struct ReadFile;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// File to read, relative to the project directory, for example src/auth.py.
    #[schemars(length(min = 1))]
    path: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Path relative to the project directory.
    path: String,
    /// Size in bytes.
    size: usize,
    /// The whole text of the file.
    content: String,
}

impl Tool<Tree> for ReadFile {
    const NAME: &'static str = "read_file";
    const TITLE: &'static str = "Read a file";
    const DESCRIPTION: &'static str =
        "Read the complete contents of one text file of the project. Files of up to 256 KiB.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(tree: &Tree, input: Input) -> Result<Output, Fault> {
        let file = tree.existing(&input.path)?;
        let content = tree.text(&file)?;
        Ok(Output { path: tree.name(&file), size: content.len(), content })
    }
}
