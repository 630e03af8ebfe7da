//! Findings as people and programs read them.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::fault::{FaultCode, Findings};
use super::mask;
use super::node::Span;
use super::source::{Place, Source};

/// Everything that was found in one file, each with its place.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// What is wrong, in the file's order.
    pub(crate) faults: Vec<Finding>,
    /// What is worth knowing, in the file's order.
    pub(crate) notes: Vec<Finding>,
}

/// One finding and the line it stands on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    /// The kind of fault; none for a note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<FaultCode>,
    /// The file.
    pub(crate) file: PathBuf,
    /// The line, from one.
    pub(crate) line: usize,
    /// The character within the line, from one.
    pub(crate) column: usize,
    /// What there is to say.
    pub(crate) message: String,
    /// What mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
    /// The line's text, secrets masked.
    #[serde(skip)]
    text: String,
    /// The columns of that text to underline, from zero.
    #[serde(skip)]
    marked: Span,
}

impl Report {
    /// Puts each finding in its place in the file.
    pub(crate) fn new(findings: Findings, source: &Source, secrets: &[Span]) -> Self {
        let locate = |span: &Span, code, message, help| {
            let Place { line, column } = source.place(span);
            let (text, marked) = mask::line(source, span, secrets);
            Finding { code, file: source.path.clone(), line, column, message, help, text, marked }
        };
        let mut faults: Vec<Finding> = findings
            .faults
            .into_iter()
            .map(|fault| locate(&fault.span, Some(fault.code), fault.message, fault.help))
            .collect();
        let mut notes: Vec<Finding> =
            findings.notes.into_iter().map(|note| locate(&note.span, None, note.message, None)).collect();
        faults.sort_by_key(|finding| (finding.line, finding.column));
        notes.sort_by_key(|finding| (finding.line, finding.column));
        Self { faults, notes }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl Finding {
    /// The finding on one line, without the line it stands on.
    pub(crate) fn brief(&self) -> String {
        format!("{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.brief())?;
        if !self.text.trim().is_empty() {
            let number = self.line.to_string();
            let gutter = " ".repeat(number.len());
            let marks = "^".repeat(self.marked.len().max(1));
            let indent = self.text.chars().take_while(|c| c.is_whitespace()).count().min(self.marked.start);
            writeln!(f, "  {number} | {}", self.text.trim_start())?;
            writeln!(f, "  {gutter} | {}{marks}", " ".repeat(self.marked.start - indent))?;
        }
        if let Some(help) = &self.help {
            writeln!(f, "    help: {help}")?;
        }
        Ok(())
    }
}
