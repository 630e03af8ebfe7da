//! The files of other MCP clients: servers are taken out of them, and
//! Concertmaster is written into them.
//!
//! In come the files' texts; out go servers in this program's own terms, and
//! edited texts in which everything else stays as it was. Nothing here starts
//! a server, and only `backup` writes.
//!
//! Read in this order: `client` (which clients there are, and where they keep
//! their files), `entry` (a file's servers), `reference` (what stands for a
//! variable), `secret` (what must not be written down), `taking` (which are
//! added, and under which name), `native` (into `concertmaster.toml`),
//! `document` (into the client's own file), `backup`.

mod backup;
mod client;
mod document;
mod entry;
mod native;
mod reference;
mod secret;
mod server;
mod taking;
#[cfg(test)]
mod tests;

pub(crate) use backup::{Kept, replace, text_if_any};
pub(crate) use client::{CLIENTS, Client, Home};
pub(crate) use document::{Door, OWN_NAME, edited, is_ours};
pub(crate) use entry::{Entry, Scene, entries, own_entries};
pub(crate) use native::with_servers;
pub(crate) use server::{Launch, Server};
pub(crate) use taking::{Fate, File, Secrets, Taken, has, take};
