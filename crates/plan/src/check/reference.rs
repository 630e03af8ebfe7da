//! References to earlier results, and paths.

use super::{Checker, index};
use crate::closest::closest;
use crate::draft::DraftRef;
use crate::shape::Shape;
use crate::{FaultCode, Path, Ref};

/// Where the two halves of a reference stand in the document.
pub(super) struct RefPlace {
    pub(super) step: String,
    pub(super) path: String,
}

impl RefPlace {
    /// Both at one place.
    pub(super) fn at(place: String) -> Self {
        Self { step: place.clone(), path: place }
    }
}

impl Checker<'_> {
    /// The earlier step of a name.
    pub(super) fn earlier(&mut self, step: usize, name: &str, place: &str) -> Option<usize> {
        match self.by_id.get(name).copied() {
            Some(found) if found < step => Some(found),
            Some(found) => {
                self.reads.push((step, found));
                let own = &self.draft.steps[step].id;
                let message = if found == step {
                    format!("`{own}` refers to itself; a step reads from earlier steps only")
                } else {
                    format!("`{own}` refers to `{name}`, which comes later; put `{name}` before it")
                };
                self.fault(step, FaultCode::ForwardReference, place.to_owned(), message);
                None
            }
            None => {
                self.unreadable = true;
                let names = closest(name, self.by_id.keys().copied());
                self.fault(step, FaultCode::MissingStep, place.to_owned(), format!("no step is named `{name}`"));
                self.suggest(names);
                None
            }
        }
    }

    /// A path, if its text is one.
    pub(super) fn path(&mut self, step: usize, text: &str, place: &str) -> Option<Path> {
        match Path::parse(text) {
            Ok(path) => Some(path),
            Err(fault) => {
                self.fault(step, FaultCode::BadPath, place.to_owned(), format!("`{text}`: {fault}"));
                None
            }
        }
    }

    /// A reference to an earlier result, with what is known of what it leads
    /// to.
    pub(super) fn reference(&mut self, step: usize, draft: &DraftRef, place: &RefPlace) -> Option<(Ref, Shape)> {
        let found = self.earlier(step, &draft.step, &place.step);
        if let Some(found) = found {
            self.reads.push((step, found));
        }
        let path = self.path(step, &draft.path, &place.path);
        self.resolved(step, found?, path?, &place.path)
    }

    /// The reference to a path of an earlier step's result, unless nothing
    /// can ever stand there.
    pub(super) fn resolved(&mut self, step: usize, found: usize, path: Path, place: &str) -> Option<(Ref, Shape)> {
        let Some(shape) = self.known[found].shape.at(&path) else {
            let source = &self.draft.steps[found];
            let message = format!("`{path}` does not exist in what `{}` of `{}` yields", source.tool, source.id);
            self.fault(step, FaultCode::ReferenceMismatch, place.to_owned(), message);
            return None;
        };
        Some((Ref { step: index(found), path }, shape))
    }

    /// Whether an upstream had a hand in a step's result.
    pub(super) fn is_untrusted(&self, step: usize) -> bool {
        self.known.get(step).is_none_or(|known| known.untrusted)
    }
}
