//! What is wrong with a configuration, and what is worth knowing about it.

use std::ops::Range;

use serde::Serialize;

use super::node::Span;

/// The kind of a fault: stable, what programs match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultCode {
    /// The file is not valid TOML or JSON.
    Syntax,
    /// A key stands twice in one table.
    DuplicateKey,
    /// No such key.
    UnknownKey,
    /// The value has another type than its key takes.
    WrongType,
    /// The value has the right type and is not one of those allowed.
    BadValue,
    /// Something that has to be there is not.
    Missing,
    /// Two keys that exclude each other.
    Contradiction,
    /// A name that cannot name a server.
    BadName,
    /// A reference to a variable or a file that is not there.
    Unresolved,
}

/// One thing that is wrong, where it stands, and what mends it.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFault {
    /// What kind.
    pub(crate) code: FaultCode,
    /// Where it stands.
    pub(crate) span: Span,
    /// What is wrong, naming the thing.
    pub(crate) message: String,
    /// What mends it, where that can be said.
    pub(crate) help: Option<String>,
}

/// Something that is in order but may surprise: a key that was passed over, a
/// name that was changed.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// Where it stands.
    pub(crate) span: Span,
    /// What there is to know.
    pub(crate) message: String,
}

/// Everything that was found while a file was read.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What is wrong.
    pub(crate) faults: Vec<ConfigFault>,
    /// What is worth knowing.
    pub(crate) notes: Vec<Note>,
}

impl Findings {
    /// Records a fault that nothing more can be said about.
    pub(crate) fn fault(&mut self, code: FaultCode, span: &Span, message: impl Into<String>) {
        self.faults.push(ConfigFault { code, span: span.clone(), message: message.into(), help: None });
    }

    /// Records a fault with what mends it.
    pub(crate) fn fault_with_help(
        &mut self,
        code: FaultCode,
        span: &Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let help = Some(help.into());
        self.faults.push(ConfigFault { code, span: span.clone(), message: message.into(), help });
    }

    /// Forgets faults that turned out to be nobody's concern.
    pub(crate) fn forgive(&mut self, ranges: &[Range<usize>]) {
        let mut index = 0;
        self.faults.retain(|_| {
            let forgiven = ranges.iter().any(|range| range.contains(&index));
            index += 1;
            !forgiven
        });
    }

    /// Records something worth knowing.
    pub(crate) fn note(&mut self, span: &Span, message: impl Into<String>) {
        self.notes.push(Note { span: span.clone(), message: message.into() });
    }
}
