//! One server of a snapshot.

use query::Fault;

use crate::ServerId;

/// Whether a server can be called in this snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Connected, and its tools are listed.
    Ready,
    /// Not heard of yet.
    Starting,
    /// Not to be had, and why.
    Failed(Fault),
}

/// A server as a snapshot knows it.
#[derive(Clone, Debug)]
pub struct Server {
    /// The operator's name for it.
    pub id: ServerId,
    /// Its display name.
    pub title: String,
    /// What it is for: the operator's words, else the server's own.
    pub description: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What its public names begin with, in place of its own name.
    pub prefix: Option<String>,
    /// Whether it can be called.
    pub availability: Availability,
}
