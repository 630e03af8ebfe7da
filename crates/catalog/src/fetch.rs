//! What a server offers beside its tools, asked for by name.
//!
//! In: a server and the name of something on it. Out: one value that names
//! the request. How it travels, and what comes back, it does not know.

use serde_json::value::RawValue;

use crate::ServerId;

/// Something to be had from one server that is no tool's work. Having it
/// changes nothing at the server.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// The server that has it.
    pub server: ServerId,
    /// What is wanted.
    pub wanted: Wanted,
}

/// What is wanted of a server.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The contents of a resource, by the URI its server knows it by.
    Resource {
        /// The URI, as the server wrote it or as one of its templates yields.
        uri: String,
    },
    /// A prompt, filled in.
    Prompt {
        /// Its name at its server.
        name: String,
        /// An object of texts, as the client wrote it.
        arguments: Option<Box<RawValue>>,
    },
    /// Ways to complete an argument of a prompt or of a resource template.
    Completion {
        /// The reference, the argument and the context: an object whose
        /// reference names things as the server knows them.
        params: Box<RawValue>,
    },
}

impl Wanted {
    /// Its name for people, rules and counts: a URI, a prompt's name, or
    /// nothing for a completion.
    pub fn name(&self) -> &str {
        match self {
            Self::Resource { uri } => uri,
            Self::Prompt { name, .. } => name,
            Self::Completion { .. } => "",
        }
    }
}
