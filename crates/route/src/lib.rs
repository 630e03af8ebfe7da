//! Which tools can serve a text: ranked candidates, several that would do
//! alike, or none.
//!
//! What comes in: a [`catalog::Catalog`], once per snapshot, and then a
//! user's words. What goes out: a [`Route`]. It refuses to guess: words that
//! no tool has anything to do with are out of scope, and two servers that
//! would do equally well are a question for the user.
//!
//! Read in this order: [`Entities`] (what in a text is a value rather than an
//! intent), [`Router`], [`Route`].

mod action;
mod asked;
mod calibrate;
mod candidate;
mod clauses;
mod coverage;
mod date;
mod decide;
mod dense;
mod entity;
mod evidence;
mod fusion;
mod index;
mod lexical;
mod library;
mod likeness;
mod part;
mod prior;
mod ranking;
mod router;
mod shelf;
mod spelling;
mod terms;
mod vocabulary;
mod weights;

pub use calibrate::{Calibration, Risk};
pub use candidate::{Candidate, Field, Match, Route};
pub use decide::{IN_SCOPE_COVERAGE, decide};
pub use entity::{Entities, Entity, EntityKind, Span};
pub use evidence::Evidence;
pub use lexical::stems;
pub use part::Part;
pub use prior::Prior;
pub use ranking::Ranking;
pub use router::Router;
pub use terms::{Term, action_verbs, is_action_verb, is_read_verb, mean_the_same, read_verbs, stem, terms};
pub use weights::{BadWeights, Weights};
