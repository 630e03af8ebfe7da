//! The configuration: one file, read once, all faults at once.
//!
//! In comes the name of a file, or none; out goes a [`Config`] and what is
//! worth knowing about it, or everything that is wrong, each fault with its
//! place and what mends it. Reading order: `locate` (which file), `toml_tree`
//! and `json_tree` (either syntax to one neutral tree, `node`), `shape`,
//! `keys`, `access_keys`, `tariff_keys` and `client_keys` (the tables that say what may stand there),
//! `check` and `scalar` (the tree against the tables), `native`, `shaping`,
//! `access`, `tariff` and `client` (what it means), `report` (how it is told).

mod access;
mod access_keys;
mod check;
mod checked;
mod choices;
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
mod oauth;
mod oauth_keys;
mod read;
mod reference;
mod report;
mod scalar;
mod schema;
mod server;
mod settings;
mod shape;
mod shaping;
mod source;
mod state;
mod state_keys;
mod suggest;
mod tariff;
mod tariff_keys;
#[cfg(test)]
mod tests;
mod toml_tree;

pub(crate) use duration::parse as parse_duration;
pub(crate) use json_tree::TOLERATED as TOLERATED_JSON;
pub(crate) use locate::{Places, own_file};
pub(crate) use mask::names_a_secret;
pub(crate) use names::{fault_in as name_fault, slug};
pub(crate) use node::{Kind, Node};
pub(crate) use read::{ConfigError, Loaded, faults_of_shape, inspect, load, models_of, text_of, tree};
pub(crate) use report::Report;
pub(crate) use schema::schema;
pub(crate) use settings::{Config, OAuth, OAuthGrant, StateConfig};
pub(crate) use source::{Source, Syntax};
pub(crate) use suggest::nearest;
