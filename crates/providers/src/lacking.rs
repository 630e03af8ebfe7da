//! Mechanisms that an endpoint turns out not to have.
//!
//! In comes a rejection, out goes the next weaker mechanism; what a weaker
//! request then proved is remembered for as long as the process runs. Nothing
//! is sent here.

use std::sync::atomic::{AtomicBool, Ordering};

use model::Trouble;

use crate::wire::Mode;

/// Words of a complaint that is about the shape asked for. A complaint about
/// something else that happens to use one of them costs one more request, and
/// is not remembered.
const SHAPE_WORDS: &[&str] = &["format", "schema", "json", "structured", "tool", "grammar", "guided", "mimetype"];

/// Statuses with which endpoints reject what they do not know.
const REJECTIONS: [u16; 3] = [400, 415, 422];

/// What an endpoint lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacking {
    /// It decodes within no schema, and knows no strict tools.
    pub(crate) enforcement: bool,
    /// It has no JSON mode.
    pub(crate) json: bool,
}

impl Lacking {
    /// What is left of a mechanism.
    pub(crate) fn leaves(self, mode: Mode<'_>) -> Mode<'_> {
        match mode {
            Mode::Schema(_) | Mode::Tool(_) if self.enforcement => self.leaves(Mode::Json),
            Mode::Json if self.json => Mode::Free,
            other => other,
        }
    }

    /// What it seems to lack, given that it rejected a request in this mode;
    /// `None` where the mode is not what it complains of, or nothing is weaker.
    pub(crate) fn learn(self, mode: Mode<'_>, trouble: &Trouble) -> Option<Self> {
        let Trouble::Rejected { status, said } = trouble else { return None };
        let said = said.to_lowercase();
        let about_shape = REJECTIONS.contains(status) && SHAPE_WORDS.iter().any(|word| said.contains(word));
        match mode {
            _ if !about_shape => None,
            Mode::Free => None,
            Mode::Json => Some(Self { json: true, ..self }),
            Mode::Schema(_) | Mode::Tool(_) => Some(Self { enforcement: true, ..self }),
        }
    }
}

/// What is remembered of one endpoint.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    no_enforcement: AtomicBool,
    no_json: AtomicBool,
}

impl Memory {
    pub(crate) fn recall(&self) -> Lacking {
        let known = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        Lacking { enforcement: known(&self.no_enforcement), json: known(&self.no_json) }
    }

    /// Keeps what a request without these mechanisms proved by succeeding.
    pub(crate) fn keep(&self, lacking: Lacking) {
        self.no_enforcement.fetch_or(lacking.enforcement, Ordering::Relaxed);
        self.no_json.fetch_or(lacking.json, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::wire::Shape;

    #[test]
    fn each_rejection_takes_one_mechanism_away() {
        let shape = Shape { name: "plan", within: &Value::Null };
        let rejected = |status, said: &str| Trouble::Rejected { status, said: said.to_owned() };
        let unknown = rejected(400, "Unknown parameter: 'response_format'");
        let none = Lacking::default();
        let enforcement = Lacking { enforcement: true, ..none };
        let both = Lacking { json: true, ..enforcement };
        let rows = [
            (none, Mode::Schema(shape), &unknown, Some(enforcement), Mode::Json),
            (none, Mode::Tool(shape), &rejected(422, "tool_choice is not supported"), Some(enforcement), Mode::Json),
            (enforcement, Mode::Json, &unknown, Some(both), Mode::Free),
            (both, Mode::Free, &unknown, None, Mode::Free),
            (none, Mode::Schema(shape), &rejected(400, "the prompt is too long"), None, Mode::Schema(shape)),
            (none, Mode::Schema(shape), &rejected(413, "schema"), None, Mode::Schema(shape)),
            (none, Mode::Schema(shape), &Trouble::Refused { said: "schema".into() }, None, Mode::Schema(shape)),
        ];
        for (known, mode, trouble, learnt, left) in rows {
            assert_eq!(known.learn(mode, trouble), learnt, "{trouble}");
            assert_eq!(learnt.unwrap_or(known).leaves(mode), left, "{trouble}");
        }
        assert_eq!(both.leaves(Mode::Schema(shape)), Mode::Free);
    }
}
