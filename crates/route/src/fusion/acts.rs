//! Whether a tool does what is ordered.

use crate::action::Action;
use crate::asked::{Asked, Clause};
use crate::dense::similarity;
use crate::library::{Detail, Library};

/// What is read when no verb orders anything: questions ask for reading.
const UNSAID: Action = Action::Read;

/// How what a tool does agrees with what is ordered.
pub(super) struct Acts {
    /// With the part of the query that the tool suits best: 1 the same sort
    /// of act, 0 another, ½ if either is not known.
    pub(super) suits: f32,
    /// The same with any part.
    pub(super) any: f32,
    /// How like the verbs are, best part; 0 if either has none.
    pub(super) likeness: f32,
    /// The tool's sort of act as a number, 0 if not known.
    pub(super) own: f32,
    /// That of the part it suits best.
    pub(super) ordered: f32,
}

impl Acts {
    pub(super) fn of(asked: &Asked, library: &Library, detail: &Detail, best: Option<usize>) -> Self {
        let part = best.map_or(&asked.whole, |at| &asked.clauses[at]);
        let agreement = |part: &Clause| agreement(part, detail);
        let likeness = |part: &Clause| likeness(part, asked, library, detail);
        let parts = || asked.clauses.iter().chain([&asked.whole]);
        Self {
            suits: agreement(part),
            any: parts().map(agreement).fold(0.0, f32::max),
            likeness: parts().map(likeness).fold(0.0, f32::max),
            own: detail.action.map_or(0.0, |(action, _)| action.number()),
            ordered: part.action.map_or(0.0, |(action, _)| action.number()),
        }
    }
}

fn agreement(part: &Clause, detail: &Detail) -> f32 {
    let ordered = part.action.map_or(UNSAID, |(action, _)| action);
    match detail.action {
        None => 0.5,
        Some((own, _)) if own == ordered => 1.0,
        Some(_) if part.action.is_none() => 0.25,
        Some(_) => 0.0,
    }
}

fn likeness(part: &Clause, asked: &Asked, library: &Library, detail: &Detail) -> f32 {
    let (Some((_, Some(ordered))), Some((_, own))) = (part.action, detail.action) else { return 0.0 };
    similarity(&asked.words[ordered].direction, &library.words[own as usize]).max(0.0)
}
