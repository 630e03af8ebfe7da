//! The configuration: one file, read once, all faults at once.
//!
//! In comes the name of a file, or none; out goes a [`Config`] and what is
//! worth knowing about it, or everything that is wrong, each fault with its
//! place and what mends it. Reading order: `locate` (which file), `toml_tree`
//! and `json_tree` (either syntax to one neutral tree, `node`), `shape`,
//! `keys` and `client_keys` (the tables that say what may stand there),
//! `check` and `scalar` (the tree against the tables), `native` and `client` (what it
//! means), `report` (how it is told).

mod check;
mod checked;
mod client;
mod client_keys;
mod duration;
mod fault;
mod json_tree;
mod keys;
mod locate;
mod mask;
mod model;
mod names;
mod native;
mod node;
mod read;
mod reference;
mod report;
mod scalar;
mod schema;
mod server;
mod settings;
mod shape;
mod source;
mod suggest;
#[cfg(test)]
mod tests;
mod toml_tree;

pub(crate) use duration::parse as parse_duration;
pub(crate) use read::{ConfigError, Loaded, inspect, load, models_of};
pub(crate) use report::Report;
pub(crate) use schema::schema;
pub(crate) use settings::Config;
pub(crate) use suggest::nearest;
