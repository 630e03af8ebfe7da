//! `search`: a text in, the lines and file names that hold it out.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tree::Tree;
use crate::server::{Effect, Fault, Tool};

/// The most matches that are returned.
const MAX_MATCHES: usize = 100;

/// The longest piece of a line that is returned, in characters.
const MAX_LINE_CHARS: usize = 300;

pub(super) struct Search;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Text to look for. Case does not matter. When no line contains the text as it is, lines that
    /// contain all of its words are found.
    #[schemars(length(min = 1))]
    query: String,
    /// File or directory to search in, relative to the project directory. Leave out to search the
    /// whole project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Output {
    /// Matches by path and line.
    matches: Vec<Match>,
    /// Whether there were more matches than are returned.
    truncated: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Match {
    /// Path relative to the project directory.
    path: String,
    /// Line number, counted from 1; 0 when the name of the file matches.
    line: usize,
    /// The line, or the file's name.
    text: String,
}

impl Tool<Tree> for Search {
    const NAME: &'static str = "search";
    const TITLE: &'static str = "Search files";
    const DESCRIPTION: &'static str = "Search the names and contents of the project's files for a \
        text. Returns each matching line with its path and line number.";
    const EFFECT: Effect = Effect::Read;
    type Input = Input;
    type Output = Output;

    fn call(tree: &Tree, input: Input) -> Result<Output, Fault> {
        let query = input.query.trim().to_lowercase();
        if query.is_empty() {
            return Err(Fault::new("the query is empty; give a text to look for"));
        }
        let texts = read_all(tree, input.path.as_deref().unwrap_or_default())?;
        let mut matches = lines(&texts, |line| line.contains(&query));
        if matches.is_empty() {
            let words: Vec<&str> = query.split_whitespace().collect();
            matches = lines(&texts, |line| words.iter().all(|word| line.contains(word)));
        }
        let truncated = matches.len() > MAX_MATCHES;
        matches.truncate(MAX_MATCHES);
        Ok(Output { matches, truncated })
    }
}

/// Path and text of every text file at or below `path`.
fn read_all(tree: &Tree, path: &str) -> Result<Vec<(String, String)>, Fault> {
    let start = tree.existing(path)?;
    let files = if start.is_dir() { tree.files(&start)? } else { vec![start] };
    let read = |file: &std::path::PathBuf| tree.text(file).ok().map(|text| (tree.name(file), text));
    Ok(files.iter().filter_map(read).collect())
}

fn lines(texts: &[(String, String)], matching: impl Fn(&str) -> bool) -> Vec<Match> {
    let mut matches = Vec::new();
    for (path, text) in texts {
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
        if matching(&name.to_lowercase()) {
            matches.push(Match { path: path.clone(), line: 0, text: name.into_owned() });
        }
        for (at, line) in text.lines().enumerate() {
            if matching(&line.to_lowercase()) {
                let text = line.trim().chars().take(MAX_LINE_CHARS).collect();
                matches.push(Match { path: path.clone(), line: at + 1, text });
            }
        }
    }
    matches
}
