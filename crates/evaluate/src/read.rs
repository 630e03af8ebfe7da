//! From the bytes of a file to its labelled queries, or to everything that is
//! wrong with it.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use crate::Labelled;
use crate::wire::Line;

/// Something wrong with one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineFault {
    /// The line, the first being 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Reads a file of labelled queries: one JSON object per line, no blank lines
/// and no comments. Every faulty line comes back at once, each with
/// everything that is wrong with it; a file without lines is faulty, too.
pub fn read(file: &[u8]) -> Result<Vec<Labelled>, Vec<LineFault>> {
    let mut faults = Vec::new();
    let mut labelled: Vec<Labelled> = Vec::new();
    let mut line_of: HashMap<String, usize> = HashMap::new();
    for (place, bytes) in lines(file).enumerate() {
        let line = place + 1;
        let mut fault = |message: String| faults.push(LineFault { line, message });
        match read_line(bytes) {
            Err(messages) => messages.into_iter().for_each(fault),
            Ok(one) => {
                if let Some(first) = line_of.get(&one.id) {
                    fault(format!("`{}` is the id of line {first} already", one.id));
                }
                line_of.entry(one.id.clone()).or_insert(line);
                labelled.push(one);
            }
        }
    }
    if labelled.is_empty() && faults.is_empty() {
        faults.push(LineFault { line: 1, message: "there is no query in the file".into() });
    }
    if faults.is_empty() { Ok(labelled) } else { Err(faults) }
}

/// The lines; the last may end in a newline or not.
fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let file = file.strip_suffix(b"\n").unwrap_or(file);
    file.split(|byte| *byte == b'\n').filter(move |_| !file.is_empty())
}

fn read_line(bytes: &[u8]) -> Result<Labelled, Vec<String>> {
    let text = std::str::from_utf8(bytes).map_err(|error| vec![format!("it is not UTF-8: {error}")])?;
    if text.trim().is_empty() {
        return Err(vec!["it is blank".into()]);
    }
    let line: Line = serde_json::from_str(text).map_err(|error| vec![told(&error)])?;
    line.labelled()
}

/// What the reader of JSON says; its place within the line is a column.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("column {}: {what}", error.column())
}
