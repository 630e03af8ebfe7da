//! One immutable, versioned snapshot of everything that can be called.
//!
//! What comes in: what each server lists ([`ServerListing`]) and what the
//! operator says of it ([`ServerLabels`]). What goes out: a [`Catalog`] whose
//! tools carry a [`Fingerprint`], an [`Effect`], parsed [`Parameter`]s and a
//! collision-free public name. Everything that a call would otherwise have to
//! work out is worked out here, once per snapshot.
//!
//! It refuses to know how a listing was fetched, and it believes nothing an
//! upstream says about itself unless the operator trusts that server.

mod alternative;
mod canonical;
mod diff;
mod effect;
mod effort;
mod fetch;
mod fingerprint;
mod fixed;
mod glob;
mod labels;
mod listing;
mod names;
mod parameter;
mod reach;
mod readers;
mod reference;
mod schema;
mod selection;
mod server;
mod shaping;
mod snapshot;
mod source;
mod steady;
mod tool;

pub use alternative::{Alternative, alternatives};
pub use canonical::canonical_json;
pub use diff::{Change, Diff};
pub use effect::{Effect, EffectSource};
pub use fetch::{Fetch, Wanted};
pub use fingerprint::Fingerprint;
pub use glob::Glob;
pub use labels::ServerLabels;
pub use listing::{Annotations, ServerListing, ToolListing};
pub use names::{MAX_PUBLIC_NAME_CHARS, words};
pub use parameter::{JsonType, JsonTypes, Parameter};
pub use reach::{Reach, Reaches};
pub use readers::Readers;
pub use reference::{ServerId, ToolRef};
pub use schema::SchemaFault;
pub use selection::Selection;
pub use server::{Availability, Server};
pub use shaping::Shaping;
pub use snapshot::{Catalog, Entry};
pub use source::ToolSource;
pub use tool::Tool;
