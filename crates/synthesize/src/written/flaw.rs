//! Why a line of the model's cannot leave.

use std::fmt;

use plan::StepId;

/// One thing that is wrong with what a model wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The line, counted from 1 among those that say something; 0 for the
    /// answer as a whole.
    pub line: usize,
    /// What is wrong with it.
    pub kind: FlawKind,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// It cites nothing.
    Uncited,
    /// It cites what is no step, or none whose result the model saw.
    UnknownStep(Vec<String>),
    /// It cites steps that yielded nothing.
    NoResult(Vec<String>),
    /// These links, addresses, ids or numbers stand in no result that it
    /// cites. The model's own words, cleaned: not for logs.
    Unfounded(Vec<String>),
    /// It is longer than a line may be.
    TooLong,
    /// The answer says nothing of this step's result.
    Uncovered(StepId),
}

impl FlawKind {
    /// What is wrong, in words of ours alone, for the model to read.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Uncited => "it has no marker at its end".to_owned(),
            Self::UnknownStep(_) => "it cites a step that does not exist or has no result here".to_owned(),
            Self::NoResult(_) => "it cites a step that brought no result".to_owned(),
            Self::Unfounded(_) => "it holds what stands in none of the results it cites (see `not found`)".to_owned(),
            Self::TooLong => "it is too long".to_owned(),
            Self::Uncovered(step) => format!("no line is about the result of {step}"),
        }
    }

    /// The words of the model's that are at fault.
    pub(crate) fn words(&self) -> &[String] {
        match self {
            Self::UnknownStep(words) | Self::NoResult(words) | Self::Unfounded(words) => words,
            Self::Uncited | Self::TooLong | Self::Uncovered(_) => &[],
        }
    }
}

impl fmt::Display for FlawKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uncited => write!(f, "cites no step"),
            Self::UnknownStep(steps) => write!(f, "cites {}, which is no step with a result", steps.join(", ")),
            Self::NoResult(steps) => write!(f, "cites {}, which brought no result", steps.join(", ")),
            Self::Unfounded(words) => write!(f, "holds {}, which stands in no cited result", words.join(", ")),
            Self::TooLong => write!(f, "is too long"),
            Self::Uncovered(step) => write!(f, "nothing is said of the result of {step}"),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => self.kind.fmt(f),
            line => write!(f, "line {line} {}", self.kind),
        }
    }
}
